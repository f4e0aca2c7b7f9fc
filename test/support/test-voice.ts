import { setPriority } from 'node:os';
import { type TtsProvider } from '../../server/providers/kinds/tts.ts';
import { FliteTts } from '../../server/providers/tts/flite/flite.ts';
import type { FliteVoice } from '../../server/providers/tts/flite/flite-program.ts';

const lineRate = 8_000;

/** Speech of the test voice `rms` (or of another), made before anything is measured so that making it takes nobody's time. */
export class TestVoice {
  readonly #tts: TtsProvider;

  private constructor(tts: TtsProvider) {
    this.#tts = tts;
  }

  static async load(): Promise<TestVoice> {
    setPriority(0);
    return new TestVoice(await FliteTts.load({ voice: 'rms', threads: 1 }));
  }

  async say(text: string, voice: FliteVoice = 'rms'): Promise<Int16Array> {
    const parts: Int16Array[] = [];
    const request = { text, voice, sampleRate: lineRate };
    for await (const chunk of this.#tts.synthesize(request, new AbortController().signal)) parts.push(chunk.samples);
    return join(parts);
  }

  /** A sentence in two parts with this much silence between them. */
  async sayWithPause(first: string, second: string, pauseMs: number): Promise<PausedSpeech> {
    const [head, tail] = [trim(await this.say(first)), trim(await this.say(second))];
    const pause = new Int16Array((pauseMs * lineRate) / 1_000);
    return {
      samples: join([head, pause, tail]),
      pauseFromMs: (head.length / lineRate) * 1_000,
      pauseToMs: ((head.length + pause.length) / lineRate) * 1_000,
    };
  }

  async close(): Promise<void> {
    await this.#tts.close();
  }
}

export interface PausedSpeech {
  readonly samples: Int16Array;
  readonly pauseFromMs: number;
  readonly pauseToMs: number;
}

/** Cuts near-silence off both ends, so that a pause is as long as it says. */
export function trim(samples: Int16Array): Int16Array {
  const floor = 200;
  let first = 0;
  let last = samples.length - 1;
  while (first < last && Math.abs(samples[first] as number) < floor) first++;
  while (last > first && Math.abs(samples[last] as number) < floor) last--;
  return samples.slice(first, last + 1);
}

export function join(parts: readonly Int16Array[]): Int16Array {
  const whole = new Int16Array(parts.reduce((length, part) => length + part.length, 0));
  let at = 0;
  for (const part of parts) {
    whole.set(part, at);
    at += part.length;
  }
  return whole;
}
