import { createHash } from 'node:crypto';
import { createReadStream, type Dirent } from 'node:fs';
import { mkdir, open, readdir, rename, rm, stat } from 'node:fs/promises';
import { basename, dirname, join } from 'node:path';
import { pipeline } from 'node:stream/promises';
import { LandlineError, messageOf } from '../../contract/errors.ts';
import { syncFolder } from '../sync-folder.ts';
import { readWavHeader, type WavFacts, wavHeaderBytes } from './wav-header.ts';

/** While a recording is being written its file carries this ending; the complete one doesn't. */
export const partEnding = '.part';

/** Makes a folder that only its owner may enter. Throws `disk-full` or `recording-refused`. */
export async function makeFolder(folder: string): Promise<void> {
  try {
    await mkdir(folder, { recursive: true, mode: 0o700 });
  } catch (thrown) {
    const full = (thrown as NodeJS.ErrnoException).code === 'ENOSPC';
    const mend = full ? 'free some space on its disk' : 'check its owner and permissions';
    throw new LandlineError(
      full ? 'disk-full' : 'recording-refused',
      `The folder ${folder} cannot be made (${messageOf(thrown)}): ${mend}.`,
      { folder },
      thrown,
    );
  }
}

/** Size of a file in bytes; undefined when it isn't there. */
export async function fileBytes(path: string): Promise<number | undefined> {
  try {
    return (await stat(path)).size;
  } catch (thrown) {
    if ((thrown as NodeJS.ErrnoException).code === 'ENOENT') return undefined;
    throw thrown;
  }
}

/** A file that isn't there is removed already. */
export function removeFile(path: string): Promise<void> {
  return rm(path, { force: true });
}

/** Removes a recording of so many bytes when it holds no sound, as of a call that nobody took; says whether it did. */
export async function removeSilent(path: string, bytes: number): Promise<boolean> {
  if (bytes > wavHeaderBytes) return false;
  await removeFile(path);
  return true;
}

/** SHA-256 of a file, streamed. */
export async function sha256Of(path: string): Promise<string> {
  const hash = createHash('sha256');
  await pipeline(createReadStream(path), hash);
  return hash.digest('hex');
}

/** What a complete recording holds; undefined when it can't be played. */
export async function wavFacts(path: string): Promise<WavFacts | undefined> {
  const file = await open(path, 'r');
  try {
    const { buffer, bytesRead } = await file.read(Buffer.alloc(wavHeaderBytes), 0, wavHeaderBytes, 0);
    return readWavHeader(buffer.subarray(0, bytesRead), (await file.stat()).size);
  } finally {
    await file.close();
  }
}

/**
 * Turns a `.part` that was cut off into a playable file at `path`: header sizes from the length, fsync, rename, fsync
 * of the folder. Undefined (and the `.part` removed) when it holds no audio.
 */
export async function adoptPart(path: string): Promise<WavFacts | undefined> {
  const part = `${path}${partEnding}`;
  const facts = await wavFacts(part);
  if (!facts) {
    await rm(part);
    return undefined;
  }
  const file = await open(part, 'r+');
  try {
    await file.write(facts.header, 0, facts.header.length, 0);
    await file.truncate(facts.fileBytes);
    await file.sync();
  } finally {
    await file.close();
  }
  await rename(part, path);
  await syncFolder(dirname(path));
  return facts;
}

/** All files below a folder, as paths relative to it with forward slashes; none when the folder isn't there. */
export async function filesBelow(folder: string): Promise<readonly string[]> {
  const found: string[] = [];
  const visit = async (relative: string): Promise<void> => {
    for (const entry of await entriesOf(join(folder, relative))) {
      const path = relative === '' ? entry.name : `${relative}/${entry.name}`;
      if (entry.isDirectory()) await visit(path);
      else found.push(path);
    }
  };
  await visit('');
  return found;
}

async function entriesOf(folder: string): Promise<readonly Dirent[]> {
  try {
    return await readdir(folder, { withFileTypes: true });
  } catch (thrown) {
    if ((thrown as NodeJS.ErrnoException).code === 'ENOENT') return [];
    throw thrown;
  }
}

/** Moves a file that no row knows aside, keeping its name. */
export async function moveAside(path: string, folder: string): Promise<void> {
  await makeFolder(folder);
  await rename(path, join(folder, basename(path)));
}
