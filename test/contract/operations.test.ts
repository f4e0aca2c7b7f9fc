import { expect, test } from 'vitest';
import { operations as listed, type Operation, pages } from './operations.ts';
import { VaHouse } from './va/va-house.ts';

/** Parameters go by place, not by name. */
const keyOf = ({ method, path }: Pick<Operation, 'method' | 'path'>) =>
  `${method} ${path.replace(/(.)\/$/, '$1').replaceAll(/\{\w+\}/g, '{}')}`;

async function servedBy(house: VaHouse, api: string): Promise<readonly string[]> {
  const answer = await fetch(`${house.server.url}/openapi.json?api=${api}`);
  const { paths } = (await answer.json()) as { readonly paths: Readonly<Record<string, object>> };
  return Object.entries(paths).flatMap(([path, methods]) =>
    Object.keys(methods).map((method) => keyOf({ method: method.toUpperCase(), path })),
  );
}

test('the list is whole: every line is read, and none is there twice', () => {
  expect(listed).not.toContain(undefined);
  const keys = listed.map((operation) => `${operation.api} ${keyOf(operation)}`);
  expect(new Set(keys).size).toBe(keys.length);
  expect(listed.length).toBeGreaterThan(270);
});

test.each(['kupe', 'va', 'voicera'])(
  '%s: no operation is missing, and none is there that the list does not mark',
  async (api) => {
    const house = await VaHouse.open();
    const served = await servedBy(house, api);
    const wanted = listed.filter((operation) => operation.api === api && operation.method !== 'WS').map(keyOf);
    const missing = wanted.filter((key) => !served.includes(key) && !pages.has(key));
    const extra = served.filter((key) => !wanted.includes(key));
    expect({ missing, extra }).toEqual({ missing: [], extra: [] });
  },
);

test('the pages before the APIs answer', async () => {
  const house = await VaHouse.open();
  for (const page of pages) {
    const path = page.split(' ')[1] ?? '';
    expect([path, (await fetch(`${house.server.url}${path}`)).status]).toEqual([path, 200]);
  }
});
