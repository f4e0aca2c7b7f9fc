import { writeFileSync } from 'node:fs';
import { expect, test } from 'vitest';
import { writeHistory } from './history.ts';
import { VoiceraHouse } from './voicera-house.ts';

const unknown = '00000000-0000-4000-8000-000000000000';
/** 0.1 s of PCM at 8 kHz behind a header. */
const audio = Buffer.alloc(1_644, 7);

async function record(house: VoiceraHouse, callId: string): Promise<void> {
  const { path } = await house.domain.recordings.open(callId);
  writeFileSync(path, audio);
  await house.domain.recordings.finished(callId, { durationMs: 100, sizeBytes: audio.length });
}

test('calls can be found by campaign, agent, status, number and day', async () => {
  const house = await VoiceraHouse.open();
  const agent = await house.agent();
  const other = await house.agent();
  const campaignId = await house.campaign();
  const noon = Date.parse('2024-01-31T12:00:00Z');
  const [inCampaign, failed, ofOther] = await writeHistory(house, agent, [
    { campaignId, startedAtMs: noon },
    { status: 'failed', to: '+15550199', startedAtMs: noon + 86_400_000 },
  ]).then(async (ids) => [...ids, ...(await writeHistory(house, other, [{ startedAtMs: noon - 86_400_000 }]))]);
  const live = await house.call(agent);
  const ids = async (path: string) => (await house.request('GET', path)).items.map(({ id }) => id);
  expect(await ids('/call-logs')).toEqual([live, ofOther, failed, inCampaign]);
  expect(await ids(`/call-logs?campaign_id=${campaignId}`)).toEqual([inCampaign]);
  expect(await ids(`/call-logs/campaign/${campaignId}`)).toEqual([inCampaign]);
  expect(await ids(`/call-logs/agent/${other}`)).toEqual([ofOther]);
  expect(await ids('/call-logs?status=failed')).toEqual([failed]);
  expect(await ids('/call-logs?status=connected')).toEqual([live]);
  expect(await ids('/call-logs?phone_number=%2B15550199')).toEqual([failed]);
  expect(await ids('/call-logs?phone_number=+15550199')).toEqual([failed]);
  expect(await ids('/call-logs?start_date=2024-01-31&end_date=2024-01-31')).toEqual([inCampaign]);
  expect(await ids('/call-logs?date_from=2024-01-31T12:00:00Z&date_to=2024-01-31T12:00:00Z')).toEqual([inCampaign]);
  expect(await ids('/call-logs/date/2024-01-30')).toEqual([ofOther]);
  expect(await ids('/call-logs?sort=created_at&limit=2')).toEqual([ofOther, inCampaign]);
  expect(await ids('/call-logs?sort=-phone_number&limit=1')).toEqual([failed]);
  expect(await ids('/call-logs?skip=1&limit=2')).toEqual([ofOther, failed]);
  expect((await house.request('GET', '/call-logs?skip=1&limit=2')).at('total')).toBe(4);
  expect((await house.request('GET', '/call-logs/date/yesterday')).failure).toEqual([422, 'VALIDATION_001']);
  expect((await house.request('GET', '/call-logs?start_date=2024-13-01')).failure).toEqual([422, 'VALIDATION_001']);
  expect((await house.request('GET', `/call-logs/agent/${unknown}`)).failure).toEqual([404, 'AGENT_001']);
  expect((await house.request('GET', `/call-logs/campaign/${unknown}`)).failure).toEqual([404, 'CAMPAIGN_001']);
});

test('a call that is on tells what is known so far', async () => {
  const house = await VoiceraHouse.open();
  const id = await house.call(await house.agent());
  await house.say(id, 'agent', 'Good morning.', 0);
  const { body } = await house.request('GET', `/call-logs/${id}`);
  const open = { status: 'connected', sentiment: null, emotions: [], summary: null, recording_url: null, cost: 0 };
  expect(body).toMatchObject({ ...open, transcript: 'Agent: Good morning.', key_phrases: [] });
  expect((await house.request('DELETE', `/call-logs/${id}`)).failure).toEqual([409, 'CALL_002']);
});

test('notes are kept with the call', async () => {
  const house = await VoiceraHouse.open();
  const id = await house.endedCall(await house.agent());
  const noted = await house.request('PUT', `/call-logs/${id}/notes`, { notes: 'Call back on Monday' });
  expect(noted.body).toMatchObject({ id, notes: 'Call back on Monday' });
  expect((await house.request('GET', `/call-logs/${id}`)).at('notes')).toBe('Call back on Monday');
  expect((await house.request('PUT', `/call-logs/${id}/notes`, {})).failure).toEqual([422, 'VALIDATION_001']);
});

test('what was said comes as one text, in segments, and as files', async () => {
  const house = await VoiceraHouse.open();
  const id = await house.endedCall(await house.agent());
  for (const path of [`/call-logs/${id}/transcript`, `/call-recordings/${id}/transcript`]) {
    expect((await house.request('GET', path)).body).toMatchObject({
      call_id: id,
      transcript: 'User: Hello... Agent: Hi...',
      segments: [
        { role: 'user', text: 'Hello...', start_time: 0, end_time: 0.8 },
        { role: 'agent', text: 'Hi...', start_time: 1, end_time: 1.8 },
      ],
    });
  }
  const file = (format: string) => house.request('GET', `/call-recordings/${id}/transcript/download?format=${format}`);
  const text = await file('txt');
  expect([text.text, text.headers.get('content-disposition')]).toEqual([
    'User: Hello...\nAgent: Hi...\n',
    `attachment; filename="${id}.txt"; filename*=UTF-8''${id}.txt`,
  ]);
  expect((await file('srt')).text).toBe(
    '1\n00:00:00,000 --> 00:00:00,800\nUser: Hello...\n\n2\n00:00:01,000 --> 00:00:01,800\nAgent: Hi...\n',
  );
  expect((await file('json')).at('segments', 1, 'text')).toBe('Hi...');
  expect((await file('pdf')).failure).toEqual([422, 'VALIDATION_001']);
});

