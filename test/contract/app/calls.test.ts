import { expect, test } from 'vitest';
import { realClock } from '../../../server/lifetime/clock.ts';
import { AppBrowser, AppHouse, setUpAdmin } from './app-house.ts';

const use = {
  name: 'order_status',
  args: { order: 7 },
  outcome: 'ok',
  result: '{"state":"shipped"}',
  startMs: 900.5,
  endMs: 1_400,
} as const;

/** A call of the first agent in which somebody asked for an order. */
async function setUp() {
  const house = await AppHouse.open(realClock);
  const root = await setUpAdmin(house);
  const { calls } = house.domain;
  const { organizationId, agentId } = house.first;
  const identity = { from: '+15550123', to: '100', fromUri: 'sip:a@127.0.0.1', toUri: 'sip:b@127.0.0.1' };
  const { id } = await calls.begin({ organizationId, agentId, direction: 'inbound', identity });
  const said = { role: 'caller', text: 'Where is my order?', startMs: 0, endMs: 500 } as const;
  await calls.addTurn(id, { ...said, interrupted: false, provider: 'test', marks: {} });
  await calls.addToolUse(id, use);
  await calls.addToolUse(id, { ...use, outcome: 'aborted', result: 'Given up.' });
  return { house, root, id };
}

test('what an agent did with its tools in a call is told, in its place between the turns', async () => {
  const { house, root, id } = await setUp();
  const { status, body } = await root.request('GET', `/calls/${id}/tool-uses`);
  expect(status).toBe(200);
  expect(body).toEqual({
    tool_uses: [
      {
        seq: 1,
        after_turn: 1,
        name: 'order_status',
        arguments: { order: 7 },
        outcome: 'ok',
        result: '{"state":"shipped"}',
        start_ms: 900.5,
        end_ms: 1_400,
        created_at: expect.stringMatching(/^\d{4}-/),
      },
      expect.objectContaining({ seq: 2, outcome: 'aborted', result: 'Given up.' }),
    ],
  });
  await house.domain.agents.update(house.first.organizationId, house.first.agentId, { isConfidential: true });
  expect((await root.request('GET', `/calls/${id}/tool-uses`)).body).toEqual({ tool_uses: [] });
});

test('is nobody else’s business, and is gone with the call', async () => {
  const { house, root, id } = await setUp();
  const path = `/calls/${id}/tool-uses`;
  const elsewhere = (await root.request('POST', '/organizations', { name: 'Elsewhere' })).body['id'];
  const account = { email: 'spy@example.com', password: 'Spy-Password-1', role: 'org_admin' };
  expect((await root.request('POST', '/users', { ...account, organization_id: elsewhere })).status).toBe(201);
  const spy = new AppBrowser(house);
  await spy.signIn(account.email, account.password);
  expect((await spy.request('GET', path)).status).toBe(404);
  expect((await new AppBrowser(house).request('GET', path)).status).toBe(401);

  const { calls } = house.domain;
  await calls.finish(id, { status: 'completed', endReason: 'caller-hangup', endedAtMs: realClock.now() });
  await calls.remove(house.first.organizationId, id);
  expect((await root.request('GET', path)).status).toBe(404);
  expect(calls.toolUses(id)).toEqual([]);
});
