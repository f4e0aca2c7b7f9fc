import { execFile } from 'node:child_process';
import { readFileSync, writeFileSync } from 'node:fs';
import { join } from 'node:path';
import { promisify } from 'node:util';
import { expect, test } from 'vitest';
import { type AppBrowser, AppHouse, setUpAdmin } from './app-house.ts';

const run = promisify(execFile);
const readme = readFileSync(join(import.meta.dirname, '..', '..', '..', 'README.md'), 'utf8');

/** Lines of the shell block that sources the first keys, with the folder of this house. */
function firstLines(keysPath: string): string {
  const block = [...readme.matchAll(/```sh\n([\s\S]*?)```/g)].map(([, text]) => text ?? '');
  const found = block.find((text) => text.includes('first-keys.env'));
  return found?.replace('~/.local/share/landline/first-keys.env', keysPath) ?? '';
}

test("the README's lines work as printed after a fresh start, one for each API", async () => {
  const house = await AppHouse.open();
  const { keysPath } = house.first;
  // A real start writes its own address; this house got its port only afterwards.
  const keys = readFileSync(keysPath, 'utf8').replace(/^LANDLINE_URL=.*$/m, `LANDLINE_URL=${house.server.url}`);
  writeFileSync(keysPath, keys);
  const [source = '', ...lines] = firstLines(keysPath).trim().split('\n');
  expect(lines).toHaveLength(3);
  const answers: unknown[] = [];
  for (const line of lines) {
    const { stdout } = await run('sh', ['-c', `${source}\n${line.replace('curl ', 'curl --silent --fail ')}`]);
    answers.push(JSON.parse(stdout));
  }
  expect(answers).toMatchObject([
    { success: true, data: [{ id: house.first.agentId }] },
    [{ id: house.first.agentId }],
    { expires_in: 86_400, user: { email: house.first.email } },
  ]);
});

test("the README's bundle comes in", async () => {
  const house = await AppHouse.open();
  const root: AppBrowser = await setUpAdmin(house);
  const bundle = [...readme.matchAll(/```json\n([\s\S]*?)```/g)]
    .map(([, text]) => JSON.parse(text ?? '') as Record<string, unknown>)
    .find((json) => 'files' in json);
  expect((await root.request('POST', '/import', bundle)).body).toMatchObject({
    imported: { agents: 1, numbers: 1, files: 1 },
  });
});
