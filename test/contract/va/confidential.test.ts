import { writeFile } from 'node:fs/promises';
import { expect, test, vi } from 'vitest';
import { makeWav } from '../../data/wav.ts';
import { HttpReceiver } from '../../support/http-receiver.ts';
import { OutsideHouse } from '../../support/outside-house.ts';
import { itemsOf, VaHouse } from './va-house.ts';

const patience = { timeout: 10_000, interval: 20 };

/** A recorded call of a confidential agent in which a message was taken; it has ended. */
async function confidentialCall(house: VaHouse): Promise<{ agentId: string; callId: string }> {
  const agentId = await house.agent({ landline: { confidential: true } });
  const executed = await house.request('POST', `/tasks/${await house.task(agentId)}/execute`);
  const callId = String(executed.body.data['call_id']);
  const { calls, recordings } = house.domain;
  await calls.answered(callId, Date.UTC(2030, 0, 1));
  await house.say(callId, 'caller', 'The test was positive.', 0);
  await calls.messageTaken(callId, { name: 'Ann', number: '+15550123', reason: 'test' });
  const wav = makeWav(8_000);
  const { path } = await recordings.open(callId);
  await writeFile(path, wav);
  const endedAtMs = Date.UTC(2030, 0, 1, 0, 0, 42);
  await calls.finish(callId, { status: 'completed', endReason: 'caller-hangup', endedAtMs });
  await recordings.finished(callId, { durationMs: 1_000, sizeBytes: wav.length });
  return { agentId, callId };
}

test('a call of a confidential agent shows when it was and how it ended, and says that the rest is left out', async () => {
  const house = await VaHouse.open();
  const { agentId, callId } = await confidentialCall(house);
  expect((await house.request('GET', `/agents/${agentId}`)).body.data['landline']).toMatchObject({
    confidential: true,
  });
  const shown = { id: callId, status: 'completed', duration_seconds: 42, has_recording: false, extracted_data: {} };
  const { data } = (await house.request('GET', `/calls/${callId}`)).body;
  expect(data).toMatchObject({ ...shown, redacted: true, transcript: [], report: null });
  expect(itemsOf(await house.request('GET', '/calls'))).toMatchObject([{ ...shown, redacted: true }]);
});

test.each([
  ['GET', 'transcript'],
  ['POST', 'transcript'],
  ['GET', 'report'],
  ['GET', 'recording'],
  ['GET', 'recording/stream'],
])('%s %s of a confidential agent’s call is refused with the reason', async (method, what) => {
  const house = await VaHouse.open();
  const { callId } = await confidentialCall(house);
  const { status, body } = await house.request(method, `/calls/${callId}/${what}`);
  expect([status, body.details.code]).toEqual([403, 'call-confidential']);
  expect(body.error).toContain('confidential');
});

test('a recording’s link ends when its agent becomes confidential', async () => {
  const house = await VaHouse.open();
  const { agentId, callId } = await confidentialCall(house);
  await house.request('PATCH', `/agents/${agentId}`, { landline: { confidential: false } });
  const { data } = (await house.request('GET', `/calls/${callId}/recording`)).body;
  const url = String(data['recording_url']);
  expect((await fetch(url)).status).toBe(200);
  await house.request('PATCH', `/agents/${agentId}`, { landline: { confidential: true } });
  expect((await fetch(url)).status).toBe(403);
});

test('the webhook of a task tells that the call is over, and nothing of it', async () => {
  const [house, receiver] = [await OutsideHouse.open(), await HttpReceiver.start()];
  await house.startJobs();
  const { organizationId } = house.principal;
  await house.domain.agents.update(organizationId, house.agentId, { isConfidential: true });
  const task = await house.domain.tasks.create(organizationId, {
    agentId: house.agentId,
    name: 'Call',
    toNumber: '+15550142',
    webhookUrl: receiver.url,
    webhookEvents: ['call_completed'],
  });
  await house.call(['agent: Hello.', 'The test was positive.'], { taskId: task.id, direction: 'outbound' });
  await vi.waitFor(() => expect(receiver.bodies).toHaveLength(1), patience);
  expect(receiver.bodies[0]).toMatchObject({ event_type: 'call_completed', status: 'completed' });
  expect(receiver.bodies[0]?.['data']).toEqual({ transcript_excerpt: '', report_excerpt: '', redacted: true });
});
