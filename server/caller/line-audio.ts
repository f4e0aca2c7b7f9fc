import { readFile } from 'node:fs/promises';
import { LandlineError } from '../contract/errors.ts';
import { Resampler } from '../media/dsp/resampler.ts';
import { loadDspModules } from '../media/dsp/wasm.ts';
import { readWav } from '../media/record/wav.ts';
import type { TtsProvider } from '../providers/kinds/tts.ts';
import type { LineAudio } from './run-call.ts';

const lineRate = 8_000;

/** Turns script lines into 8 kHz audio: speech of the test voice, or a WAV file. */
export function lineAudio(voice: TtsProvider, voiceName: string): LineAudio {
  return async (line) => {
    if (line.wav !== undefined) return fromFile(line.wav);
    const parts: Int16Array[] = [];
    const request = { text: line.say ?? '', voice: voiceName, sampleRate: lineRate };
    for await (const chunk of voice.synthesize(request, new AbortController().signal)) parts.push(chunk.samples);
    return concat(parts);
  };
}

async function fromFile(path: string): Promise<Int16Array> {
  const { channels, sampleRate } = readWav(await readFile(path));
  const [samples, second] = channels;
  if (samples === undefined || second !== undefined) {
    throw new LandlineError('bad-wav', `${path} has ${channels.length} channels; give a mono file.`);
  }
  if (sampleRate === lineRate) return samples;
  const resampler = new Resampler(await loadDspModules(), sampleRate, lineRate);
  const converted = concat([resampler.process(samples), resampler.drain()]);
  resampler.close();
  return converted;
}

function concat(parts: readonly Int16Array[]): Int16Array {
  const whole = new Int16Array(parts.reduce((length, part) => length + part.length, 0));
  let at = 0;
  for (const part of parts) {
    whole.set(part, at);
    at += part.length;
  }
  return whole;
}
