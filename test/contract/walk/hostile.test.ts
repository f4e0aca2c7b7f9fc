import { expect, test } from 'vitest';
import { KupeHouse } from '../kupe/kupe-house.ts';
import type { Operation } from '../operations.ts';
import { credentialsOf, type Documents, readDocuments, walked } from './documents.ts';
import { type Schema, sample } from './sample.ts';
import { makeWorld, type World } from './world.ts';

interface Setting {
  readonly house: KupeHouse;
  readonly documents: Documents;
  readonly world: World;
  readonly headersFor: (operation: Operation) => Readonly<Record<string, string>>;
}

async function open(): Promise<Setting> {
  const voiceraLimits = { general: 100_000, auth: 100_000 };
  const house = await KupeHouse.open({ voiceraLimits, rateLimit: 100_000 });
  const world = await makeWorld(house);
  const credentials = await credentialsOf(house, world.owner);
  return {
    house,
    world,
    documents: await readDocuments(house),
    headersFor: (operation) => credentials(operation).at(-1) ?? {},
  };
}

async function send(
  setting: Setting,
  operation: Operation,
  given: { readonly body?: string; readonly query?: string },
) {
  const params = setting.world.params(operation);
  const path = operation.path.replaceAll(/\{(\w+)\}/g, (_all, name: string) => params[name] ?? 'unknown');
  const response = await fetch(`${setting.house.server.url}${path}${given.query ?? ''}`, {
    method: operation.method,
    headers: { ...setting.headersFor(operation), 'content-type': 'application/json' },
    ...(given.body === undefined ? {} : { body: given.body }),
  });
  const text = await response.text();
  return {
    status: response.status,
    text,
    line: `${operation.api} ${operation.method} ${operation.path} → ${response.status} ${text.slice(0, 200)}`,
  };
}

/** Rows whose body is JSON with at least one field that must be there. */
function withRequiredBody({
  documents,
}: Setting): readonly { readonly operation: Operation; readonly schema: Schema }[] {
  return walked.flatMap((operation) => {
    const schema = documents(operation)?.requestBody?.content['application/json']?.schema;
    return schema?.required?.length && !operation.path.endsWith('/incoming') ? [{ operation, schema }] : [];
  });
}

/** Each API says what is wrong in its own shape. */
function isOwnShape(api: Operation['api'], text: string): boolean {
  const body = JSON.parse(text) as Readonly<Record<string, unknown>>;
  if (api === 'kupe') return 'detail' in body && !('success' in body);
  if (api === 'va') return body['success'] === false && typeof body['error'] === 'string' && 'meta' in body;
  return body['success'] === false && Object(body['error'])['code'] !== undefined && 'error_code' in body;
}

test('broken, wrong and missing bodies are refused in the own shape of each API', async () => {
  const setting = await open();
  const wrong: string[] = [];
  const rows = withRequiredBody(setting);
  expect(rows.length).toBeGreaterThan(30);
  for (const { operation } of rows) {
    for (const body of ['{"broken', '[1, 2]', '"text"', 'null', '{}', JSON.stringify({ __proto__: { admin: true } })]) {
      const { status, text, line } = await send(setting, operation, { body });
      if (![400, 403, 404, 409, 422].includes(status) || !isOwnShape(operation.api, text))
        wrong.push(`${body} ${line}`);
    }
  }
  expect(wrong).toEqual([]);
});

/** The same body with every value of another type. */
function twisted(value: unknown): unknown {
  if (Array.isArray(value)) return { 0: 'not a list' };
  if (typeof value === 'object' && value !== null) {
    return Object.fromEntries(Object.entries(value).map(([key, inner]) => [key, twisted(inner)]));
  }
  return typeof value === 'string' ? { not: 'a text' } : 'not a number';
}

test('every problem of a body is named at once', async () => {
  const setting = await open();
  const wrong: string[] = [];
  for (const { operation, schema } of withRequiredBody(setting)) {
    const good = sample(schema, setting.world.bodyIds);
    const body = twisted(good);
    // A body of nothing but free fields has no wrong types.
    if (JSON.stringify(body) === JSON.stringify(good)) continue;
    const { status, text, line } = await send(setting, operation, { body: JSON.stringify(body) });
    const fields = (schema.required ?? []).filter((field) => schema.properties?.[field]?.type !== undefined);
    const unnamed = status === 400 || status === 422 ? fields.filter((field) => !text.includes(field)) : [];
    if (![400, 403, 404, 409, 422].includes(status) || unnamed.length > 0)
      wrong.push(`${line} (unnamed: ${unnamed.join()})`);
  }
  expect(wrong).toEqual([]);
});

const injections = [
  "'; DROP TABLE agents; --",
  '" OR 1=1 --',
  '../../../../etc/passwd',
  'a\r\nSet-Cookie: x=y',
  '\u0000\uD800',
  '{{constructor}}',
  '%00',
  '*" NEAR(',
];

test('texts that would harm a careless program do no harm in any body, path or query', async () => {
  const setting = await open();
  const wrong: string[] = [];
  for (const operation of walked) {
    const described = setting.documents(operation);
    const schema = described?.requestBody?.content['application/json']?.schema;
    const injection = injections[wrong.length % injections.length] ?? '';
    const names = (described?.parameters ?? []).filter((parameter) => parameter.in === 'query').map(({ name }) => name);
    for (const text of operation.method === 'GET' ? injections : [injection]) {
      const query = `?${new URLSearchParams(names.map((name): [string, string] => [name, text])).toString()}`;
      const body = schema && JSON.stringify(injected(sample(schema, setting.world.bodyIds), text));
      const { status, line } = await send(setting, operation, { query, ...(body === undefined ? {} : { body }) });
      if (status >= 500 && status !== 502) wrong.push(`${JSON.stringify(text)} ${line}`);
    }
  }
  expect(wrong).toEqual([]);
  expect(
    setting.house.domain.agents.list({ organizationId: setting.house.organizationId }, { limit: 1, offset: 0 }).total,
  ).toBe(1);
});

/** The same body with this text in place of every text. */
function injected(value: unknown, text: string): unknown {
  if (Array.isArray(value)) return value.map((inner) => injected(inner, text));
  if (typeof value !== 'object' || value === null) return typeof value === 'string' ? text : value;
  return Object.fromEntries(Object.entries(value).map(([key, inner]) => [key, injected(inner, text)]));
}
