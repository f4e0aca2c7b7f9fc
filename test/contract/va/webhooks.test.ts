import { expect, test, vi } from 'vitest';
import { HttpReceiver } from '../../support/http-receiver.ts';
import { OutsideHouse } from '../../support/outside-house.ts';
import { example } from './va-house.ts';

const patience = { timeout: 10_000, interval: 20 };

async function toldOf(house: OutsideHouse, receiver: HttpReceiver, webhookEvents: readonly 'call_completed'[]) {
  const task = await house.domain.tasks.create(house.principal.organizationId, {
    agentId: house.agentId,
    name: 'Call',
    toNumber: '+15550142',
    webhookUrl: receiver.url,
    webhookEvents,
  });
  const long = 'The delivery of the garden furniture was late again. '.repeat(30);
  const call = await house.call(['agent: Hello.', long], { taskId: task.id, direction: 'outbound' });
  return { task, call };
}

test('the printed payload is what the receiver of a task gets', async () => {
  const [house, receiver] = [await OutsideHouse.open(), await HttpReceiver.start()];
  await house.startJobs();
  const { call, task } = await toldOf(house, receiver, ['call_completed']);
  await vi.waitFor(() => expect(receiver.bodies).toHaveLength(1), patience);
  const [got] = receiver.bodies;
  const data = got?.['data'] as Record<string, string>;
  const printed = JSON.parse(example('webhook-payload.json')) as Record<string, unknown>;
  expect({
    ...got,
    task_id: got?.['task_id'] === task.id ? 'uuid-here' : got?.['task_id'],
    call_id: got?.['call_id'] === call.id ? 'uuid-here' : got?.['call_id'],
    data: Object.fromEntries(Object.keys(data).map((name) => [name, '...'])),
  }).toEqual(printed);
  expect(data['transcript_excerpt']).toHaveLength(500);
  expect(data['report_excerpt']?.length).toBeLessThanOrEqual(500);
  expect(receiver.received[0]?.headers).not.toHaveProperty('x-webhook-signature');
});

test('a task that names a URL and no events is told of all', async () => {
  const [house, receiver] = [await OutsideHouse.open(), await HttpReceiver.start()];
  await house.startJobs();
  await toldOf(house, receiver, []);
  await vi.waitFor(() => {
    const events = new Set(receiver.bodies.map((body) => body['event_type']));
    expect(events).toEqual(new Set(['call_started', 'call_completed']));
  }, patience);
});
