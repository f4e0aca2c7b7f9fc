import { readFileSync } from 'node:fs';
import { join } from 'node:path';
import { expect, test } from 'vitest';
import { AppBrowser, AppHouse, admin, setUpAdmin } from './app-house.ts';

const readme = readFileSync(join(import.meta.dirname, '..', '..', '..', 'README.md'), 'utf8');

test("the README's bundle comes in", async () => {
  const house = await AppHouse.open();
  const root = await setUpAdmin(house);
  const bundle = [...readme.matchAll(/```json\n([\s\S]*?)```/g)]
    .map(([, text]) => JSON.parse(text ?? '') as Record<string, unknown>)
    .find((json) => 'files' in json);
  expect((await root.request('POST', '/import', bundle)).body).toMatchObject({
    imported: { agents: 1, numbers: 1, files: 1 },
  });
});

test("the README's setup works with what the console shows", async () => {
  const house = await AppHouse.open();
  const printed = /curl -c cookies .* -d '(\{.*?\})' "\$LANDLINE_URL(\/app\/api\/setup)"/.exec(readme);
  const body = (printed?.[1] ?? '')
    .replace('<from the console>', house.domain.setup.offerToken() ?? '')
    .replace('<yours>', admin.password);
  const made = await house.request('POST', printed?.[2] ?? '', body);
  expect([made.status, made.body['role']]).toEqual([201, 'super_admin']);
  const browser = new AppBrowser(house);
  browser.cookie = made.setCookie?.split(';')[0] ?? '';
  expect((await browser.request('GET', '/organizations')).body).toMatchObject({ total: 1 });
});
