import { readdirSync } from 'node:fs';
import { join } from 'node:path';
import { setTimeout as wait } from 'node:timers/promises';
import { afterAll, beforeAll, describe, expect, test } from 'vitest';
import { z } from 'zod';
import { encodeMuLaw } from '../../server/caller/mu-law.ts';
import { delay, realClock } from '../../server/lifetime/clock.ts';
import { finishedCall, saidBy } from '../support/call-records.ts';
import type { ReferPlan } from '../support/phone-call.ts';
import { RunningAppliance, until } from '../support/running-appliance.ts';
import { SipPhone } from '../support/sip-phone.ts';
import { cough } from '../support/sounds.ts';
import { TestCaller } from '../support/test-caller.ts';
import { TestVoice, trim } from '../support/test-voice.ts';

/** Whole calls in real time over loopback sockets: all processes, the starter models, a caller with a synthetic voice. */
let appliance: RunningAppliance;
let voice: TestVoice;

beforeAll(async () => {
  [appliance, voice] = await Promise.all([RunningAppliance.start(), TestVoice.load()]);
});
afterAll(async () => {
  await voice.close();
  await appliance.stop();
});

const recordOf = (caller: TestCaller) => finishedCall(appliance, ({ from_number }) => from_number === caller.from);

async function agentWith(landline: Readonly<Record<string, unknown>>, more: Readonly<Record<string, unknown>> = {}) {
  const { body, status } = await appliance.request('POST', '/api/v1/agents', {
    name: 'Desk',
    system_prompt: 'You are a receptionist. We are open from nine to five.',
    starting_message: 'Hello, this is the desk.',
    landline,
    ...more,
  });
  expect(status).toBe(201);
  return z.object({ data: z.object({ id: z.string() }) }).parse(body).data.id;
}

async function runTask(agentId: string, to: string): Promise<string> {
  const task = await appliance.request('POST', '/api/v1/tasks', { agent_id: agentId, name: 'Call', to_number: to });
  const taskId = z.object({ data: z.object({ id: z.string() }) }).parse(task.body).data.id;
  const executed = await appliance.request('POST', `/api/v1/tasks/${taskId}/execute`, {});
  expect(executed).toMatchObject({ status: 200, body: { data: { message: 'Call initiated' } } });
  return taskId;
}

describe.concurrent('a caller', () => {
  test('gets two questions answered from the facts, with marks for each turn', async () => {
    const caller = await TestCaller.place(appliance.uri);
    for (const question of ['What are your opening hours?', 'Can I pay by credit card?']) {
      await caller.floor();
      expect((await caller.ask(await voice.say(question))).answerMs).toBeDefined();
    }
    await caller.floor();
    await caller.hangup();
    const record = await recordOf(caller);
    expect(saidBy('agent', record)).toMatch(/nine to five.*credit card/s);
    expect(record).toMatchObject({ status: 'completed', end_reason: 'caller-hangup' });
    await until('the recording is ready', async () => (await recordOf(caller)).has_recording, 3_000);
  });

  test('interrupts, is listened to at once, and the record keeps only what was heard', async () => {
    const caller = await TestCaller.place(appliance.uri);
    await caller.floor();
    const { answerMs } = await caller.ask(await voice.say('What are your opening hours?'));
    await delay(realClock, (answerMs ?? 0) + 1_500 - realClock.now());
    const speaking = caller.voice.stretches.at(-1);
    const startMs = realClock.now();
    expect((await caller.ask(trim(await voice.say('Can I pay by credit card?')))).answerMs).toBeDefined();
    expect((speaking?.endMs ?? 0) - startMs).toBeLessThan(400);
    await caller.floor();
    await caller.hangup();
    const record = await recordOf(caller);
    const cut = record.transcript.find(({ interrupted }) => interrupted);
    expect(cut?.message).toMatch(/^We are open/);
    expect(cut?.message).not.toContain('Sunday');
    expect(saidBy('agent', record)).toContain('credit card');
  });

  test('may pause inside a sentence without being cut off', async () => {
    const caller = await TestCaller.place(appliance.uri);
    await caller.floor();
    const paused = await voice.sayWithPause('I would like to know', 'what your opening hours are', 500);
    const { startMs, lastVoicedMs } = await caller.ask(paused.samples);
    const early = caller.voice.stretches.filter((s) => s.startMs > startMs && s.startMs < lastVoicedMs + 100);
    expect(early).toEqual([]);
    await caller.floor();
    await caller.hangup();
    expect(saidBy('agent', await recordOf(caller))).toContain('nine to five');
  });

  test('coughs, and the agent loses no word', async () => {
    const caller = await TestCaller.place(appliance.uri);
    await caller.floor();
    const { answerMs } = await caller.ask(await voice.say('What are your opening hours?'));
    await delay(realClock, (answerMs ?? 0) + 1_200 - realClock.now());
    await caller.phone.say(cough(180));
    await caller.floor();
    await caller.hangup();
    const record = await recordOf(caller);
    expect(saidBy('agent', record)).toContain('on Sunday we are closed');
    expect(record.transcript.some(({ interrupted }) => interrupted)).toBe(false);
  });

  test('leaves a message, which is read back and kept', async () => {
    const caller = await TestCaller.place(appliance.uri);
    const lines = [
      'I want to leave a message',
      'My name is David King',
      'five five five one two three four',
      'please call me back about my appointment',
      'yes',
    ];
    for (const line of lines) {
      await caller.floor();
      await caller.ask(await voice.say(line));
    }
    await caller.floor();
    await caller.hangup();
    const record = await recordOf(caller);
    const message = z.object({ message: z.object({ name: z.string(), number: z.string(), reason: z.string() }) });
    expect(message.parse(record.extracted_data).message.number.replaceAll(/\D/g, '')).toContain('5551234');
  });

  test('says goodbye, hears goodbye to its end, and is hung up on', async () => {
    const caller = await TestCaller.place(appliance.uri);
    await caller.floor();
    await caller.ask(await voice.say('okay thank you goodbye'));
    await until('the agent hangs up', () => caller.sip.endedBy === 'them', 10_000);
    caller.close();
    const record = await recordOf(caller);
    expect(record).toMatchObject({ status: 'completed', end_reason: 'agent-hangup' });
    expect(record.transcript.at(-1)?.message).toMatch(/goodbye/i);
  });

  test('who says nothing is asked, and in the end hung up on', async () => {
    const agent = await agentWith({ turn_settings: { silence_prompt_ms: 1_500, max_silence_prompts: 1 } });
    const caller = await TestCaller.place(`sip:${agent}@127.0.0.1:${appliance.sipPort}`);
    await until('the agent hangs up', () => caller.sip.endedBy === 'them', 30_000);
    caller.close();
    expect(await recordOf(caller)).toMatchObject({ end_reason: 'silence' });
  });

  test('of an agent without recording leaves no audio on the disk', async () => {
    const agent = await agentWith({ recording_enabled: false });
    const caller = await TestCaller.place(`sip:${agent}@127.0.0.1:${appliance.sipPort}`);
    await caller.floor();
    await caller.hangup();
    const record = await recordOf(caller);
    expect(record.has_recording).toBe(false);
    const files = readdirSync(join(appliance.dataFolder, 'recordings'), { recursive: true }).map(String);
    expect(files.filter((file) => file.includes(record.id))).toEqual([]);
    expect(saidBy('agent', record)).not.toContain('recorded');
  });
});

