import { createHash } from 'node:crypto';
import { createReadStream } from 'node:fs';
import { mkdir, open, readdir, rename, rm } from 'node:fs/promises';
import { join } from 'node:path';
import { LandlineError, messageOf } from '../../contract/errors.ts';
import { syncFolder } from '../sync-folder.ts';
import { largestFileBytes } from './knowledge-file.ts';

const partEnding = '.part';
const ownName = /^[0-9a-f]{8}(?:-[0-9a-f]{4}){3}-[0-9a-f]{12}\.[a-z]+(?:\.part)?$/;

/** The folder `files` of the data folder: uploads under names of our own, each complete or not there. */
export class FileStore {
  readonly #folder: string;

  constructor(dataFolder: string) {
    this.#folder = join(dataFolder, 'files');
  }

  /** Absolute path of a stored file. */
  pathOf(storedName: string): string {
    return join(this.#folder, storedName);
  }

  /**
   * Copies the file at `source` in under this name: to a part first, synced, then renamed. Resolves with what was
   * really read. Throws `file-too-large`, `disk-full` or `file-not-stored`; nothing is left behind then.
   */
  async keep(source: string, storedName: string): Promise<{ readonly sizeBytes: number; readonly sha256: string }> {
    const path = this.pathOf(storedName);
    const part = `${path}${partEnding}`;
    try {
      await mkdir(this.#folder, { recursive: true, mode: 0o700 });
      const kept = await copy(source, part);
      await rename(part, path);
      await syncFolder(this.#folder);
      return kept;
    } catch (thrown) {
      await rm(part, { force: true });
      throw storeFailure(thrown);
    }
  }

  async remove(storedName: string): Promise<void> {
    await rm(this.pathOf(storedName), { force: true });
  }

  /** Removes uploads that no row knows: parts of a crash, files whose row was never written. Resolves with how many. */
  async sweep(known: ReadonlySet<string>): Promise<number> {
    const names = await readdir(this.#folder).catch(() => []);
    const strays = names.filter((name) => ownName.test(name) && !known.has(name));
    for (const name of strays) await this.remove(name);
    return strays.length;
  }
}

async function copy(source: string, part: string): Promise<{ sizeBytes: number; sha256: string }> {
  const hash = createHash('sha256');
  let sizeBytes = 0;
  const target = await open(part, 'wx', 0o600);
  try {
    for await (const block of createReadStream(source) as AsyncIterable<Buffer>) {
      sizeBytes += block.length;
      if (sizeBytes > largestFileBytes) throw tooLarge(sizeBytes);
      hash.update(block);
      await target.writeFile(block);
    }
    await target.sync();
  } finally {
    await target.close();
  }
  return { sizeBytes, sha256: hash.digest('hex') };
}

export function tooLarge(sizeBytes: number): LandlineError {
  const megabytes = largestFileBytes / 1024 / 1024;
  return new LandlineError(
    'file-too-large',
    `The file is larger than ${megabytes} MB: split it, or leave pictures out.`,
    { sizeBytes, maxBytes: largestFileBytes },
  );
}

function storeFailure(thrown: unknown): LandlineError {
  if (thrown instanceof LandlineError) return thrown;
  const full = (thrown as NodeJS.ErrnoException).code === 'ENOSPC';
  const mend = full ? 'free some space on its disk' : 'check the owner and permissions of the folder "files"';
  return new LandlineError(
    full ? 'disk-full' : 'file-not-stored',
    `The file cannot be stored (${messageOf(thrown)}): ${mend}.`,
    {},
    thrown,
  );
}
