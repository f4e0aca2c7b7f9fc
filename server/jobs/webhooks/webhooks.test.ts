import { expect, test, vi } from 'vitest';
import { HttpReceiver } from '../../../test/support/http-receiver.ts';
import { OutsideHouse } from '../../../test/support/outside-house.ts';
import { isSignedBy } from '../../domain/webhooks/webhook.ts';

const patience = { timeout: 10_000, interval: 20 };
const page = { limit: 50, offset: 0 };

async function withTask(house: OutsideHouse, url: string, events = ['call_started', 'call_completed', 'call_failed']) {
  const { organizationId } = house.principal;
  const draft = { agentId: house.agentId, name: 'Call', toNumber: '+15550142', webhookUrl: url };
  return house.domain.tasks.create(organizationId, { ...draft, webhookEvents: events as ['call_started'] });
}

test('the webhook of a task is told of beginning and end, with excerpts, and signed with the organization’s secret', async () => {
  const [house, receiver] = [await OutsideHouse.open(), await HttpReceiver.start()];
  await house.domain.webhooks.setOrganizationSecret(house.principal, 'a secret of the house');
  await house.startJobs();
  const task = await withTask(house, `${receiver.url}/hook`);
  const call = await house.call(['agent: Hello.', 'I need a plumber tomorrow.'], { taskId: task.id });
  await vi.waitFor(() => expect(receiver.received).toHaveLength(2), patience);
  const byEvent = new Map(receiver.bodies.map((body) => [body['event_type'], body]));
  expect(byEvent.get('call_started')).toEqual({
    event_type: 'call_started',
    task_id: task.id,
    call_id: call.id,
    status: 'initiated',
    data: {},
  });
  expect(byEvent.get('call_completed')).toEqual({
    event_type: 'call_completed',
    task_id: task.id,
    call_id: call.id,
    status: 'completed',
    data: {
      transcript_excerpt: 'Agent: Hello.\nUser: I need a plumber tomorrow.',
      report_excerpt: expect.stringContaining('I need a plumber tomorrow'),
    },
  });
  for (const { headers, text } of receiver.received) {
    expect(isSignedBy('a secret of the house', text, String(headers['x-webhook-signature']))).toBe(true);
    expect(headers['x-webhook-event']).toBe((JSON.parse(text) as { event_type: string }).event_type);
    expect(headers['x-webhook-id']).toMatch(/^[0-9a-f-]{36}$/);
  }
});

test('a failed call is told as failed with its reason, in one attempt, whatever the receiver answers', async () => {
  const [house, receiver] = [await OutsideHouse.open(), await HttpReceiver.start()];
  receiver.answer = () => ({ status: 500 });
  await house.startJobs();
  const task = await withTask(house, receiver.url, ['call_failed']);
  const { id } = await house.begin({ taskId: task.id, direction: 'outbound' });
  await house.domain.calls.finish(id, { status: 'failed', endReason: 'busy', endedAtMs: Date.now() });
  await vi.waitFor(() => expect(receiver.received).toHaveLength(1), patience);
  expect(receiver.bodies[0]).toMatchObject({ event_type: 'call_failed', status: 'failed', data: { error: 'busy' } });
  await vi.waitFor(() => {
    const { items } = house.domain.webhooks.deliveries(house.principal, {}, page);
    expect(items).toMatchObject([{ state: 'failed', attempts: 1, statusCode: 500 }]);
  }, patience);
});

