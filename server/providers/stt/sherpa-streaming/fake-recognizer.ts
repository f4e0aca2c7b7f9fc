import type { OnlineRecognizer, OnlineResult, OnlineStream } from './engine.ts';

/** Audio that one step takes and what must be there for it, as in the starter model. */
const stepMs = 240;
const neededMs = 310;

class FakeStream implements OnlineStream {
  readonly rates = new Set<number>();
  pendingMs = 0;
  heardWords: string[] = [];
  #loud = 0;

  acceptWaveform({ sampleRate, samples }: { readonly sampleRate: number; readonly samples: Float32Array }): void {
    this.rates.add(sampleRate);
    if (this.rates.size > 1) throw new Error('the sample rate of a stream changed');
    this.pendingMs += (samples.length * 1_000) / sampleRate;
    this.#loud += samples.reduce((sum, sample) => sum + (Math.abs(sample) > 0.1 ? 1_000 / sampleRate : 0), 0);
  }

  step(): void {
    this.pendingMs -= stepMs;
    while (this.#loud >= 200) {
      this.heardWords.push(`word${this.heardWords.length + 1}`);
      this.#loud -= 200;
    }
  }
}

/** Steps like the real one and hears one word in every 200 ms of loud audio. Refuses what would end the process. */
export class FakeRecognizer implements OnlineRecognizer {
  readonly batches: number[] = [];
  streams = 0;

  createStream(): FakeStream {
    this.streams++;
    return new FakeStream();
  }

  isReady(stream: FakeStream): boolean {
    return stream.pendingMs >= neededMs;
  }

  decodeStreams(streams: readonly FakeStream[]): void {
    this.batches.push(streams.length);
    for (const stream of streams) {
      if (!this.isReady(stream)) throw new Error('decoded a stream that was not ready');
      stream.step();
    }
  }

  getResult(stream: FakeStream): OnlineResult {
    return { text: stream.heardWords.join(' ') };
  }

  reset(stream: FakeStream): void {
    stream.heardWords = [];
  }
}
