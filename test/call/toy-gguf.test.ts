import { mkdtempSync, rmSync } from 'node:fs';
import { tmpdir } from 'node:os';
import { join } from 'node:path';
import { afterAll, beforeAll, expect, test } from 'vitest';
import { delay, realClock } from '../../server/lifetime/clock.ts';
import { writeToyGguf } from '../fixtures/models/toy-gguf.ts';
import { finishedCall } from '../support/call-records.ts';
import { RunningAppliance } from '../support/running-appliance.ts';
import { TestCaller } from '../support/test-caller.ts';
import { TestVoice, trim } from '../support/test-voice.ts';

/** A whole call on node-llama-cpp with a GGUF that this test writes itself: what it says is noise, how it says it is not. */
let folder: string;
let appliance: RunningAppliance;
let voice: TestVoice;

beforeAll(async () => {
  folder = mkdtempSync(join(tmpdir(), 'landline-gguf-'));
  const gguf = join(folder, 'toy.gguf');
  await writeToyGguf(gguf);
  [appliance, voice] = await Promise.all([RunningAppliance.start({ config: { brain: { gguf } } }), TestVoice.load()]);
});
afterAll(async () => {
  await voice.close();
  await appliance.stop();
  rmSync(folder, { recursive: true, force: true });
});

test('a GGUF model streams its answer into the call and is aborted by barge-in', async () => {
  const caller = await TestCaller.place(appliance.uri);
  await caller.floor();
  const first = await caller.ask(await voice.say('What are your opening hours?'));
  expect(first.answerMs).toBeDefined();
  await delay(realClock, (first.answerMs ?? 0) + 1_000 - realClock.now());
  const speaking = caller.voice.stretches.at(-1);
  const startMs = realClock.now();
  const second = await caller.ask(trim(await voice.say('Excuse me, what is your address please?')));
  expect((speaking?.endMs ?? 0) - startMs).toBeLessThan(500);
  expect(second.answerMs).toBeDefined();
  await delay(realClock, 1_500);
  await caller.hangup();
  const record = await finishedCall(appliance, ({ from_number }) => from_number === caller.from);
  const asked = record.transcript.filter(({ role }) => role === 'user').map(({ message }) => message);
  expect(asked.join(' ')).toMatch(/opening hour.*address/s);
});