test('an agent’s webhook gets the fields of both generations and is tried again as often as it says', async () => {
  const [house, receiver] = [await OutsideHouse.open(), await HttpReceiver.start()];
  receiver.answer = () => ({ status: receiver.received.length === 1 ? 503 : 204 });
  const outgoing = { enabled: true, url: receiver.url, headers: { 'X-Own': 'yes' }, retryCount: 2 };
  await house.domain.webhooks.changeOfAgent(house.principal, house.agentId, {
    outgoing: { ...outgoing, auth: { type: 'bearer', token: 'token-1' } },
  });
  await house.startJobs();
  const call = await house.call(['My name is Mary Jones.', 'I am interested in the offer, that sounds great.']);
  await vi.waitFor(() => expect(receiver.received).toHaveLength(2), patience);
  const [first, second] = receiver.received;
  expect(second?.text).toBe(first?.text);
  expect(second?.headers['x-webhook-id']).toBe(first?.headers['x-webhook-id']);
  expect(first?.headers).toMatchObject({ authorization: 'Bearer token-1', 'x-own': 'yes' });
  expect(receiver.bodies[0]).toMatchObject({
    call_id: call.id,
    agent_id: house.agentId,
    call_status: 'completed',
    call_direction: 'inbound',
    customer_name: 'Mary Jones',
    user_name: 'Mary Jones',
    mobile_number: '+15550100',
    lead_status: 'Interested',
    lead_temperature: 'Hot',
    sentiment_analysis: { label: 'positive', score: expect.any(Number) },
    full_conversation: [{ role: 'user', content: 'My name is Mary Jones.' }, { role: 'user' }],
    analysis_engine: 'built-in (deterministic)',
    post_call_analysis_count: 0,
    post_call_analyses: [],
  });
  await vi.waitFor(() => {
    const { items } = house.domain.webhooks.deliveries(house.principal, {}, page);
    expect(items[0]).toMatchObject({ state: 'delivered', attempts: 2, statusCode: 204 });
  }, patience);
});

test('web calls and phone calls are told of only where the agent’s webhook says so', async () => {
  const [house, receiver] = [await OutsideHouse.open(), await HttpReceiver.start()];
  const outgoing = { enabled: true, url: receiver.url };
  await house.domain.webhooks.changeOfAgent(house.principal, house.agentId, { triggerOnWebCall: false, outgoing });
  await house.startJobs();
  await house.call(['Hello there.'], { channel: 'web' });
  const phone = await house.call(['Hello there.']);
  await vi.waitFor(() => expect(receiver.received).toHaveLength(1), patience);
  expect(receiver.bodies[0]).toMatchObject({ call_id: phone.id });
});

test('endpoints of an organization hear of the events that they named, and of nobody else’s calls', async () => {
  const [house, receiver] = [await OutsideHouse.open(), await HttpReceiver.start()];
  const { webhooks } = house.domain;
  const draft = { url: `${receiver.url}/own`, events: ['call.completed'], secret: 'sixteen letters!' } as const;
  const endpoint = await webhooks.createEndpoint(house.principal, draft);
  await webhooks.createEndpoint(await house.stranger(), { url: `${receiver.url}/other`, events: ['call.completed'] });
  await house.startJobs();
  const call = await house.call(['The delivery was late, I am disappointed.']);
  await vi.waitFor(() => expect(receiver.received).toHaveLength(1), patience);
  const [got] = receiver.received;
  expect(got?.path).toBe('/own');
  expect(isSignedBy('sixteen letters!', got?.text ?? '', String(got?.headers['x-webhook-signature']))).toBe(true);
  expect(receiver.bodies[0]).toMatchObject({
    event: 'call.completed',
    timestamp: expect.stringMatching(/^\d{4}-/),
    data: { id: call.id, status: 'completed', sentiment: 'negative', emotions: ['disappointed'] },
  });
  await vi.waitFor(() => {
    const log = webhooks.endpointLog(house.principal, endpoint.id, page);
    expect(log.items).toMatchObject([{ event: 'call.completed', statusCode: 200, attempts: 1, state: 'delivered' }]);
  }, patience);
});

test('a receiver that never answers keeps no other from hearing, and at most ten are sent to at once', async () => {
  const [house, silent, lively] = [await OutsideHouse.open(), await HttpReceiver.start(), await HttpReceiver.start()];
  silent.answer = () => 'silence';
  const { webhooks } = house.domain;
  for (let at = 0; at < 5; at++) {
    await webhooks.createEndpoint(house.principal, { url: `${silent.url}/${at}`, events: ['call.completed'] });
  }
  await webhooks.createEndpoint(house.principal, { url: lively.url, events: ['call.completed', 'call.started'] });
  const jobs = await house.startJobs();
  await Promise.all(Array.from({ length: 6 }, () => house.call(['Hello there.'])));
  await vi.waitFor(() => expect(lively.received.length).toBeGreaterThanOrEqual(6), patience);
  await vi.waitFor(() => expect(silent.open).toBeGreaterThanOrEqual(9), patience);
  expect(silent.mostOpen).toBeLessThanOrEqual(10);
  expect(jobs.counters.webhooks.inFlight).toBeLessThanOrEqual(10);
});

