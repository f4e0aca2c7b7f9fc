import { writeFileSync } from 'node:fs';
import { expect, test, vi } from 'vitest';
import { HttpReceiver } from '../../support/http-receiver.ts';
import { OutsideHouse } from '../../support/outside-house.ts';
import { writeHistory } from './history.ts';
import { VoiceraHouse } from './voicera-house.ts';

const patience = { timeout: 10_000, interval: 20 };
const audio = Buffer.alloc(1_644, 7);

/** An analysed and recorded call of an open agent, and one of a confidential one. */
async function setUp() {
  const house = await VoiceraHouse.open();
  const [open, closed] = [await house.agent(), await house.agent()];
  const analysis = { sentiment: 'negative', summary: 'The test was positive.', emotions: ['sad'] } as const;
  const [openCall = ''] = await writeHistory(house, open, [{ analysis: { ...analysis, phrases: ['opening hours'] } }]);
  const [callId = ''] = await writeHistory(house, closed, [{ analysis: { ...analysis, phrases: ['blood test'] } }]);
  for (const id of [openCall, callId]) {
    await house.say(id, 'caller', 'My test was positive.', 0);
    const { path } = await house.domain.recordings.open(id);
    writeFileSync(path, audio);
    await house.domain.recordings.finished(id, { durationMs: 100, sizeBytes: audio.length });
  }
  await house.domain.agents.update(house.admin.organizationId, closed, { isConfidential: true });
  return { house, open, closed, openCall, callId };
}

test('a call of a confidential agent is listed and shown without words, feelings and recording', async () => {
  const { callId, closed, house } = await setUp();
  const bare = { id: callId, redacted: true, status: 'completed', transcript: '', sentiment: null, emotions: [] };
  expect((await house.request('GET', `/call-logs/agent/${closed}`)).items).toMatchObject([bare]);
  const one = await house.request('GET', `/call-logs/${callId}`);
  expect(one.body).toMatchObject({ ...bare, summary: null, key_phrases: [], recording_url: null });
  const others = (await house.request('GET', '/call-logs')).items.filter(({ redacted }) => redacted === undefined);
  expect(others).toMatchObject([{ transcript: 'User: My test was positive.', sentiment: 'negative' }]);
});

test('what is nothing without the words is refused with the reason', async () => {
  const { callId, house } = await setUp();
  for (const [method, path] of [
    ['GET', `/call-logs/${callId}/transcript`],
    ['GET', `/call-recordings/${callId}`],
    ['GET', `/call-recordings/${callId}/transcript`],
    ['GET', `/call-recordings/${callId}/download`],
    ['GET', `/call-recordings/${callId}/transcript/download?format=srt`],
    ['POST', `/call-recordings/${callId}/transcribe`],
  ] as const) {
    const reply = await house.request(method, path);
    expect([path, ...reply.failure]).toEqual([path, 403, 'AUTH_004']);
    expect(reply.text).toContain('confidential');
  }
  expect((await house.request('DELETE', `/call-recordings/${callId}`)).status).toBe(204);
});

test('recordings, phrases and exports are those of the other agents', async () => {
  const { callId, closed, house, open, openCall } = await setUp();
  const list = await house.request('GET', '/call-recordings');
  expect([list.items.map(({ call_id }) => call_id), list.at('total')]).toEqual([[openCall], 1]);
  const phrases = async (query: string) => {
    const { body } = await house.request('GET', `/analytics/top-phrases${query}`);
    return (body as readonly { phrase: string }[]).map(({ phrase }) => phrase);
  };
  expect(await phrases('')).toEqual(['opening hours']);
  expect(await phrases(`?agent_id=${open}`)).toEqual(['opening hours']);
  expect(await phrases(`?agent_id=${closed}`)).toEqual([]);
  const csv = (await house.request('GET', '/analytics/export')).text.split('\n');
  const line = (id: string) => csv.find((each) => each.startsWith(id)) ?? '';
  expect(line(openCall)).toContain('negative,The test was positive.');
  expect(line(callId)).toMatch(/,completed,\d+,,,/);
});

test('a webhook is told of the call as it is shown', async () => {
  const [house, receiver] = [await OutsideHouse.open(), await HttpReceiver.start()];
  await house.startJobs();
  await house.domain.agents.update(house.principal.organizationId, house.agentId, { isConfidential: true });
  await house.domain.webhooks.createEndpoint(house.principal, { url: receiver.url, events: ['call.completed'] });
  const call = await house.call(['agent: Hello.', 'The test was positive.']);
  await vi.waitFor(() => expect(receiver.bodies).toHaveLength(1), patience);
  expect(receiver.bodies[0]).toMatchObject({
    event: 'call.completed',
    data: { id: call.id, redacted: true, transcript: '', summary: null, sentiment: null, recording_url: null },
  });
});
