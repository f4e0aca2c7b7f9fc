import { type FileHandle, open } from 'node:fs/promises';
import { LandlineError } from '../../contract/errors.ts';
import { levelDb } from '../../media/dsp/level.ts';
import { wavHeaderBytes } from '../../media/record/wav.ts';
import { levelMs } from './utterances.ts';

const bytesPerSample = 2;

/** Reads a recording (16-bit PCM, left the caller, right the agent) piece by piece, so that an hour of it fits. */
export class RecordingReader {
  readonly sampleRate: number;
  readonly channels: number;
  readonly #file: FileHandle;
  readonly #samples: number;

  private constructor(
    file: FileHandle,
    shape: { readonly sampleRate: number; readonly channels: number; readonly samples: number },
  ) {
    this.#file = file;
    this.sampleRate = shape.sampleRate;
    this.channels = shape.channels;
    this.#samples = shape.samples;
  }

  /** Throws `bad-wav`, or the system's error. */
  static async open(path: string): Promise<RecordingReader> {
    const file = await open(path, 'r');
    try {
      const header = Buffer.alloc(wavHeaderBytes);
      await file.read(header, 0, wavHeaderBytes, 0);
      const channels = header.readUInt16LE(22);
      const isPcm = header.toString('latin1', 0, 4) === 'RIFF' && header.readUInt16LE(34) === 16;
      if (!isPcm || channels < 1 || channels > 2) throw new LandlineError('bad-wav', 'The recording is no 16-bit PCM.');
      const { size } = await file.stat();
      const samples = Math.max(0, Math.floor((size - wavHeaderBytes) / (channels * bytesPerSample)));
      return new RecordingReader(file, { sampleRate: header.readUInt32LE(24), channels, samples });
    } catch (thrown) {
      await file.close();
      throw thrown;
    }
  }

  /** Level of every 20 ms of each channel, in dB of full scale. */
  async levels(): Promise<readonly Float32Array[]> {
    const perLevel = Math.round((this.sampleRate * levelMs) / 1_000);
    const count = Math.floor(this.#samples / perLevel);
    const levels = Array.from({ length: this.channels }, () => new Float32Array(count));
    const levelsAtOnce = 1_000 / levelMs;
    for (let first = 0; first < count; first += levelsAtOnce) {
      const taken = Math.min(levelsAtOnce, count - first);
      const block = await this.#read(first * perLevel, taken * perLevel);
      for (const [channel, samples] of block.entries()) {
        for (let at = 0; at < taken; at++) {
          const level = levelDb(samples.subarray(at * perLevel, (at + 1) * perLevel));
          const target = levels[channel];
          if (target) target[first + at] = level;
        }
      }
    }
    return levels;
  }

  /** The samples of one channel between two times. */
  async samples(channel: number, startMs: number, endMs: number): Promise<Int16Array> {
    const from = Math.round((startMs * this.sampleRate) / 1_000);
    const until = Math.min(this.#samples, Math.round((endMs * this.sampleRate) / 1_000));
    const block = await this.#read(from, Math.max(0, until - from));
    return block[channel] ?? new Int16Array();
  }

  close(): Promise<void> {
    return this.#file.close();
  }

  async #read(from: number, count: number): Promise<readonly Int16Array[]> {
    const frameBytes = this.channels * bytesPerSample;
    const buffer = Buffer.alloc(count * frameBytes);
    const { bytesRead } = await this.#file.read(buffer, 0, buffer.length, wavHeaderBytes + from * frameBytes);
    const got = Math.floor(bytesRead / frameBytes);
    return Array.from({ length: this.channels }, (_, channel) => {
      const samples = new Int16Array(got);
      for (let at = 0; at < got; at++) samples[at] = buffer.readInt16LE(at * frameBytes + channel * bytesPerSample);
      return samples;
    });
  }
}