test('a recording is listed, downloaded whole and in parts, and its URL works without another credential', async () => {
  const house = await VoiceraHouse.open();
  const agent_id = await house.agent();
  const id = await house.endedCall(agent_id);
  await house.endedCall(agent_id);
  await record(house, id);
  const list = await house.request('GET', `/call-recordings?agent_id=${agent_id}&date_from=2024-01-01`);
  expect(list.body).toMatchObject({ total: 1, skip: 0, limit: 10, items: [{ call_id: id, size_bytes: 1_644 }] });
  expect((await house.request('GET', '/call-recordings?date_to=2024-01-01')).at('total')).toBe(0);
  const url = (await house.request('GET', `/call-recordings/${id}`)).textAt('download_url');
  const whole = await fetch(url);
  expect([whole.status, whole.headers.get('content-type')]).toEqual([200, 'audio/wav']);
  expect(Buffer.from(await whole.arrayBuffer()).equals(audio)).toBe(true);
  const headers = { Authorization: `Bearer ${house.admin.token}`, Range: 'bytes=100-199' };
  const part = await fetch(`${house.server.url}/call-recordings/${id}/download`, { headers });
  expect([part.status, part.headers.get('content-range')]).toEqual([206, 'bytes 100-199/1644']);
  expect((await fetch(url.replace(/token=.{8}/, 'token=AAAAAAAA'))).status).toBe(401);
  const foreign = await house.endedCall(agent_id);
  await record(house, foreign);
  expect((await fetch(url.replace(id, foreign))).status).toBe(401);
});

test('a deleted recording is gone and the call stays; a deleted call takes everything with it', async () => {
  const house = await VoiceraHouse.open();
  const agent = await house.agent();
  const [kept, removed] = [await house.endedCall(agent), await house.endedCall(agent)];
  await record(house, kept);
  await record(house, removed);
  expect((await house.request('DELETE', `/call-recordings/${kept}`)).status).toBe(204);
  expect((await house.request('GET', `/call-recordings/${kept}`)).failure).toEqual([404, 'CALL_001']);
  expect((await house.request('DELETE', `/call-recordings/${kept}`)).failure).toEqual([404, 'CALL_001']);
  expect((await house.request('GET', `/call-logs/${kept}`)).at('recording_url')).toBe(null);
  expect((await house.request('DELETE', `/call-logs/${removed}`)).status).toBe(204);
  for (const path of ['/call-logs/', '/call-recordings/']) {
    for (const page of ['', '/transcript']) {
      expect((await house.request('GET', `${path}${removed}${page}`)).failure).toEqual([404, 'CALL_001']);
    }
  }
  expect((await house.request('GET', '/call-logs')).items.map(({ id }) => id)).toEqual([kept]);
});

test('what a call came to goes with it', async () => {
  const house = await VoiceraHouse.open();
  const analysis = { sentiment: 'positive', emotions: ['happy'], phrases: ['billing'] } as const;
  const [id] = await writeHistory(house, await house.agent(), [{ analysis }]);
  expect((await house.request('GET', '/analytics/top-phrases')).body).toEqual([
    { phrase: 'billing', count: 1, frequency: 100 },
  ]);
  await house.request('DELETE', `/call-logs/${id}`);
  expect((await house.request('GET', '/analytics/top-phrases')).body).toEqual([]);
  expect((await house.request('GET', '/analytics/sentiment')).at('positive')).toBe(0);
});

test('a recording without a transcript is transcribed while the client goes on, and the call analysed anew', async () => {
  const house = await VoiceraHouse.open();
  const id = await house.call(await house.agent());
  const transcribe = (callId: string) =>
    house.request('POST', `/call-recordings/${callId}/transcribe`, { language: 'en' });
  expect((await transcribe(id)).failure).toEqual([409, 'CALL_002']);
  await house.telephone.end(id, 'end');
  expect((await transcribe(id)).failure).toEqual([404, 'CALL_001']);
  await record(house, id);
  expect((await transcribe(id)).failure).toEqual([503, 'SERVER_003']);
  const common = { interrupted: false, provider: 'test', marks: {} } as const;
  house.domain.retranscription.useTranscriber({
    transcribe: async () => [
      { ...common, role: 'caller', text: 'I am very happy, thank you.', startMs: 0, endMs: 900 },
    ],
  });
  const accepted = await transcribe(id);
  expect([accepted.status, accepted.at('call_id'), accepted.at('status')]).toEqual([202, id, 'processing']);
  await expect
    .poll(async () => (await house.request('GET', `/call-logs/${id}`)).at('sentiment'), { timeout: 5_000 })
    .toBe('positive');
  expect((await house.request('GET', `/call-logs/${id}`)).at('transcript')).toBe('User: I am very happy, thank you.');
  expect((await transcribe(unknown)).failure).toEqual([404, 'CALL_001']);
});
