import { mkdtempSync, readFileSync, rmSync, statSync, writeFileSync } from 'node:fs';
import { tmpdir } from 'node:os';
import { join } from 'node:path';
import { assert, property, string } from 'fast-check';
import { expect, onTestFinished, test } from 'vitest';
import { openDatabase } from '../../db/database.ts';
import { realClock } from '../../lifetime/clock.ts';
import { silentLogger } from '../../log/logger.ts';
import { createDomain } from '../domain.ts';
import { openSecretBox } from './secret-key-file.ts';

function folder(): string {
  const path = mkdtempSync(join(tmpdir(), 'landline-secrets-'));
  onTestFinished(() => rmSync(path, { recursive: true }));
  return path;
}

test('any text comes back as it was, and no two seals of it are alike', () => {
  const box = openSecretBox(folder(), undefined);
  assert(
    property(string({ unit: 'binary' }), (text) => {
      const sealed = box.seal(text);
      return box.open(sealed) === text.toWellFormed() && sealed !== box.seal(text);
    }),
    { numRuns: 200 },
  );
});

test('text that was changed anywhere, or never sealed, is refused', () => {
  const box = openSecretBox(folder(), undefined);
  const [version, fingerprint, content = ''] = box.seal('the trunk password').split('.');
  for (let at = 0; at < content.length; at += 7) {
    const changed = `${content.slice(0, at)}${content[at] === 'A' ? 'B' : 'A'}${content.slice(at + 1)}`;
    expect(() => box.open(`${version}.${fingerprint}.${changed}`)).toThrow(/damaged/);
  }
  for (const text of ['', 'plain text', 'v1..', 'v2.00000000.AAAA']) expect(() => box.open(text)).toThrow();
});

test('the key is made once, readable by its owner alone', () => {
  const data = folder();
  const sealed = openSecretBox(data, undefined).seal('secret');
  const path = join(data, 'secret.key');
  expect(statSync(path).mode & 0o777).toBe(0o600);
  const before = readFileSync(path, 'utf8');
  expect(openSecretBox(data, sealed).open(sealed)).toBe('secret');
  expect(readFileSync(path, 'utf8')).toBe(before);
});

test('a key file that is missing, foreign or no key is told with what to do', () => {
  const data = folder();
  const path = join(data, 'secret.key');
  const sealed = openSecretBox(data, undefined).seal('secret');
  rmSync(path);
  expect(() => openSecretBox(data, sealed)).toThrow(/secret\.key is missing.*put it back from a backup/);
  writeFileSync(path, `${'ab'.repeat(32)}\n`);
  expect(() => openSecretBox(data, sealed)).toThrow(/not the one that the stored secrets were encrypted with/);
  writeFileSync(path, 'something else');
  expect(() => openSecretBox(data, undefined)).toThrow(/holds no key/);
});

test('a house does not start on a database whose key is gone', async () => {
  const dataFolder = folder();
  const open = () => {
    const db = openDatabase(join(dataFolder, 'landline.db'), { collectMs: 0 });
    onTestFinished(() => db.close());
    return { db, start: () => createDomain({ db, clock: realClock, log: silentLogger, dataFolder }) };
  };
  const first = open();
  await first.start().ensureFirstStart({ url: 'http://127.0.0.1' });
  first.db.close();
  rmSync(join(dataFolder, 'secret.key'));
  const second = open();
  expect(second.start).toThrow(/is missing/);
});
