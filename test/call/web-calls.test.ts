import { readFileSync } from 'node:fs';
import { join } from 'node:path';
import { setTimeout as wait } from 'node:timers/promises';
import { afterAll, beforeAll, expect, test } from 'vitest';
import { z } from 'zod';
import { finishedCall, saidBy } from '../support/call-records.ts';
import { RunningAppliance, until } from '../support/running-appliance.ts';
import { TestVoice } from '../support/test-voice.ts';
import { bytesOf, littleEndian, WebCaller, type WebCallerForm } from '../support/web-caller.ts';

/** Browsers that talk with an agent: all processes, the starter models, a caller with a synthetic voice. */
let appliance: RunningAppliance;
let voice: TestVoice;
let agentId: string;
let keys: Readonly<Record<string, string>>;

beforeAll(async () => {
  [appliance, voice] = await Promise.all([RunningAppliance.start(), TestVoice.load()]);
  const lines = readFileSync(join(appliance.dataFolder, 'first-keys.env'), 'utf8').trim().split('\n');
  keys = Object.fromEntries(lines.map((line) => line.split(/=(.*)/s).slice(0, 2) as [string, string]));
  agentId = z.array(z.object({ id: z.string() })).parse((await appliance.get('/api/v1/agents')).data)[0]?.id ?? '';
});
afterAll(async () => {
  await voice.close();
  await appliance.stop();
});

const kupeForm: WebCallerForm = {
  encode: bytesOf,
  decode: (data, isBinary) => (isBinary ? littleEndian(data) : undefined),
};

function kupeCaller(query: string, headers: Readonly<Record<string, string>> = {}): WebCaller {
  return new WebCaller(`ws://127.0.0.1:${appliance.httpPort}/api/call/web-media-stream?${query}`, kupeForm, headers);
}

const greeted = (caller: WebCaller) => textOf(caller, 'transcript').join(' ').includes('How can I help');

const textOf = (caller: WebCaller, type: string) =>
  caller.messages
    .filter((message) => message['type'] === type)
    .map(({ text }) => (typeof text === 'string' ? text : ''));

test("a browser talks with the agent over Kupe's media socket, interrupts it, and the call is on record", async () => {
  const question = await voice.say('What are your opening hours?');
  const interruption = await voice.say('Excuse me, can I pay by credit card?');
  const caller = kupeCaller(`agent_id=${agentId}`, { 'x-api-key': keys['LANDLINE_KUPE_KEY'] ?? '' });
  await caller.opened();
  caller.talk();
  await until(
    'the socket is live',
    () => caller.messages.some((message) => message['event_type'] === 'start_media_streaming'),
    10_000,
  );
  await until('the greeting is heard', () => caller.hasHeardVoice(100), 10_000);
  await until('the greeting is over', () => greeted(caller) && !caller.hasHeardVoice(600), 20_000);
  caller.say(question);
  await until('the answer is heard', () => !caller.isSaying && caller.hasHeardVoice(40), 10_000);
  await wait(3_000);
  caller.say(interruption);
  await until(
    'what is unplayed is cleared',
    () => caller.messages.some((message) => message['event_type'] === 'clear'),
    10_000,
  );
  await until(
    'the second answer is written',
    () => textOf(caller, 'transcript').join(' ').includes('credit card or'),
    15_000,
  );
  expect(textOf(caller, 'transcript').join(' ')).toContain('nine to five');
  caller.hangUp();
  const record = await finishedCall(appliance, ({ direction }) => direction === 'inbound');
  expect([record.status, record.end_reason, record.has_recording]).toEqual(['completed', 'caller-hangup', true]);
  expect(saidBy('agent', record)).toContain('credit card');
});

test("a gateway streams a call in µ-law, as Twilio's media streams do, until it says stop", async () => {
  const url = `ws://127.0.0.1:${appliance.httpPort}/api/call/media-stream/agents/${agentId}`;
  const gateway = new WebCaller(`${url}?api_key=${keys['LANDLINE_KUPE_KEY']}`, {
    encode: () => '',
    decode: () => undefined,
  });
  await gateway.opened();
  gateway.sendJson({ event: 'connected', protocol: 'Call' });
  const customParameters = { from: '+15550199' };
  gateway.sendJson({ event: 'start', streamSid: 'MZ1', start: { streamSid: 'MZ1', callSid: 'CA1', customParameters } });
  const media = z.object({
    event: z.literal('media'),
    streamSid: z.literal('MZ1'),
    media: z.object({ payload: z.base64() }),
  });
  const isLoud = (message: unknown) => {
    const { data } = media.safeParse(message);
    const bytes = Buffer.from(data?.media.payload ?? '', 'base64');
    return bytes.length === 160 && bytes.some((byte) => (byte & 0x70) < 0x40);
  };
  await until('the agent is heard', () => gateway.messages.some(isLoud), 10_000);
  await until('a turn is marked', () => gateway.messages.some((message) => message['event'] === 'mark'), 10_000);
  gateway.sendJson({ event: 'stop', streamSid: 'MZ1' });
  expect(await gateway.closed).toBe(1000);
  const record = await finishedCall(appliance, ({ from_number }) => from_number === '+15550199');
  expect([record.status, record.end_reason]).toEqual(['completed', 'caller-hangup']);
});

