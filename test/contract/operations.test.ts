import { readFileSync } from 'node:fs';
import { join } from 'node:path';
import { expect, test } from 'vitest';
import { VaHouse } from './va/va-house.ts';

interface Operation {
  readonly api: string;
  readonly method: string;
  readonly path: string;
  readonly mark: string;
}

const rowShape = /^(?<api>\w+) +T\d (?<method>\w+) +(?<path>\S+) +\[(?<mark>\w+)\]$/;

const listed: readonly Operation[] = readFileSync(join(import.meta.dirname, 'operations.txt'), 'utf8')
  .split('\n')
  .filter((line) => line !== '' && !line.startsWith('#'))
  .map((line) => rowShape.exec(line)?.groups as unknown as Operation);

/** Parameters go by place, not by name. */
const keyOf = ({ method, path }: Pick<Operation, 'method' | 'path'>) =>
  `${method} ${path.replace(/(.)\/$/, '$1').replaceAll(/\{\w+\}/g, '{}')}`;

/** Pages that stand before the APIs. */
const pages = new Set(['GET /health', 'GET /docs', 'GET /redoc', 'GET /openapi.json']);

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
