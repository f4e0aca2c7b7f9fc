import { writeFile } from 'node:fs/promises';
import { expect, test } from 'vitest';
import { makeWav } from '../../data/wav.ts';
import { example, itemsOf, VaHouse, withoutChance } from './va-house.ts';

/** A call with two turns and a finished recording of one second. */
async function recordedCall(house: VaHouse): Promise<{ callId: string; wav: Buffer }> {
  const callId = await house.startedCall();
  await house.domain.calls.answered(callId, Date.UTC(2030, 0, 1));
  const wav = makeWav(8_000);
  const { path } = await house.domain.recordings.open(callId);
  await writeFile(path, wav);
  await house.say(callId, 'agent', 'Hello.', 250);
  await house.say(callId, 'caller', 'What are your hours?', 1_900);
  await house.domain.calls.finish(callId, {
    status: 'completed',
    endReason: 'caller-hangup',
    endedAtMs: Date.UTC(2030, 0, 1, 0, 0, 42),
  });
  await house.domain.recordings.finished(callId, { durationMs: 1_000, sizeBytes: wav.length });
  return { callId, wav };
}

test('a call is shown with its transcript, its times and the honest names of its providers', async () => {
  const house = await VaHouse.open();
  const { callId } = await recordedCall(house);
  const { body } = await house.request('GET', `/calls/${callId}`);
  expect(body.data).toMatchObject({
    id: callId,
    direction: 'outbound',
    to_number: '+15550142',
    from_number: 'landline',
    status: 'completed',
    end_reason: 'caller-hangup',
    duration_seconds: 42,
    has_recording: true,
    report: null,
    providers: { llm: 'starter (scripted)' },
  });
  expect(body.data['transcript']).toEqual([
    {
      role: 'agent',
      message: 'Hello.',
      text: 'Hello.',
      time_in_call_secs: 0.3,
      timestamp: '2030-01-01T00:00:00.250Z',
      interrupted: false,
    },
    expect.objectContaining({ role: 'user', message: 'What are your hours?', time_in_call_secs: 1.9 }),
  ]);
});

test('the transcript comes alone too, and is 404 while nothing has been said', async () => {
  const house = await VaHouse.open();
  const { callId } = await recordedCall(house);
  const { body } = await house.request('GET', `/calls/${callId}/transcript`);
  expect(body.data).toMatchObject({
    call_id: callId,
    status: 'completed',
    transcript_text: 'Agent: Hello.\nUser: What are your hours?',
  });
  const silent = await house.request('GET', `/calls/${await house.startedCall()}/transcript`);
  expect([silent.status, silent.body.details.code]).toEqual([404, 'transcript-not-found']);
});

test('calls are listed by task, agent and status', async () => {
  const house = await VaHouse.open();
  const { callId } = await recordedCall(house);
  const running = await house.startedCall();
  expect(itemsOf(await house.request('GET', '/calls?status=completed')).map(({ id }) => id)).toEqual([callId]);
  const { task_id, agent_id } = (await house.request('GET', `/calls/${running}`)).body.data;
  for (const filter of [`task_id=${String(task_id)}`, `agent_id=${String(agent_id)}&status=initiated`]) {
    expect(itemsOf(await house.request('GET', `/calls?${filter}`)).map(({ id }) => id)).toEqual([running]);
  }
  expect((await house.request('GET', '/calls?status=ringing')).status).toBe(400);
});

test('end completes a call, cancel fails it, and neither works twice', async () => {
  const house = await VaHouse.open();
  for (const [how, status, message] of [
    ['end', 'completed', 'Call ended'],
    ['cancel', 'failed', 'Call cancelled'],
  ] as const) {
    const call_id = await house.startedCall();
    expect((await house.request('POST', `/calls/${call_id}/${how}`)).body.data).toEqual({ call_id, status, message });
    const again = await house.request('POST', `/calls/${call_id}/${how}`);
    expect([again.status, again.body.details.code]).toEqual([400, 'call-not-active']);
  }
});

