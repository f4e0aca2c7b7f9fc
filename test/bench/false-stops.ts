import { z } from 'zod';
import { type Appliance, startThrowAway } from '../../server/caller/appliance.ts';
import { fetchRecord } from '../../server/caller/transcript.ts';
import { delay, realClock } from '../../server/lifetime/clock.ts';
import { addEcho, cough } from '../support/sounds.ts';
import { TestCaller } from '../support/test-caller.ts';
import { TestVoice, trim } from '../support/test-voice.ts';
import { bar } from './figures.ts';
import type { BenchResult } from './run.ts';

const noises = 20;
const noisesPerCall = 5;
const echoTurns = 5;
const question = 'What are your opening hours?';
/** Last words of the answer to the question: whoever hears them has lost none before. */
const lastWords = 'on Sunday we are closed';

/** Coughs, "mhm" and an echo 20 dB down while the agent speaks: no word may be lost, nothing may stop it. */
export async function runFalseStopBench(): Promise<BenchResult> {
  const voice = await TestVoice.load();
  const asked = await voice.say(question);
  const hums = [trim(await voice.say('mm hmm')), trim(await voice.say('uh huh'))];
  await voice.close();
  const appliance = await startThrowAway();
  try {
    const uri = appliance.sip.replace('sip:', 'sip:reception@');
    const whole: boolean[] = [];
    for (let done = 0; done < noises; done += noisesPerCall) {
      const sounds = Array.from({ length: noisesPerCall }, (_, at) =>
        (done + at) % 2 === 0 ? cough(150 + 20 * at, done + at + 1) : (hums[at % hums.length] as Int16Array),
      );
      whole.push(...(await noisyCall(appliance, uri, asked, sounds)));
    }
    const echoed = await echoCall(appliance, uri, asked);
    const lost = whole.filter((heard) => !heard).length;
    return {
      figures: {
        noises,
        wholeAnswers: whole,
        echo: { turns: echoTurns, lossDb: 20, delayMs: 180, wholeAnswers: echoed },
      },
      bars: [
        bar('answers that lost words over coughs and mhm', lost, 'at most', 0),
        bar('answers stopped by an echo 20 dB down', echoed.filter((heard) => !heard).length, 'at most', 0),
      ],
    };
  } finally {
    await appliance.release();
  }
}

async function noisyCall(appliance: Appliance, uri: string, asked: Int16Array, sounds: readonly Int16Array[]) {
  const call = await TestCaller.place(uri);
  for (const [at, sound] of sounds.entries()) {
    await call.floor();
    const { answerMs } = await call.ask(asked);
    await delay(realClock, (answerMs ?? realClock.now()) + 900 + 500 * at - realClock.now());
    await call.phone.say(sound);
  }
  return wholeAnswers(appliance, call, sounds.length);
}

async function echoCall(appliance: Appliance, uri: string, asked: Int16Array) {
  const call = await TestCaller.place(uri);
  addEcho(call.phone, 20, 180);
  for (let turn = 0; turn < echoTurns; turn++) {
    await call.floor();
    await call.ask(asked);
  }
  return wholeAnswers(appliance, call, echoTurns);
}

/** For each answer to the question: whether it was spoken to its last word, by the appliance's record of what was heard. */
async function wholeAnswers(appliance: Appliance, call: TestCaller, count: number): Promise<boolean[]> {
  await call.floor();
  await call.hangup();
  const record = await fetchRecord(appliance, call.from);
  const answers = z
    .array(z.string())
    .parse(record?.turns.filter(({ role }) => role === 'agent').map(({ text }) => text));
  const whole = answers.filter((text) => text.includes(lastWords)).length;
  return Array.from({ length: count }, (_, at) => at < whole);
}
