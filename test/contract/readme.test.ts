import { execFileSync, spawnSync } from 'node:child_process';
import { readFileSync } from 'node:fs';
import { join } from 'node:path';
import { afterAll, beforeAll, expect, test } from 'vitest';
import { RunningAppliance } from '../support/running-appliance.ts';

const readme = readFileSync(join(import.meta.dirname, '..', '..', 'README.md'), 'utf8');
const printedFolder = '~/.local/share/landline';
const hasCurl = spawnSync('curl', ['--version']).status === 0;

let appliance: RunningAppliance;

beforeAll(async () => {
  appliance = await RunningAppliance.start();
});
afterAll(() => appliance.stop());

/** The lines of the README that ask the APIs, in a fresh start's own data folder. */
function curlLines(): readonly string[] {
  const block = /```sh\n(\. ~\/\.local[\s\S]*?)```/.exec(readme)?.[1] ?? '';
  return block
    .trim()
    .split('\n')
    .map((line) => line.replace(printedFolder, appliance.dataFolder));
}

test.skipIf(!hasCurl)(
  'the curl lines of the README work as printed after a fresh start, one for each API (skipped without curl)',
  () => {
    const [source = '', ...lines] = curlLines();
    expect(lines.length).toBe(3);
    const answers = lines.map((line) => {
      const text = execFileSync('bash', ['-c', `set -e; ${source}\n${line} --silent --show-error --fail`], {
        encoding: 'utf8',
      });
      return JSON.parse(text) as unknown;
    });
    const [va, kupe, voicera] = answers;
    expect(va).toMatchObject({ success: true, data: [{ name: 'Sunrise Clinic' }] });
    expect(JSON.stringify(kupe)).toContain('Sunrise Clinic');
    expect(voicera).toMatchObject({ token: expect.any(String), expires_in: 86_400 });
  },
);
