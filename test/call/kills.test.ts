import { afterEach, beforeEach, describe, expect, test } from 'vitest';
import { z } from 'zod';
import { isAlive, RunningAppliance, until } from '../support/running-appliance.ts';
import { TestCaller } from '../support/test-caller.ts';
import { TestVoice } from '../support/test-voice.ts';

const callSchema = z.object({
  id: z.string(),
  from_number: z.string(),
  status: z.string(),
  end_reason: z.string().nullable(),
});
const detailSchema = callSchema.extend({
  transcript: z.array(z.object({ role: z.string(), message: z.string() })),
});

let appliance: RunningAppliance;
let voice: TestVoice;
let question: Int16Array;

beforeEach(async () => {
  [appliance, voice] = await Promise.all([RunningAppliance.start(), TestVoice.load()]);
  question = await voice.say('What are your opening hours?');
});
afterEach(async () => {
  await voice.close();
  await appliance.stop();
});

async function recordOf(phone: TestCaller): Promise<z.infer<typeof detailSchema>> {
  const calls = z.array(callSchema).parse((await appliance.get('/api/v1/calls')).data);
  const id = calls.find(({ from_number }) => from_number === phone.from)?.id;
  return detailSchema.parse((await appliance.get(`/api/v1/calls/${id}`)).data);
}

async function finishedRecord(phone: TestCaller): Promise<z.infer<typeof detailSchema>> {
  await until('the call is written down as over', async () => (await recordOf(phone)).status !== 'in_progress', 5_000);
  return recordOf(phone);
}

describe('a process of the appliance is killed in the middle of a call', () => {
  test('media: it is back on the same ports and the call goes on within 2 s', async () => {
    const phone = await TestCaller.place(appliance.uri);
    await phone.floor();
    appliance.kill('media');
    const killedAtMs = performance.timeOrigin + performance.now();
    await until('packets come again', () => (phone.phone.heard.at(-1)?.atMs ?? 0) > killedAtMs + 40, 2_000);
    const { answerMs } = await phone.ask(question);
    expect(answerMs).toBeDefined();
    await phone.floor();
    await phone.hangup();
    expect((await finishedRecord(phone)).end_reason).toBe('caller-hangup');
  });

  test('SIP core: the call ends as sip-core-lost and a new one is answered within 2 s', async () => {
    const phone = await TestCaller.place(appliance.uri);
    await phone.greeting();
    appliance.kill('sip');
    const startMs = performance.now();
    const next = await TestCaller.place(appliance.uri);
    expect(performance.now() - startMs).toBeLessThan(2_000);
    expect(await next.greeting()).toBeDefined();
    expect((await finishedRecord(phone)).end_reason).toBe('sip-core-lost');
    await next.hangup();
    phone.close();
  });

  test('speech: the caller hears at most one apology, and the next question is answered', async () => {
    const phone = await TestCaller.place(appliance.uri);
    await phone.floor();
    appliance.kill('providers');
    await until('speech runs again', () => appliance.pids().providers !== undefined, 2_000);
    await phone.voice.quietAfter(performance.timeOrigin + performance.now(), 900, 4_000);
    const { answerMs } = await phone.ask(question);
    expect(answerMs).toBeDefined();
    await phone.floor();
    await phone.hangup();
    const { transcript } = await finishedRecord(phone);
    const agent = transcript.filter(({ role }) => role === 'agent').map(({ message }) => message);
    expect(agent.filter((message) => /say that again/i.test(message)).length).toBeLessThanOrEqual(1);
    expect(agent.join(' ')).toContain('nine to five');
  });

  test('server: BYE at once, every child gone within 3 s, and the next start closes the books', async () => {
    const phone = await TestCaller.place(appliance.uri);
    await phone.floor();
    await phone.ask(question);
    const { server, ...children } = appliance.pids();
    process.kill(server as number, 'SIGKILL');
    await until('the caller is hung up on', () => phone.sip.endedBy === 'them', 1_000);
    await until('every child is gone', () => !Object.values(children).some(isAlive), 3_000);
    await appliance.launch();
    const record = await recordOf(phone);
    expect(record).toMatchObject({ status: 'failed', end_reason: 'interrupted' });
    expect(record.transcript.length).toBeGreaterThanOrEqual(2);
    const recording = await appliance.get(`/api/v1/calls/${record.id}/recording`);
    expect(z.object({ duration_seconds: z.number() }).parse(recording.data).duration_seconds).toBeGreaterThan(5);
    phone.close();
  });
});

test('SIGTERM lets the agent say one sentence, hangs up and ends within 10 s', async () => {
  const phone = await TestCaller.place(appliance.uri);
  await phone.floor();
  const saidBefore = phone.voice.stretches.length;
  const tookMs = await appliance.terminate();
  expect(tookMs).toBeLessThan(10_000);
  expect(phone.sip.endedBy).toBe('them');
  expect(phone.voice.stretches.length).toBeGreaterThan(saidBefore);
  phone.close();
});

test('a second appliance on the same port says which port and which setting', async () => {
  await expect(
    RunningAppliance.start({ environment: { LANDLINE_SIP_PORT: String(appliance.sipPort) } }),
  ).rejects.toThrow(new RegExp(`${appliance.sipPort}[\\s\\S]*LANDLINE_SIP_PORT`));
});