/** Audio as base64 in JSON, five frames to a message. */
function voiceForm(): WebCallerForm {
  let waiting: Buffer[] = [];
  let sequence = 0;
  return {
    encode: (samples) => {
      waiting.push(Buffer.from(bytesOf(samples)));
      if (waiting.length < 5) return JSON.stringify({ type: 'metadata', caller_id: 'browser' });
      const data = Buffer.concat(waiting).toString('base64');
      waiting = [];
      return JSON.stringify({ type: 'audio', sequence: ++sequence, format: 'pcm_16k', data });
    },
    decode: (data) => {
      const message = JSON.parse(data.toString('utf8')) as { readonly type: string; readonly data?: string };
      return message.type === 'audio' ? littleEndian(Buffer.from(message.data ?? '', 'base64')) : undefined;
    },
  };
}

async function voiceToken(): Promise<string> {
  const body = { email: keys['LANDLINE_VOICERA_EMAIL'], password: keys['LANDLINE_VOICERA_PASSWORD'] };
  const answer = await fetch(`http://127.0.0.1:${appliance.httpPort}/auth/login`, {
    method: 'POST',
    headers: { 'content-type': 'application/json' },
    body: JSON.stringify(body),
  });
  return z.object({ token: z.string() }).parse(await answer.json()).token;
}

test("a client signs in and talks over VoiceERA's voice socket, pauses, goes on and ends", async () => {
  const question = await voice.say('What are your opening hours?');
  const caller = new WebCaller(`ws://127.0.0.1:${appliance.httpPort}/voice`, voiceForm());
  await caller.opened();
  caller.sendJson({ type: 'auth', token: await voiceToken(), agent_id: agentId });
  const isThere = (fields: object) =>
    caller.messages.some((message) => {
      return Object.entries(fields).every(([key, value]) => message[key] === value);
    });
  await until('the session is ready', () => isThere({ type: 'ready' }), 5_000);
  expect(caller.messages[0]).toMatchObject({
    type: 'auth_response',
    status: 'success',
    session_id: expect.any(String),
  });
  caller.talk();
  const said = (type: string, field: string) =>
    caller.messages
      .filter((message) => message['type'] === type)
      .map((message) => String(message[field]))
      .join(' ');
  await until(
    'the greeting is over',
    () => said('response', 'text').includes('How can I help') && !caller.hasHeardVoice(600),
    20_000,
  );
  caller.say(question);
  await until('the answer is written', () => said('response', 'text').includes('nine to five'), 20_000);
  expect(said('transcript', 'complete')).toContain('opening');
  expect(isThere({ type: 'status', status: 'transcribing' })).toBe(true);
  expect(isThere({ type: 'status', status: 'processing' })).toBe(true);
  caller.sendJson({ type: 'control', action: 'pause' });
  await wait(1_000);
  expect(caller.hasHeardVoice(500)).toBe(false);
  caller.sendJson({ type: 'control', action: 'resume' });
  caller.sendJson({ type: 'audio', format: 'pcm_16k', data: Buffer.from('1a45dfa3aaaa', 'hex').toString('base64') });
  await until('compressed audio is refused by name', () => isThere({ error_code: 'UNSUPPORTED_FORMAT' }), 10_000);
  caller.sendJson({ type: 'control', action: 'end' });
  expect(await caller.closed).toBe(1000);
});

test.each([
  ['no token', { type: 'auth', agent_id: 'x' }, 1008],
  ['a token of nobody', { type: 'auth', token: 'a.b.c', agent_id: 'x' }, 1008],
  ['audio before auth', { type: 'audio', data: '' }, 1008],
  ['no JSON', undefined, 1002],
])('the voice socket closes on %s', async (_what, message, code) => {
  const caller = new WebCaller(`ws://127.0.0.1:${appliance.httpPort}/voice`, voiceForm());
  await caller.opened();
  if (message) caller.sendJson(message);
  else caller.socket.send('{');
  expect(await caller.closed).toBe(code);
});

test.each([
  ['a wrong key', () => `agent_id=${agentId}&api_key=wrong`, 4401],
  ['no credential', () => `agent_id=${agentId}`, 4401],
  [
    'an unknown agent',
    () => `agent_id=00000000-0000-4000-8000-000000000000&api_key=${keys['LANDLINE_KUPE_KEY']}`,
    4404,
  ],
])('%s closes the socket with its code', async (_what, query, code) => {
  const caller = kupeCaller(query());
  expect(await caller.closed).toBe(code);
  expect(caller.messages.at(-1)).toMatchObject({ type: 'error' });
});
