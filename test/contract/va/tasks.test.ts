import { expect, test } from 'vitest';
import { example, itemsOf, VaHouse, withoutChance } from './va-house.ts';

const unknownId = '00000000-0000-4000-8000-000000000000';

test('the printed request makes the task, and the answer is the whole of it', async () => {
  const house = await VaHouse.open();
  const request = example('create-task.request.json').replace('uuid-here', await house.agent());
  const reply = await house.request('POST', '/tasks', request);
  expect(reply.status).toBe(201);
  expect(withoutChance(reply.body)).toEqual(JSON.parse(example('create-task.response.json')));
});

test('a bad task is refused with every problem at once', async () => {
  const house = await VaHouse.open();
  const reply = await house.request('POST', '/tasks', {
    agent_id: 'uuid-here',
    to_number: '0555 123',
    priority: 1.5,
    scheduled_at: 'tomorrow',
    context_data: 'x',
    webhook_url: 'http://your-app.com/webhooks',
    webhook_events: ['call_started', 'call_dropped'],
  });
  expect(reply.status).toBe(400);
  expect(reply.body.details.problems.map(({ field }) => field).sort()).toEqual([
    'agent_id',
    'context_data',
    'name',
    'priority',
    'scheduled_at',
    'to_number',
    'webhook_events.1',
    'webhook_url',
  ]);
});

test('a number goes by its shape, a sip URI by its host', async () => {
  const house = await VaHouse.open();
  const agent = await house.agent();
  const tries: [string, number][] = [
    ['+1234567', 201],
    ['+123456789012345', 201],
    ['+123456', 400],
    ['+1234567890123456', 400],
    ['sip:test@127.0.0.1:5070', 201],
    ['sip:test@localhost;transport=tcp', 201],
    ['sip:100@PBX.example', 201],
    ['sip:100@elsewhere.example', 400],
    ['sip:100@127.0.0.1?Replaces=x', 400],
    ['sip:100@127.0.0.1\r\nX: y', 400],
    ['sips:100@127.0.0.1', 400],
  ];
  const seen: [string, number][] = [];
  for (const [to_number] of tries) {
    seen.push([to_number, (await house.request('POST', '/tasks', { agent_id: agent, name: 'T', to_number })).status]);
  }
  expect(seen).toEqual(tries);
});

test('a task needs an agent of the same organization', async () => {
  const house = await VaHouse.open();
  const body = { agent_id: unknownId, name: 'T', to_number: '+15550142' };
  const unknown = await house.request('POST', '/tasks', body);
  expect([unknown.status, unknown.body.details.code]).toEqual([404, 'agent-not-found']);
  const foreign = await house.request(
    'POST',
    '/tasks',
    { ...body, agent_id: await house.agent() },
    await house.strangersKey(),
  );
  expect(foreign.status).toBe(404);
});

test('a task is read with its agent, listed by agent and status, and changed while it is pending', async () => {
  const house = await VaHouse.open();
  const agent = await house.agent({ name: 'Front desk' });
  const id = await house.task(agent);
  await house.task(await house.agent());
  expect((await house.request('GET', `/tasks/${id}`)).body.data).toMatchObject({
    id,
    agent: { id: agent, name: 'Front desk' },
  });

  const change = { priority: 7, scheduled_at: '2030-01-01T10:00:00+02:00', webhook_events: null, agent_id: agent };
  const patched = await house.request('PATCH', `/tasks/${id}`, change);
  expect(patched.body.data).toMatchObject({
    priority: 7,
    scheduled_at: '2030-01-01T08:00:00.000Z',
    webhook_events: [],
  });
  const listed = await house.request('GET', `/tasks?agent_id=${agent}&status=pending`);
  expect(itemsOf(listed).map((task) => task['id'])).toEqual([id]);
  expect((await house.request('GET', `/tasks?status=sleeping`)).status).toBe(400);

  const moved = await house.request('PATCH', `/tasks/${id}`, { agent_id: await house.agent() });
  expect([moved.status, moved.body.details.problems[0]?.field]).toEqual([400, 'agent_id']);
});

