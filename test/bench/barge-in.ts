import { startThrowAway } from '../../server/caller/appliance.ts';
import { delay, realClock } from '../../server/lifetime/clock.ts';
import { TestCaller } from '../support/test-caller.ts';
import { TestVoice, trim } from '../support/test-voice.ts';
import { bar, median, spread } from './figures.ts';
import type { BenchResult } from './run.ts';

const bargeIns = 50;
/** Of these, so many begin inside the agent's first second. */
const early = 10;
const bargeInsPerCall = 10;
const runs = process.argv.includes('--quick') ? 1 : 3;

/** Sentences that make the agent speak long enough to be interrupted, and what interrupts it. */
const opener = 'What are your opening hours and what is your address?';
const interruptions = [
  'Wait, how much is a blood test?',
  'Excuse me, what is your address?',
  'Hold on, can I pay by card?',
];

interface BargeIn {
  /** Caller's first voiced frame → end of the agent's last voiced frame. */
  readonly stoppedAfterMs: number;
}

/** Barge-in on the wire and the greeting of each call, with shipped default settings. */
export async function runBargeInBench(): Promise<BenchResult> {
  const voice = await TestVoice.load();
  const question = await voice.say(opener);
  const lines = await Promise.all(interruptions.map(async (text) => trim(await voice.say(text))));
  const stops: number[][] = [];
  const greetings: number[][] = [];
  for (let run = 0; run < runs; run++) {
    const appliance = await startThrowAway();
    try {
      const uri = appliance.sip.replace('sip:', 'sip:reception@');
      const found: BargeIn[] = [];
      const heard: number[] = [];
      while (found.length < bargeIns) {
        const { bargeIns: more, greetingMs } = await measureCall(uri, question, lines, found.length);
        found.push(...more);
        heard.push(greetingMs);
      }
      stops.push(found.slice(0, bargeIns).map(({ stoppedAfterMs }) => stoppedAfterMs));
      greetings.push(heard);
    } finally {
      await appliance.release();
    }
  }
  await voice.close();
  return {
    figures: { runs, stoppedAfterMs: stops.map(spread), greetingMs: greetings.map(spread) },
    bars: [
      bar('barge-in p95, ms', median(stops.map((run) => spread(run).p95)), 'at most', 300),
      bar('greeting after ACK, worst, ms', median(greetings.map((run) => spread(run).max)), 'at most', 400),
    ],
  };
}

async function measureCall(uri: string, question: Int16Array, lines: readonly Int16Array[], done: number) {
  const call = await TestCaller.place(uri);
  const greetingMs = (await call.greeting()) ?? Number.POSITIVE_INFINITY;
  const found: BargeIn[] = [];
  for (let turn = 0; turn < bargeInsPerCall; turn++) {
    await call.floor();
    const { answerMs } = await call.ask(question);
    if (answerMs === undefined) throw new Error('The agent did not answer, so nothing could be interrupted.');
    const intoMs = done + turn < early ? 200 + 80 * turn : 1_100 + 100 * (turn % 5);
    await delay(realClock, answerMs + intoMs - realClock.now());
    const startMs = realClock.now();
    const speaking = call.voice.stretches.at(-1);
    await call.ask(lines[turn % lines.length] as Int16Array);
    if (speaking && speaking.endMs > startMs - 60)
      found.push({ stoppedAfterMs: Math.max(0, speaking.endMs - startMs) });
  }
  await call.hangup();
  return { bargeIns: found, greetingMs };
}
