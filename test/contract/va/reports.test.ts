import { writeFile } from 'node:fs/promises';
import { expect, test } from 'vitest';
import type { TurnDraft } from '../../../server/contract/call.ts';
import { makeWav } from '../../data/wav.ts';
import { VaHouse } from './va-house.ts';

async function endedCall(house: VaHouse, said: readonly string[]): Promise<string> {
  const callId = await house.startedCall();
  await house.domain.calls.answered(callId, Date.UTC(2030, 0, 1));
  for (const [at, text] of said.entries()) await house.say(callId, at % 2 === 0 ? 'agent' : 'caller', text, at * 1_000);
  const endedAtMs = Date.UTC(2030, 0, 1, 0, 0, 42);
  await house.domain.calls.finish(callId, { status: 'completed', endReason: 'caller-hangup', endedAtMs });
  return callId;
}

/** Writes a recording of one second. */
async function record(house: VaHouse, callId: string): Promise<void> {
  const wav = makeWav(8_000);
  const { path } = await house.domain.recordings.open(callId);
  await writeFile(path, wav);
  await house.domain.recordings.finished(callId, { durationMs: 1_000, sizeBytes: wav.length });
}

const heard: readonly TurnDraft[] = [
  { role: 'agent', text: 'Hello.', startMs: 100, endMs: 600, interrupted: false, provider: 'test', marks: {} },
  {
    role: 'caller',
    text: 'My name is Mary Jones, please call me back tomorrow.',
    startMs: 700,
    endMs: 900,
    interrupted: false,
    provider: 'test',
    marks: {},
  },
];

test('a report is worked out when it is asked for, says who made it, and is shown with the call from then on', async () => {
  const house = await VaHouse.open();
  const callId = await endedCall(house, [
    'Hello.',
    'The delivery was late, I am very disappointed. Please call me back.',
  ]);
  const { status, body } = await house.request('GET', `/calls/${callId}/report`);
  expect(status).toBe(200);
  expect(body.data).toEqual({
    call_id: callId,
    summary: expect.stringContaining('The delivery was late'),
    outcome: 'answered',
    sentiment: 'negative',
    sentiment_score: expect.any(Number),
    key_points: expect.arrayContaining([expect.stringContaining('delivery')]),
    key_phrases: expect.arrayContaining(['delivery']),
    action_items: ['Please call me back.'],
    extracted_data: {},
    generated_by: 'built-in (deterministic)',
    generated_at: expect.stringMatching(/^\d{4}-\d\d-\d\dT.*Z$/),
  });
  const again = await house.request('GET', `/calls/${callId}/report`);
  expect(again.body.data).toEqual(body.data);
  const call = await house.request('GET', `/calls/${callId}`);
  expect(call.body.data['report']).toEqual(body.data);
});

test('the report of a call that is still on is shown and not kept', async () => {
  const house = await VaHouse.open();
  const callId = await house.startedCall();
  await house.say(callId, 'caller', 'What are your hours?', 100);
  expect((await house.request('GET', `/calls/${callId}/report`)).status).toBe(200);
  expect((await house.request('GET', `/calls/${callId}`)).body.data['report']).toBeNull();
});

test('a call with a transcript is analysed again', async () => {
  const house = await VaHouse.open();
  const callId = await endedCall(house, ['Hello.', 'Thank you, that was great.']);
  const { status, body } = await house.request('POST', `/calls/${callId}/transcript`);
  expect(status).toBe(200);
  expect(body.data).toMatchObject({
    call_id: callId,
    transcript: [
      { role: 'agent', message: 'Hello.' },
      { role: 'user', message: 'Thank you, that was great.' },
    ],
    extracted_data: {},
    report: { sentiment: 'positive' },
  });
});

test('a call without a transcript is transcribed from its recording, once, however many ask', async () => {
  const house = await VaHouse.open();
  const callId = await endedCall(house, []);
  await record(house, callId);
  let asked = 0;
  house.domain.retranscription.useTranscriber({
    transcribe: async (_callId, path) => {
      asked++;
      expect(path).toMatch(/\.wav$/);
      return heard;
    },
  });
  const both = await Promise.all([1, 2].map(() => house.request('POST', `/calls/${callId}/transcript`)));
  expect(both.map(({ status }) => status)).toEqual([200, 200]);
  expect(asked).toBe(1);
  expect(both[0]?.body.data).toMatchObject({
    transcript: [{ role: 'agent' }, { role: 'user', time_in_call_secs: 0.7 }],
    extracted_data: { name: 'Mary Jones', when: 'tomorrow' },
    report: { action_items: ['My name is Mary Jones, please call me back tomorrow.'] },
  });
  const stored = await house.request('GET', `/calls/${callId}/transcript`);
  expect(stored.body.data['transcript_text']).toContain('Mary Jones');
});

test('without recording or recogniser the service is unavailable, and an active call has to end first', async () => {
  const house = await VaHouse.open();
  const callId = await endedCall(house, []);
  const missing = await house.request('POST', `/calls/${callId}/transcript`);
  expect([missing.status, missing.body.details]).toEqual([503, { code: 'recording-missing' }]);
  await record(house, callId);
  const nobody = await house.request('POST', `/calls/${callId}/transcript`);
  expect([nobody.status, nobody.body.details]).toEqual([503, { code: 'transcription-unavailable' }]);
  house.domain.retranscription.useTranscriber({ transcribe: () => Promise.reject(new Error('no model')) });
  const failed = await house.request('POST', `/calls/${callId}/transcript`);
  expect([failed.status, failed.body.error]).toEqual([503, 'The recording could not be transcribed: no model']);
  const active = await house.startedCall();
  const early = await house.request('POST', `/calls/${active}/transcript`);
  expect([early.status, early.body.details.code]).toEqual([400, 'call-still-active']);
});

test('reports and transcripts of another organization are unknown', async () => {
  const house = await VaHouse.open();
  const callId = await endedCall(house, ['Hello.', 'Hi.']);
  const key = await house.strangersKey();
  const replies = [
    await house.request('GET', `/calls/${callId}/report`, undefined, key),
    await house.request('POST', `/calls/${callId}/transcript`, undefined, key),
  ];
  expect(replies.map(({ status, body }) => [status, body.details.code])).toEqual([
    [404, 'call-not-found'],
    [404, 'call-not-found'],
  ]);
});

test('webhooks without TLS are taken only for hosts that the administrator lists', async () => {
  const house = await VaHouse.open();
  const task = { agent_id: await house.agent(), name: 'Call', to_number: '+15550142' };
  const plain = await house.request('POST', '/tasks', { ...task, webhook_url: 'http://10.0.0.5/hook' });
  expect([plain.status, plain.body.details.problems[0]?.field]).toEqual([400, 'webhook_url']);
  const secure = await house.request('POST', '/tasks', { ...task, webhook_url: 'https://10.0.0.5/hook' });
  expect(secure.status).toBe(201);
});