test('execute starts the call and answers as printed; the call ends the task', async () => {
  const house = await VaHouse.open();
  const id = await house.task(await house.agent());
  const executed = await house.request('POST', `/tasks/${id}/execute`);
  expect(executed.status).toBe(200);
  expect(withoutChance(executed.body)).toEqual(JSON.parse(example('execute-task.response.json')));

  const callId = String(executed.body.data['call_id']);
  const running = await house.request('GET', `/tasks/${id}`);
  expect(running.body.data).toMatchObject({ status: 'in_progress', last_call_id: callId, attempts: 1 });
  for (const [method, path] of [
    ['POST', `/tasks/${id}/execute`],
    ['PATCH', `/tasks/${id}`],
    ['DELETE', `/tasks/${id}`],
  ] as const) {
    expect((await house.request(method, path, {})).status).toBe(400);
  }
  await house.telephone.end(callId, 'end');
  const done = await house.request('GET', `/tasks/${id}`);
  expect(done.body.data).toMatchObject({ status: 'completed', error_message: null });
  expect(done.body.data['completed_at']).toEqual(expect.any(String));
});

test('of two that execute at the same time, one starts the call', async () => {
  const house = await VaHouse.open();
  const id = await house.task(await house.agent());
  const replies = await Promise.all([1, 2, 3].map(() => house.request('POST', `/tasks/${id}/execute`)));
  expect(replies.map(({ status }) => status).sort((a, b) => a - b)).toEqual([200, 400, 400]);
  expect((await house.request('GET', `/calls?task_id=${id}`)).body.meta).toMatchObject({ total: 1 });
});

test('without a usable peer execute is 503 and the task stays pending', async () => {
  const house = await VaHouse.open();
  const id = await house.task(await house.agent());
  house.telephone.why = 'No SIP peer is configured.';
  const refused = await house.request('POST', `/tasks/${id}/execute`);
  expect([refused.status, refused.body.error]).toEqual([503, 'No SIP peer is configured.']);

  house.telephone.why = undefined;
  house.telephone.startFailure = new Error('All lines are busy.');
  expect((await house.request('POST', `/tasks/${id}/execute`)).status).toBe(503);
  const after = await house.request('GET', `/tasks/${id}`);
  expect(after.body.data).toMatchObject({ status: 'pending', error_message: 'All lines are busy.', attempts: 0 });
});

test('a task of a disabled agent is not executed', async () => {
  const house = await VaHouse.open();
  const id = await house.task(await house.agent({ enabled: false }));
  const refused = await house.request('POST', `/tasks/${id}/execute`);
  expect([refused.status, refused.body.details.code]).toEqual([400, 'agent-disabled']);
});

test('reset ends a running call, makes the task pending again, and is refused when it is', async () => {
  const house = await VaHouse.open();
  const id = await house.task(await house.agent());
  expect((await house.request('POST', `/tasks/${id}/reset`)).status).toBe(400);
  const callId = String((await house.request('POST', `/tasks/${id}/execute`)).body.data['call_id']);
  const reset = await house.request('POST', `/tasks/${id}/reset`);
  expect([reset.status, reset.body.data['status']]).toEqual([200, 'pending']);
  expect((await house.request('GET', `/calls/${callId}`)).body.data).toMatchObject({
    status: 'failed',
    end_reason: 'api-cancel',
  });
  expect((await house.request('POST', `/tasks/${id}/execute`)).status).toBe(200);
});

test('a cancelled call fails its task, which may then be deleted', async () => {
  const house = await VaHouse.open();
  const id = await house.task(await house.agent());
  const callId = String((await house.request('POST', `/tasks/${id}/execute`)).body.data['call_id']);
  await house.request('POST', `/calls/${callId}/cancel`);
  expect((await house.request('GET', `/tasks/${id}`)).body.data).toMatchObject({
    status: 'failed',
    error_message: 'api-cancel',
  });
  expect((await house.request('DELETE', `/tasks/${id}`)).body.data).toEqual({ id, deleted: true });
  expect((await house.request('GET', `/tasks/${id}`)).status).toBe(404);
});
