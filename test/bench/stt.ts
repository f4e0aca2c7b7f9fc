import { readFile } from 'node:fs/promises';
import { join } from 'node:path';
import { readSttModel, type SttManifest } from '../../models/manifest.ts';
import { starterSttFolder } from '../../models/starter.ts';
import { VirtualClock } from '../../server/lifetime/virtual-clock.ts';
import { createOnlineRecognizer } from '../../server/providers/stt/sherpa-streaming/engine.ts';
import { recognizerConfig } from '../../server/providers/stt/sherpa-streaming/recognizer-config.ts';
import { SherpaStreamingStt } from '../../server/providers/stt/sherpa-streaming/sherpa-streaming.ts';
import { loadSpeaker, type Speaker } from '../fixtures/spoken.ts';
import { bar } from './figures.ts';
import type { BenchResult } from './run.ts';
import { wordErrors } from './word-errors.ts';

/**
 * Word error rate of the starter recogniser on sentences that never occur in its training text, spoken by `rms`, a
 * voice it never heard, at its natural pace and pitch, through G.711 mu-law, streamed in 20 ms frames.
 */

interface Sentence {
  /** What counts as heard: words, and spelled letters one by one. */
  readonly text: string;
  /** What the voice reads: the same with commas, and with letters written so that it says their names. */
  readonly spoken: string;
}

interface SentenceList {
  readonly sentences: readonly Sentence[];
  readonly digits: readonly Sentence[];
}

interface Utterance {
  readonly text: string;
  /** 8 kHz, as it comes off the line. */
  readonly samples: Int16Array;
}

interface Score {
  readonly werPercent: number;
  readonly words: number;
  readonly exactPercent: number;
}

/** The bars that the starter model has to hold, in percent. */
const barPercent = { sentences: 22, digits: 12 };
const lineRate = 8_000;
const frameMs = 20;

export async function runSttBench(): Promise<BenchResult> {
  const list = JSON.parse(await readFile(join(import.meta.dirname, 'stt-sentences.json'), 'utf8')) as SentenceList;
  const speaker = await loadSpeaker();
  const sentences = speakAll(speaker, list.sentences);
  const digits = speakAll(speaker, list.digits);
  const withGraph = await openRecognizer(true);
  const greedy = await openRecognizer(false);
  const cpuBefore = process.cpuUsage();
  const graphScore = { sentences: await score(withGraph, sentences), digits: await score(withGraph, digits) };
  const cpu = process.cpuUsage(cpuBefore);
  const greedyScore = { sentences: await score(greedy, sentences), digits: await score(greedy, digits) };
  const audioSeconds = [...sentences, ...digits].reduce((sum, { samples }) => sum + samples.length / lineRate, 0);
  return {
    figures: {
      model: withGraph.stt.name,
      voice: 'flite rms, natural settings, G.711 mu-law',
      audioSeconds: round(audioSeconds),
      withGraph: graphScore,
      greedy: greedyScore,
      realTimeFactor: round((cpu.user + cpu.system) / 1e6 / audioSeconds, 4),
    },
    bars: [
      bar('WER of held-out sentences with graph, %', graphScore.sentences.werPercent, 'at most', barPercent.sentences),
      bar('WER of digits with graph, %', graphScore.digits.werPercent, 'at most', barPercent.digits),
    ],
  };
}

function speakAll(speaker: Speaker, sentences: readonly Sentence[]): Utterance[] {
  return sentences.map(({ text, spoken }) => ({ text, samples: speaker.say(spoken) }));
}

interface Ear {
  readonly stt: SherpaStreamingStt;
  readonly clock: VirtualClock;
}

async function openRecognizer(graph: boolean): Promise<Ear> {
  const { folder, manifest } = await readSttModel(starterSttFolder);
  const { graph: _graph, ...withoutGraph } = manifest.files as { graph?: string };
  const chosen = { ...manifest, files: graph ? manifest.files : withoutGraph } as SttManifest;
  const clock = new VirtualClock();
  const recognizer = createOnlineRecognizer(recognizerConfig({ folder, manifest: chosen }));
  return { clock, stt: new SherpaStreamingStt(chosen, recognizer, clock) };
}

async function score(ear: Ear, utterances: readonly Utterance[]): Promise<Score> {
  let errors = 0;
  let words = 0;
  let exact = 0;
  for (const { text, samples } of utterances) {
    const result = wordErrors(text, await listen(ear, samples));
    errors += result.errors;
    words += result.words;
    if (result.errors === 0) exact++;
  }
  return {
    werPercent: round((100 * errors) / words),
    words,
    exactPercent: round((100 * exact) / utterances.length),
  };
}

async function listen({ stt, clock }: Ear, samples: Int16Array): Promise<string> {
  const stream = stt.open(() => {});
  const frameLength = (lineRate * frameMs) / 1_000;
  for (let position = 0; position < samples.length; position += frameLength) {
    stream.push({ samples: samples.subarray(position, position + frameLength), sampleRate: lineRate, position });
    clock.advanceSync(frameMs);
  }
  const text = await stream.endTurn();
  stream.close();
  return text;
}

function round(value: number, digits = 1): number {
  return Number(value.toFixed(digits));
}