describe.concurrent('a task', () => {
  test('calls a phone; nothing is spoken before it is picked up, and then the agent speaks first', async () => {
    const phone = await SipPhone.open();
    const agent = await agentWith({});
    const taskId = await runTask(agent, phone.uri);
    const ringing = await phone.incoming();
    ringing.respond(180, 'Ringing');
    await wait(1_500);
    const call = await ringing.answer();
    await call.rtp.sendSilence(3_500);
    expect(call.rtp.received.length).toBeGreaterThan(100);
    await call.hangup();
    const record = await finishedCall(appliance, ({ task_id }) => task_id === taskId);
    expect(record).toMatchObject({ direction: 'outbound', status: 'completed', end_reason: 'caller-hangup' });
    expect(saidBy('agent', record)).toContain('this is the desk');
    await phone.close();
  });

  test('to a busy phone fails as busy', async () => {
    const phone = await SipPhone.open();
    const taskId = await runTask(await agentWith({}), phone.uri);
    (await phone.incoming()).respond(486, 'Busy Here');
    const record = await finishedCall(appliance, ({ task_id }) => task_id === taskId);
    expect(record).toMatchObject({ status: 'failed', end_reason: 'busy' });
    expect((await appliance.get(`/api/v1/tasks/${taskId}`)).data).toMatchObject({ status: 'failed' });
    await phone.close();
  });
});

describe.concurrent('a transfer', () => {
  test('to a colleague ends the call as transferred', async () => {
    const agent = await agentWith({ transfer_targets: [{ name: 'the manager', target: 'sip:manager@127.0.0.1:9' }] });
    const { call, phone, rest } = await askForManager(agent, { status: 202, news: [100, 200] });
    expect(call.requests.some(({ start }) => start.startsWith('REFER'))).toBe(true);
    await rest;
    const record = await finishedCall(appliance, ({ to_number }) => to_number === agent);
    expect(record).toMatchObject({ status: 'completed', end_reason: 'transferred' });
    await phone.close();
  });

  test('after which the caller hangs up at once counts as a transfer, too', async () => {
    const agent = await agentWith({ transfer_targets: [{ name: 'the manager', target: 'sip:manager@127.0.0.1:9' }] });
    const { phone, rest } = await askForManager(agent, { status: 202, news: [100], hangUpAfter: true });
    await rest;
    const record = await finishedCall(appliance, ({ to_number }) => to_number === agent);
    expect(record).toMatchObject({ status: 'completed', end_reason: 'transferred' });
    await phone.close();
  });

  test('that is refused brings the caller back to the agent', async () => {
    const agent = await agentWith({ transfer_targets: [{ name: 'the manager', target: 'sip:manager@127.0.0.1:9' }] });
    const { call, phone } = await askForManager(agent, { status: 202, news: [100, 486] });
    await call.rtp.sendSilence(5_000);
    await call.hangup();
    const record = await finishedCall(appliance, ({ to_number }) => to_number === agent);
    expect(record).toMatchObject({ status: 'completed', end_reason: 'caller-hangup' });
    expect(record.transcript.at(-1)?.role).toBe('agent');
    await phone.close();
  });

  async function askForManager(agent: string, plan: ReferPlan) {
    const phone = await SipPhone.open();
    const call = await phone.call(`sip:${agent}@127.0.0.1:${appliance.sipPort}`);
    call.onRefer = () => plan;
    await call.rtp.sendSilence(4_500);
    await call.rtp.sendPcmu(encodeMuLaw(await voice.say('please transfer me to the manager')));
    const rest = call.rtp.sendSilence(6_000);
    await until('the REFER comes', () => call.requests.some(({ start }) => start.startsWith('REFER')), 8_000);
    return { phone, call, rest };
  }
});
