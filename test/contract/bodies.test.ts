import { expect, test } from 'vitest';
import { KupeHouse } from './kupe/kupe-house.ts';

test.each(['text/plain', 'application/vnd.api+json', ''])(
  'JSON is read as JSON though its type is "%s"',
  async (type) => {
    const house = await KupeHouse.open();
    const reply = await fetch(`${house.server.url}/api/v1/agents`, {
      method: 'POST',
      headers: { 'x-api-key': house.key, ...(type === '' ? {} : { 'Content-Type': type }) },
      body: new TextEncoder().encode('{"agent":{"name":"Plain"}}'),
    });
    expect([reply.status, await reply.json()]).toEqual([201, expect.objectContaining({ validation_status: 'valid' })]);
  },
);

test('a body that says to be a form is no JSON, and an operation that needs none takes it', async () => {
  const house = await KupeHouse.open();
  const send = (path: string) =>
    fetch(`${house.server.url}${path}`, {
      method: 'POST',
      headers: { 'x-api-key': house.key, 'Content-Type': 'application/x-www-form-urlencoded' },
      body: 'name=x',
    });
  expect((await send('/api/v1/agents')).status).toBe(422);
  expect((await send(`/api/v1/webhooks/agents/${await house.agent()}/rotate-secret`)).status).toBe(200);
});