test('the recording has an address that plays without a header, in parts too', async () => {
  const house = await VaHouse.open();
  const { callId, wav } = await recordedCall(house);
  const { body } = await house.request('GET', `/calls/${callId}/recording`);
  expect(body.data).toMatchObject({ content_type: 'audio/wav', duration_seconds: 1, size_bytes: wav.length });
  const url = String(body.data['recording_url']);
  expect(url.startsWith(`${house.server.url}/api/v1/calls/${callId}/recording/stream?token=`)).toBe(true);

  const whole = await fetch(url);
  expect([whole.status, whole.headers.get('content-type')]).toEqual([200, 'audio/wav']);
  expect(Buffer.from(await whole.arrayBuffer()).equals(wav)).toBe(true);
  const part = await fetch(url, { headers: { Range: 'bytes=44-143' } });
  expect([part.status, part.headers.get('content-range')]).toEqual([206, `bytes 44-143/${wav.length}`]);
  expect(Buffer.from(await part.arrayBuffer()).equals(wav.subarray(44, 144))).toBe(true);
  const beyond = await fetch(url, { headers: { Range: 'bytes=99999999-' } });
  expect([beyond.status, beyond.headers.get('content-type')]).toEqual([416, 'application/json; charset=utf-8']);
});

test('a recording is streamed to its key, and to no token of another call or a changed one', async () => {
  const house = await VaHouse.open();
  const { callId, wav } = await recordedCall(house);
  const other = await recordedCall(house);
  const stream = `${house.server.url}/api/v1/calls/${callId}/recording/stream`;
  const byKey = await fetch(stream, { headers: { Authorization: `Bearer ${house.key}` } });
  expect((await byKey.arrayBuffer()).byteLength).toBe(wav.length);

  const { data } = (await house.request('GET', `/calls/${other.callId}/recording`)).body;
  const foreign = new URL(String(data['recording_url'])).searchParams.get('token') ?? '';
  const changed = Buffer.from(Buffer.from(foreign, 'base64').toString().replace(other.callId, callId)).toString(
    'base64',
  );
  for (const token of [foreign, changed, 'x', '']) {
    expect((await fetch(`${stream}?token=${encodeURIComponent(token)}`)).status).toBe(401);
  }
});

test('no recording is 404, and a call that is still on is 400', async () => {
  const house = await VaHouse.open();
  const callId = await house.startedCall();
  const active = await house.request('GET', `/calls/${callId}/recording`);
  expect([active.status, active.body.details.code]).toEqual([400, 'call-still-active']);
  await house.telephone.end(callId, 'end');
  for (const path of ['recording', 'recording/stream']) {
    expect((await house.request('GET', `/calls/${callId}/${path}`)).status).toBe(404);
  }
});

test('live answers as printed, with the host that was asked and a token of this call', async () => {
  const house = await VaHouse.open();
  const callId = await house.startedCall();
  const { body } = await house.request('GET', `/calls/${callId}/live`);
  const token = String(body.data['temp_token']);
  expect(Buffer.from(token, 'base64').toString()).toMatch(new RegExp(`^${callId} \\S+\\.\\d{10}\\.[0-9a-f]{64}$`));
  const printed = example('live.response.json')
    .replaceAll('ws://localhost:3008', house.server.url.replace('http', 'ws'))
    .replaceAll('{call_id}', callId)
    .replace('base64_encoded_token', token)
    .replace('TEMP_TOKEN', encodeURIComponent(token));
  expect(withoutChance(body)).toEqual(withoutChance(JSON.parse(printed)));
});

test('behind a proxy of this machine that ends TLS, printed URLs are wss and https', async () => {
  const house = await VaHouse.open();
  const { callId } = await recordedCall(house);
  const headers = { Authorization: `Bearer ${house.key}`, 'X-Forwarded-Proto': 'https' };
  const printed = async (path: string) => {
    const response = await fetch(`${house.server.url}/api/v1/calls/${callId}/${path}`, { headers });
    return ((await response.json()) as { data: Record<string, string> }).data;
  };
  const host = house.server.url.replace('http://', '');
  expect((await printed('live'))['websocket_url']).toBe(`wss://${host}/ws/calls/${callId}`);
  expect((await printed('recording'))['recording_url']).toContain(`https://${host}/api/v1/`);
});
