import { randomBytes } from 'node:crypto';
import { closeSync, fsyncSync, openSync, readFileSync, renameSync, writeSync } from 'node:fs';
import { dirname, join } from 'node:path';
import { LandlineError } from '../../contract/errors.ts';
import { syncFolderNow } from '../sync-folder.ts';
import { SecretBox, secretKeyBytes } from './secret-box.ts';

const secretKeyFileName = 'secret.key';

/**
 * The box whose key lies in `<data>/secret.key` (32 bytes as hexadecimal digits, mode 0600), made when there is none
 * and nothing was sealed yet. `sample` is something sealed earlier, to try the key on. Throws `secret-key-missing`,
 * `secret-key-wrong` or `secret-key-unreadable`.
 */
export function openSecretBox(dataFolder: string, sample: string | undefined): SecretBox {
  const path = join(dataFolder, secretKeyFileName);
  const box = new SecretBox(readKey(path) ?? makeKey(path, sample));
  if (sample !== undefined) box.open(sample);
  return box;
}

function readKey(path: string): Buffer | undefined {
  let text: string;
  try {
    text = readFileSync(path, 'utf8').trim();
  } catch (thrown) {
    if ((thrown as NodeJS.ErrnoException).code === 'ENOENT') return undefined;
    const sentence = `The key file ${path} can't be read: give its owner the right to.`;
    throw new LandlineError('secret-key-unreadable', sentence, {}, thrown);
  }
  const key = Buffer.from(text, 'hex');
  if (text.length === secretKeyBytes * 2 && key.length === secretKeyBytes) return key;
  throw new LandlineError(
    'secret-key-unreadable',
    `The key file ${path} holds no key (${secretKeyBytes * 2} hexadecimal digits): put it back from a backup.`,
  );
}

function makeKey(path: string, sample: string | undefined): Buffer {
  if (sample !== undefined) {
    throw new LandlineError(
      'secret-key-missing',
      `The key file ${path} is missing, and the database holds secrets that only it opens: put it back from a backup.`,
    );
  }
  const key = randomBytes(secretKeyBytes);
  const unfinished = `${path}.new`;
  const file = openSync(unfinished, 'w', 0o600);
  try {
    writeSync(file, `${key.toString('hex')}\n`);
    fsyncSync(file);
  } finally {
    closeSync(file);
  }
  renameSync(unfinished, path);
  // Durable before anything is sealed with the key.
  syncFolderNow(dirname(path));
  return key;
}
