import { startThrowAway } from '../../server/caller/appliance.ts';
import { TestCaller } from '../support/test-caller.ts';
import { TestVoice } from '../support/test-voice.ts';
import { bar, median, spread } from './figures.ts';
import type { BenchResult } from './run.ts';

/** Plain questions, and sentences that hold a pause where their two parts meet. */
const questions = [
  'What are your opening hours?',
  'How much does a check up cost?',
  'What is your address?',
  'Can I pay by credit card?',
  'Is there a place to park?',
  'Do you accept my insurance?',
];
const pausedQuestions = [
  ['I would like to know', 'what your opening hours are.'],
  ['Could you tell me', 'how much a check up costs?'],
  ['Can you please tell me', 'what your address is?'],
  ['I want to ask', 'if you are open on Saturday.'],
] as const;

const turnsAtOneCall = 50;
const pausedTurns = 20;
const turnsPerCall = 10;
const calls = 8;
const runs = process.argv.includes('--quick') ? 1 : 3;

interface MeasuredTurn {
  readonly gapMs: number | undefined;
  readonly paused: boolean;
  readonly cutOff: boolean;
}

type Line = { readonly samples: Int16Array; readonly pauseFromMs?: number };

/** Turn gap on the wire, read from the packets, with shipped default settings. */
export async function runTurnGapBench(): Promise<BenchResult> {
  const voice = await TestVoice.load();
  const lines = await makeLines(voice);
  const oneCall: MeasuredTurn[][] = [];
  const eightCalls: MeasuredTurn[][] = [];
  for (let run = 0; run < runs; run++) {
    const appliance = await startThrowAway();
    try {
      const uri = appliance.sip.replace('sip:', 'sip:reception@');
      const alone: MeasuredTurn[] = [];
      for (let at = 0; at < lines.length; at += turnsPerCall) {
        alone.push(...(await measureCall(uri, lines.slice(at, at + turnsPerCall))));
      }
      oneCall.push(alone);
      const together = Array.from({ length: calls }, (_, call) => {
        const start = call * 6;
        return measureCall(uri, [...lines.slice(start), ...lines.slice(0, start)].slice(0, 7));
      });
      eightCalls.push((await Promise.all(together)).flat());
    } finally {
      await appliance.release();
    }
  }
  await voice.close();
  return summarize(oneCall, eightCalls);
}

/** 50 lines, 20 of them with a pause of 400–600 ms inside, well mixed. */
async function makeLines(voice: TestVoice): Promise<Line[]> {
  const lines: Line[] = [];
  let paused = 0;
  for (let turn = 0; turn < turnsAtOneCall; turn++) {
    if (paused < pausedTurns && turn % 5 < 2) {
      const [head, tail] = pausedQuestions[paused % pausedQuestions.length] as (typeof pausedQuestions)[number];
      lines.push(await voice.sayWithPause(head, tail, 400 + ((paused * 50) % 250)));
      paused++;
    } else lines.push({ samples: await voice.say(questions[turn % questions.length] as string) });
  }
  return lines;
}

async function measureCall(uri: string, lines: readonly Line[]): Promise<MeasuredTurn[]> {
  const call = await TestCaller.place(uri);
  const turns: MeasuredTurn[] = [];
  for (const line of lines) {
    await call.floor();
    const { answerMs, lastVoicedMs, startMs } = await call.ask(line.samples);
    const { pauseFromMs } = line;
    const cutOff =
      pauseFromMs !== undefined &&
      call.voice.stretches.some(
        ({ startMs: spokenMs }) => spokenMs > startMs + pauseFromMs && spokenMs < lastVoicedMs + 100,
      );
    turns.push({
      gapMs: answerMs === undefined ? undefined : answerMs - lastVoicedMs,
      paused: pauseFromMs !== undefined,
      cutOff,
    });
  }
  await call.hangup();
  return turns;
}

function summarize(oneCall: readonly MeasuredTurn[][], eightCalls: readonly MeasuredTurn[][]): BenchResult {
  const gaps = (turns: readonly MeasuredTurn[]) =>
    spread(turns.filter(({ cutOff }) => !cutOff).map(({ gapMs }) => gapMs ?? Number.POSITIVE_INFINITY));
  const one = oneCall.map(gaps);
  const eight = eightCalls.map(gaps);
  const cutOffs = oneCall.map((turns) => turns.filter(({ cutOff }) => cutOff).length);
  return {
    figures: { runs, oneCallGapMs: one, eightCallsGapMs: eight, cutOffsOf20: cutOffs },
    bars: [
      bar('turn gap p50 at one call, ms', median(one.map(({ p50 }) => p50)), 'at most', 900),
      bar('turn gap p95 at one call, ms', median(one.map(({ p95 }) => p95)), 'at most', 1_400),
      bar('turn gap p95 at eight calls, ms', median(eight.map(({ p95 }) => p95)), 'at most', 1_800),
      bar('cut off inside a pause, of 20', median(cutOffs), 'at most', 2),
    ],
  };
}
