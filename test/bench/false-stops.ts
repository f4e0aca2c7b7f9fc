import { z } from 'zod';
import { type Appliance, startThrowAway } from '../../server/caller/appliance.ts';
import { fetchRecord } from '../../server/caller/transcript.ts';
import { delay, realClock } from '../../server/lifetime/clock.ts';
import { resumedPlayback, trimFrames } from '../support/resumed-playback.ts';
import { addEcho, cough } from '../support/sounds.ts';
import { TestCaller } from '../support/test-caller.ts';
import { join, TestVoice, trim } from '../support/test-voice.ts';
import { bar, spread } from './figures.ts';
import type { BenchResult } from './run.ts';

const coughs = 8;
const hums = 12;
const hummed = ['mm hmm', 'uh huh'] as const;
const hummers = ['rms', 'slt', 'awb'] as const;
const soundsPerCall = 5;
const echoTurns = 5;
const question = 'What are your opening hours?';
/** Last words of the answer to the question: whoever hears them has lost none before. */
const lastWords = 'on Sunday we are closed';
/** The agent pauses for a sound and takes its time to decide; after so much silence it has really ended. */
const endedAfterMs = 2_000;

interface Sound {
  readonly name: string;
  readonly samples: Int16Array;
}

interface Disturbed {
  readonly sound: string;
  readonly isWhole: boolean;
  readonly pausedMs: number;
  readonly repeatedMs: number;
  readonly lostMs: number;
}

/** Coughs, "mhm" and an echo 20 dB down while the agent speaks: no word may be lost, nothing may stop it. */
export async function runFalseStopBench(): Promise<BenchResult> {
  const voice = await TestVoice.load();
  const asked = await voice.say(question);
  const sounds = await makeSounds(voice);
  await voice.close();
  const appliance = await startThrowAway();
  try {
    const uri = appliance.sip.replace('sip:', 'sip:reception@');
    const undisturbed = await undisturbedAnswer(uri, asked);
    const answers: Disturbed[] = [];
    for (let at = 0; at < sounds.length; at += soundsPerCall)
      answers.push(...(await noisyCall(appliance, uri, asked, undisturbed, sounds.slice(at, at + soundsPerCall))));
    const echoed = await echoCall(appliance, uri, asked);
    const paused = answers.filter(({ pausedMs }) => pausedMs > 0);
    return {
      figures: {
        sounds: answers,
        pausedMs: spread(paused.map(({ pausedMs }) => pausedMs)),
        repeatedMs: spread(paused.map(({ repeatedMs }) => repeatedMs)),
        echo: { turns: echoTurns, lossDb: 20, delayMs: 180, wholeAnswers: echoed },
      },
      bars: [
        bar(
          'answers that lost words over coughs and mhm',
          answers.filter((each) => !each.isWhole).length,
          'at most',
          0,
        ),
        bar(
          'audio lost where the agent went on, worst, ms',
          Math.max(...answers.map((each) => each.lostMs)),
          'at most',
          0,
        ),
        bar('answers stopped by an echo 20 dB down', echoed.filter((heard) => !heard).length, 'at most', 0),
      ],
    };
  } finally {
    await appliance.release();
  }
}

/** Coughs of different lengths and hums of three voices, mixed. */
async function makeSounds(voice: TestVoice): Promise<Sound[]> {
  const sounds: Sound[] = [];
  for (let at = 0; at < coughs; at++)
    sounds.push({ name: `cough of ${150 + 25 * at} ms`, samples: cough(150 + 25 * at, at + 1) });
  for (let at = 0; at < hums; at++) {
    const text = hummed[at % hummed.length] as (typeof hummed)[number];
    const hummer = hummers[Math.floor(at / hummed.length) % hummers.length] as (typeof hummers)[number];
    const place = Math.floor((at * (coughs + hums)) / hums);
    sounds.splice(place, 0, { name: `${text}, ${hummer}`, samples: trim(await voice.say(text, hummer)) });
  }
  return sounds;
}

async function undisturbedAnswer(uri: string, asked: Int16Array): Promise<Int16Array> {
  const call = await TestCaller.place(uri);
  await call.floor();
  const { answerMs } = await call.ask(asked);
  await call.floor();
  const samples = heardSince(call, answerMs ?? realClock.now());
  await call.hangup();
  return samples;
}

async function noisyCall(
  appliance: Appliance,
  uri: string,
  asked: Int16Array,
  undisturbed: Int16Array,
  sounds: readonly Sound[],
): Promise<Disturbed[]> {
  const call = await TestCaller.place(uri);
  await call.floor();
  const heard: Int16Array[] = [];
  for (const [at, { samples }] of sounds.entries()) {
    const { answerMs = realClock.now() } = await call.ask(asked);
    await delay(realClock, answerMs + 900 + 500 * at - realClock.now());
    await call.phone.say(samples);
    await call.voice.quietAfter(realClock.now(), endedAfterMs, 30_000);
    heard.push(heardSince(call, answerMs));
  }
  await call.hangup();
  const whole = await wholeAnswers(appliance, call, sounds.length);
  return sounds.map(({ name }, at) => judge(name, whole[at] === true, undisturbed, heard[at] as Int16Array));
}

function judge(sound: string, isWhole: boolean, undisturbed: Int16Array, heard: Int16Array): Disturbed {
  if (!isWhole) return { sound, isWhole, pausedMs: 0, repeatedMs: 0, lostMs: 0 };
  const { pausedMs, repeatedMs, lostMs } = resumedPlayback(undisturbed, heard) ?? {
    pausedMs: 0,
    repeatedMs: 0,
    lostMs: 0,
  };
  return { sound, isWhole, pausedMs, repeatedMs: Math.round(repeatedMs), lostMs };
}

function heardSince(call: TestCaller, sinceMs: number): Int16Array {
  return trimFrames(join(call.phone.heard.filter(({ atMs }) => atMs >= sinceMs).map(({ samples }) => samples)));
}

async function echoCall(appliance: Appliance, uri: string, asked: Int16Array): Promise<boolean[]> {
  const call = await TestCaller.place(uri);
  addEcho(call.phone, 20, 180);
  for (let turn = 0; turn < echoTurns; turn++) {
    await call.floor();
    await call.ask(asked);
  }
  await call.floor();
  await call.hangup();
  return wholeAnswers(appliance, call, echoTurns);
}

/** For each answer to the question: whether it was spoken to its last word, by the appliance's record of what was heard. */
async function wholeAnswers(appliance: Appliance, call: TestCaller, count: number): Promise<boolean[]> {
  const record = await fetchRecord(appliance, call.from);
  const texts = z
    .array(z.string())
    .parse(
      record?.turns
        .filter(({ role, text }) => role === 'agent' && text.startsWith('We are open'))
        .map(({ text }) => text),
    );
  return Array.from({ length: count }, (_, at) => texts[at]?.endsWith(`${lastWords}.`) === true);
}
