import { expect, test } from 'vitest';
import { formWith, KupeHouse } from '../kupe/kupe-house.ts';
import type { Operation } from '../operations.ts';
import { credentialsOf, type DocumentedOperation, type Documents, readDocuments, walked } from './documents.ts';
import { sample } from './sample.ts';
import { makeWorld, type World } from './world.ts';

interface Asked {
  readonly status: number;
  readonly text: string;
}

/** One operation on the world's things, with a body that its own schema takes. */
async function ask(
  house: KupeHouse,
  operation: Operation,
  parts: { readonly documents: Documents; readonly world: World; readonly headers: Readonly<Record<string, string>> },
): Promise<Asked> {
  const { method, path } = operation;
  const described = parts.documents(operation);
  const params = parts.world.params(operation);
  const filled = path.replaceAll(/\{(\w+)\}/g, (_all, name: string) => params[name] ?? 'unknown');
  const query = new URLSearchParams(
    (described?.parameters ?? [])
      .filter((parameter) => parameter.in === 'query' && (parameter.required || parameter.name in parts.world.bodyIds))
      .map(({ name, schema }): [string, string] => [name, String(sample(schema, parts.world.bodyIds, name))]),
  );
  const body = bodyOf(described, parts.world);
  const response = await fetch(`${house.server.url}${filled}?${query.toString()}`, {
    method,
    headers: { ...parts.headers, ...(typeof body === 'string' ? { 'content-type': 'application/json' } : {}) },
    ...(body === undefined || method === 'GET' ? {} : { body }),
  });
  return { status: response.status, text: await response.text() };
}

function bodyOf(described: DocumentedOperation | undefined, world: World): string | FormData | undefined {
  const content = described?.requestBody?.content;
  if (!content) return undefined;
  if (content['multipart/form-data']) return formWith('list.csv', 'to_phonenumber,name\n+15550142,Ann\n');
  const [first] = Object.values(content);
  return first && JSON.stringify(sample(first.schema, world.bodyIds));
}

test('nobody reaches anything of another organization, whatever the operation', async () => {
  const house = await KupeHouse.open({ voiceraLimits: { general: 100_000, auth: 100_000 } });
  const documents = await readDocuments(house);
  const world = await makeWorld(house);
  const stranger = await credentialsOf(house, await house.stranger());
  const wrong: string[] = [];
  for (const operation of walked) {
    for (const headers of stranger(operation)) {
      const { status, text } = await ask(house, operation, { documents, world, headers });
      const line = `${operation.api} ${operation.method} ${operation.path} → ${status} ${text.slice(0, 160)}`;
      if (status >= 500) wrong.push(line);
      const leaked = world.secrets.filter((id) => text.includes(id) && status < 400);
      if (leaked.length > 0) wrong.push(`${line} (shows ${leaked.join(', ')})`);
      if (namesTheirs(operation) && ![403, 404].includes(status)) wrong.push(line);
    }
  }
  expect(wrong).toEqual([]);
});

/** Global things and dates belong to nobody; incoming webhooks and links to media are let in by a signature. */
const belongToAll = /\{(voice_id|provider_id|date)\}|\/webhooks\/agents\/\{agent_id\}\/incoming|^\/media\//;

function namesTheirs({ path }: Operation): boolean {
  return path.includes('{') && !belongToAll.test(path);
}

/** Costs are counted by a job that doesn't run here; earnings are for the appliance's administrators. */
const notYet = /usage\/sessions|earnings\/orgs/;

test('the same requests reach their things when the owner makes them', async () => {
  const house = await KupeHouse.open({ voiceraLimits: { general: 100_000, auth: 100_000 } });
  const documents = await readDocuments(house);
  const world = await makeWorld(house);
  const owner = await credentialsOf(house, world.owner);
  const wrong: string[] = [];
  for (const operation of walked.filter((one) => one.method === 'GET' && namesTheirs(one) && !notYet.test(one.path))) {
    const [headers = {}] = owner(operation).slice(-1);
    const { status, text } = await ask(house, operation, { documents, world, headers });
    if (status >= 400)
      wrong.push(`${operation.api} ${operation.method} ${operation.path} → ${status} ${text.slice(0, 160)}`);
  }
  expect(wrong).toEqual([]);
});

test('without a credential nothing answers but what is public by contract', async () => {
  const house = await KupeHouse.open({ voiceraLimits: { general: 100_000, auth: 100_000 } });
  const documents = await readDocuments(house);
  const world = await makeWorld(house);
  const wrong: string[] = [];
  for (const operation of walked) {
    const described = documents(operation);
    const isPublic = described?.security?.length === 0;
    const { status, text } = await ask(house, operation, { documents, world, headers: {} });
    const leaks = world.secrets.some((id) => text.includes(id));
    if (leaks || status >= 500 || (!isPublic && status !== 401)) {
      wrong.push(`${operation.api} ${operation.method} ${operation.path} → ${status} ${text.slice(0, 160)}`);
    }
  }
  expect(wrong).toEqual([]);
});
