import { type Appliance, startThrowAway } from '../../server/caller/appliance.ts';
import { type ApplianceRecord, fetchRecord } from '../../server/caller/transcript.ts';
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

/** What makes the agent speak long enough to be interrupted. */
const opener = 'What are your opening hours and what is your address?';
/** What interrupts it, and what only its answer says. */
const interruptions = [
  ['Wait, how much is a blood test?', /thirty dollars/],
  ['Excuse me, what is your address?', /Maple Street/],
  ['Hold on, can I pay by card?', /credit card/],
] as const;
const interrupters = ['rms', 'slt', 'awb'] as const;

/** Times of the record are the appliance's, in audio time from its answer on. */
const toleranceMs = 400;

interface Line {
  readonly text: string;
  readonly samples: Int16Array;
  readonly answer: RegExp;
}

interface Cut {
  readonly line: Line;
  readonly stoppedAfterMs: number | undefined;
  readonly startMs: number;
  readonly endMs: number;
}

type Turns = ApplianceRecord['turns'];

interface BargeIn {
  readonly said: string;
  /** Caller's first voiced frame → end of the agent's last voiced frame; undefined when the agent was silent by itself. */
  readonly stoppedAfterMs: number | undefined;
  /** The caller's turn in the record that holds it. */
  readonly heard: string | undefined;
  /** Whether the agent turned to it: a new turn of the agent follows in the record. */
  readonly taken: boolean;
  /** Whether that turn is the answer to it. */
  readonly answered: boolean;
}

/** Barge-in on the wire, whether the question in it was answered, and the greeting of each call; shipped settings. */
export async function runBargeInBench(): Promise<BenchResult> {
  const voice = await TestVoice.load();
  const question = await voice.say(opener);
  const lines = await makeLines(voice);
  await voice.close();
  const found: BargeIn[][] = [];
  const greetings: number[][] = [];
  for (let run = 0; run < runs; run++) {
    const appliance = await startThrowAway();
    try {
      const inRun: BargeIn[] = [];
      const heard: number[] = [];
      while (inRun.length < bargeIns) {
        const call = await measureCall(appliance, question, lines, inRun.length);
        inRun.push(...call.bargeIns);
        heard.push(call.greetingMs);
      }
      found.push(inRun);
      greetings.push(heard);
    } finally {
      await appliance.release();
    }
  }
  return summarize(found, greetings);
}

/** Every sentence by every voice. */
async function makeLines(voice: TestVoice): Promise<Line[]> {
  const lines: Line[] = [];
  for (const interrupter of interrupters)
    for (const [text, answer] of interruptions)
      lines.push({ text: `${text} (${interrupter})`, samples: trim(await voice.say(text, interrupter)), answer });
  return lines;
}

async function measureCall(appliance: Appliance, question: Int16Array, lines: readonly Line[], done: number) {
  const call = await TestCaller.place(appliance.sip.replace('sip:', 'sip:reception@'));
  const greetingMs = (await call.greeting()) ?? Number.POSITIVE_INFINITY;
  const cuts: Cut[] = [];
  for (let turn = 0; turn < bargeInsPerCall; turn++) {
    await call.floor();
    const { answerMs } = await call.ask(question);
    if (answerMs === undefined) throw new Error('The agent did not answer, so nothing could be interrupted.');
    const intoMs = done + turn < early ? 200 + 80 * turn : 1_100 + 100 * (turn % 5);
    await delay(realClock, answerMs + intoMs - realClock.now());
    const startMs = realClock.now();
    const speaking = call.voice.stretches.at(-1);
    const line = lines[(done + turn) % lines.length] as Line;
    const { lastVoicedMs } = await call.ask(line.samples);
    const cutShort = speaking !== undefined && speaking.endMs > startMs - 60;
    const stoppedAfterMs = cutShort ? Math.max(0, speaking.endMs - startMs) : undefined;
    cuts.push({ line, stoppedAfterMs, startMs, endMs: lastVoicedMs });
  }
  await call.floor();
  await call.hangup();
  const record = await fetchRecord(appliance, call.from);
  const bargeIns = cuts.map((cut, at) => lookUp(cut, record?.turns ?? [], cuts[at + 1]?.startMs));
  return { bargeIns, greetingMs };
}

/** What the record says about one barge-in; the next one began at `untilMs`. */
function lookUp({ line, stoppedAfterMs, endMs }: Cut, turns: Turns, untilMs = Number.POSITIVE_INFINITY): BargeIn {
  const heard = turns.findLast(({ role, atMs }) => role === 'user' && atMs < endMs);
  const replies = turns.filter(({ role, atMs }) => role === 'agent' && atMs > endMs - toleranceMs && atMs < untilMs);
  const answered = replies.some(({ text }) => line.answer.test(text));
  return { said: line.text, stoppedAfterMs, heard: heard?.text, taken: replies.length > 0, answered };
}

function summarize(found: readonly BargeIn[][], greetings: readonly number[][]): BenchResult {
  const stops = found.map((run) => run.map(({ stoppedAfterMs }) => stoppedAfterMs).filter((ms) => ms !== undefined));
  const percent = (run: readonly BargeIn[], is: (one: BargeIn) => boolean) =>
    Math.round((1_000 * run.filter(is).length) / run.length) / 10;
  return {
    figures: {
      runs,
      stoppedAfterMs: stops.map(spread),
      greetingMs: greetings.map(spread),
      takenPercent: found.map((run) => percent(run, ({ taken }) => taken)),
      answeredPercent: found.map((run) => percent(run, ({ answered }) => answered)),
      unanswered: found.flat().filter(({ answered }) => !answered),
    },
    bars: [
      bar('barge-in p95, ms', median(stops.map((run) => spread(run).p95)), 'at most', 300),
      bar('greeting after ACK, worst, ms', median(greetings.map((run) => spread(run).max)), 'at most', 400),
    ],
  };
}
