import { Ajv2020 } from 'ajv/dist/2020.js';
import { expect, test } from 'vitest';
import { VaHouse } from './va-house.ts';

interface Document {
  readonly paths: Readonly<
    Record<string, Readonly<Record<string, { readonly summary?: string; readonly responses: Responses }>>>
  >;
}

type Responses = Readonly<
  Record<string, { readonly content?: { readonly 'application/json': { readonly schema: object } } }>
>;

test('every operation of this API says what it is for and what it answers', async () => {
  const house = await VaHouse.open();
  const { paths } = (await (await fetch(`${house.server.url}/openapi.json?api=va`)).json()) as Document;
  const bare = Object.entries(paths).flatMap(([path, methods]) =>
    Object.entries(methods)
      .filter(([, { summary, responses }]) => !summary || Object.keys(responses).length < 2)
      .map(([method]) => `${method} ${path}`),
  );
  expect(bare).toEqual([]);
});

test('answers are what the contract document says', async () => {
  const house = await VaHouse.open();
  const { paths } = (await (await fetch(`${house.server.url}/openapi.json?api=va`)).json()) as Document;
  const ajv = new Ajv2020({ strict: false, validateFormats: false, allErrors: true });
  const agent = await house.agent({ legacy_field: [1] });
  const task = await house.task(agent);
  const call = await house.startedCall();
  await house.say(call, 'caller', 'Hello?', 500);
  const checked: [string, number, unknown][] = [];
  const rows = [
    ['get', '/agents', ''],
    ['post', '/agents', '', { name: 'Second', system_prompt: 'You answer.' }],
    ['get', '/agents/{id}', agent],
    ['patch', '/agents/{id}', agent, { name: 'Renamed' }],
    ['get', '/tasks', ''],
    ['get', '/tasks/{id}', task],
    ['patch', '/tasks/{id}', task, { priority: 3 }],
    ['post', '/tasks/{id}/execute', task, {}],
    ['post', '/tasks/{id}/reset', task, {}],
    ['delete', '/tasks/{id}', task],
    ['delete', '/agents/{id}', agent],
    ['get', '/calls', ''],
    ['get', '/calls/{id}', call],
    ['get', '/calls/{id}/transcript', call],
    ['get', '/calls/{id}/live', call],
    ['post', '/calls/{id}/end', call, {}],
    ['get', '/calls/{id}/report', call],
  ] as const;
  for (const [method, path, id, body] of rows) {
    const reply = await house.request(method.toUpperCase(), path.replace('{id}', id), body);
    const described = paths[`/api/v1${path}`]?.[method]?.responses[String(reply.status)];
    const validate = ajv.compile(described?.content?.['application/json'].schema ?? false);
    checked.push([`${method} ${path}`, reply.status, validate(reply.body) ? [] : validate.errors]);
  }
  expect(checked).toEqual(
    rows.map(([method, path]) => [`${method} ${path}`, path === '/agents' && method === 'post' ? 201 : 200, []]),
  );
});
