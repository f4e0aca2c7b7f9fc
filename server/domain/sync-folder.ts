import { closeSync, fsyncSync, openSync } from 'node:fs';
import { open } from 'node:fs/promises';

/** Windows can't open folders, and needs no such step. */
const isNeeded = process.platform !== 'win32';

/** Makes renames in a folder durable. */
export async function syncFolder(folder: string): Promise<void> {
  if (!isNeeded) return;
  const handle = await open(folder, 'r');
  try {
    await handle.sync();
  } finally {
    await handle.close();
  }
}

/** The same, for what happens at start before anything else may: it blocks until it is done. */
export function syncFolderNow(folder: string): void {
  if (!isNeeded) return;
  const handle = openSync(folder, 'r');
  try {
    fsyncSync(handle);
  } finally {
    closeSync(handle);
  }
}
