import { expect, test } from 'vitest';
import { VaHouse } from './va/va-house.ts';

interface Document {
  readonly openapi: string;
  readonly paths: Readonly<Record<string, Readonly<Record<string, Operation>>>>;
  readonly components: unknown;
}

interface Operation {
  readonly operationId: string;
  readonly parameters?: readonly {
    readonly name: string;
    readonly in: string;
    readonly schema: { readonly type?: string };
  }[];
  readonly requestBody?: unknown;
  readonly responses: Readonly<Record<string, unknown>>;
}

async function documentOf(house: VaHouse, api: string): Promise<Document> {
  return (await (await fetch(`${house.server.url}/openapi.json?api=${api}`)).json()) as Document;
}

test.each(['kupe', 'va', 'voicera'])(
  'the contract of %s describes every row with its parameters, once',
  async (api) => {
    const house = await VaHouse.open();
    const { openapi, paths } = await documentOf(house, api);
    expect(openapi).toBe('3.1.1');
    const operations = Object.entries(paths).flatMap(([path, methods]) =>
      Object.values(methods).map((operation) => ({ path, operation })),
    );
    expect(operations.length).toBeGreaterThan(10);
    const ids = operations.map(({ operation }) => operation.operationId);
    expect(new Set(ids).size).toBe(ids.length);
    for (const { path, operation } of operations) {
      const named = [...path.matchAll(/\{(\w+)\}/g)].map(([, name]) => name);
      const inPath = (operation.parameters ?? [])
        .filter((parameter) => parameter.in === 'path')
        .map(({ name }) => name);
      expect([path, inPath]).toEqual([path, named]);
      expect(Object.keys(operation.responses)).toContain('default');
    }
  },
);

test('a body is described by the schema that checks it', async () => {
  const house = await VaHouse.open();
  const { paths } = await documentOf(house, 'va');
  expect(paths['/api/v1/agents']?.['post']?.requestBody).toMatchObject({
    content: { 'application/json': { schema: { required: ['name', 'system_prompt'] } } },
  });
});

test('the reference page and all it loads come from this machine', async () => {
  const house = await VaHouse.open();
  const page = await fetch(`${house.server.url}/docs`);
  expect(page.headers.get('content-security-policy')).toContain("default-src 'none'");
  const html = await page.text();
  const linked = [...html.matchAll(/(?:src|href)="([^"]+)"/g)]
    .map(([, url]) => url ?? '')
    .filter((url) => url !== 'data:,');
  expect(linked.length).toBe(3);
  for (const url of linked) {
    expect(url).toMatch(/^\/docs\//);
    expect([url, (await fetch(`${house.server.url}${url}`)).status]).toEqual([url, 200]);
  }
});

test('an unknown API is refused with the names of those there are', async () => {
  const house = await VaHouse.open();
  const answer = await fetch(`${house.server.url}/openapi.json?api=other`);
  expect([answer.status, await answer.json()]).toEqual([404, { detail: expect.stringContaining('kupe') }]);
});