test('a campaign that is stopped is told as completed, once', async () => {
  const [house, receiver] = [await OutsideHouse.open(), await HttpReceiver.start()];
  const { campaigns, webhooks } = house.domain;
  const { organizationId } = house.principal;
  await webhooks.createEndpoint(house.principal, { url: receiver.url, events: ['campaign.completed'] });
  await house.startJobs();
  const draft = { kind: 'voicera', name: 'Spring', agentId: house.agentId } as const;
  const { id } = await campaigns.create(organizationId, draft, [{ toNumber: '+15550142' }]);
  await campaigns.launch(organizationId, id);
  await campaigns.pause(organizationId, id);
  await campaigns.stop(organizationId, id);
  await vi.waitFor(() => expect(receiver.received).toHaveLength(1), patience);
  expect(receiver.bodies[0]).toMatchObject({
    event: 'campaign.completed',
    data: { id, name: 'Spring', status: 'completed', completed_at: expect.stringMatching(/^\d{4}-/) },
  });
});

test('what was not sent when the house stopped is sent after the next start, and nothing twice', async () => {
  const [house, receiver] = [await OutsideHouse.open(), await HttpReceiver.start()];
  const { webhooks } = house.domain;
  await webhooks.createEndpoint(house.principal, { url: receiver.url, events: ['call.started', 'call.completed'] });
  const before = await house.call(['Hello there.']);
  const first = await house.startJobs();
  await vi.waitFor(() => expect(receiver.received).toHaveLength(2), patience);
  await first.stop();
  const during = await house.call(['Hello again.']);
  await house.startJobs();
  await vi.waitFor(() => expect(receiver.received).toHaveLength(4), patience);
  const told = receiver.bodies.map(({ event, data }) => `${String(event)} ${(data as { id: string }).id}`);
  expect(told.toSorted()).toEqual(
    [before.id, during.id].flatMap((id) => [`call.completed ${id}`, `call.started ${id}`]).toSorted(),
  );
});

test('a webhook that was disabled in between is not sent to', async () => {
  const [house, receiver] = [await OutsideHouse.open(), await HttpReceiver.start()];
  const { webhooks } = house.domain;
  receiver.answer = () => ({ status: 500 });
  const { id } = await webhooks.createEndpoint(house.principal, { url: receiver.url, events: ['call.completed'] });
  await house.startJobs();
  await house.call(['Hello there.']);
  await vi.waitFor(() => expect(receiver.received).toHaveLength(1), patience);
  await webhooks.updateEndpoint(house.principal, id, { isActive: false });
  await vi.waitFor(() => {
    const [delivery] = webhooks.endpointLog(house.principal, id, page).items;
    expect(delivery).toMatchObject({ state: 'failed', errorMessage: 'The webhook was removed or disabled.' });
  }, patience);
  expect(receiver.received).toHaveLength(1);
});

test('a receiver outside the rules is not connected to, and the log says why', async () => {
  const [house, receiver] = [await OutsideHouse.open([]), await HttpReceiver.start()];
  const { webhooks } = house.domain;
  const { id } = await webhooks.createEndpoint(house.principal, { url: receiver.url, events: ['call.completed'] });
  await house.startJobs();
  await house.call(['Hello there.']);
  await vi.waitFor(() => {
    const [delivery] = webhooks.endpointLog(house.principal, id, page).items;
    expect(delivery?.errorMessage).toContain('loopback');
  }, patience);
  expect(receiver.received).toEqual([]);
});

test('when a call is deleted nothing of what was said stays in analyses and deliveries', async () => {
  const [house, receiver] = [await OutsideHouse.open(), await HttpReceiver.start()];
  const { analysis, calls, webhooks } = house.domain;
  const { id } = await webhooks.createEndpoint(house.principal, { url: receiver.url, events: ['call.completed'] });
  await house.startJobs();
  const call = await house.call(['My secret is the purple elephant.']);
  await vi.waitFor(() => {
    expect(webhooks.endpointLog(house.principal, id, page).items[0]?.state).toBe('delivered');
  }, patience);
  expect(webhooks.endpointLog(house.principal, id, page).items[0]?.body).toContain('purple elephant');
  await calls.remove(house.principal.organizationId, call.id);
  await vi.waitFor(() => {
    expect(analysis.ofCall(call.id)).toBeUndefined();
    expect(webhooks.endpointLog(house.principal, id, page).items[0]).toMatchObject({ state: 'delivered', body: '' });
  }, patience);
  expect(analysis.resultsOfCall(call.id)).toEqual([]);
});
