import type { Frame } from '../../media/frame.ts';
import type { SttPartial, SttProvider, SttStream } from '../kinds/stt.ts';

/** RMS above which a frame is voice; comfort noise is far below. */
const voiceRms = 300;
/** So much quiet ends a line: pauses inside a line are shorter. */
const lineGapMs = 700;
/** So much quiet is a pause inside a line that has one. */
const pauseMs = 200;
const defaultMsPerWord = 250;

export interface ScriptedSttOptions {
  readonly sampleRate?: number;
  /** A word is recognised for each stretch of voice of this length. */
  readonly msPerWord?: number;
}

/**
 * A recogniser that knows beforehand what will be said: each stretch of voice is the next line of the script, and a
 * word of it appears for every so much voice. `|` in a line is a pause: what follows is not known before the voice goes
 * on. An empty line is a noise. Without lines left it hears nothing.
 */
export class ScriptedStt implements SttProvider {
  readonly name = 'scripted stt';
  readonly sampleRate: number;
  readonly #lines: string[];
  readonly #msPerWord: number;

  constructor(lines: readonly string[], options: ScriptedSttOptions = {}) {
    this.#lines = [...lines];
    this.sampleRate = options.sampleRate ?? 8_000;
    this.#msPerWord = options.msPerWord ?? defaultMsPerWord;
  }

  /** Adds to what will be said. */
  expect(...lines: readonly string[]): void {
    this.#lines.push(...lines);
  }

  open(listener: (partial: SttPartial) => void): SttStream {
    return new ScriptedStream(() => this.#lines.shift() ?? '', this.#msPerWord, listener);
  }

  close(): void {}
}

class ScriptedStream implements SttStream {
  readonly #nextLine: () => string;
  readonly #msPerWord: number;
  readonly #listener: (partial: SttPartial) => void;
  /** Parts of the current line that were not begun. */
  #parts: string[] = [];
  /** Words of the current part that were not recognised. */
  #words: string[] = [];
  #inLine = false;
  #inPart = false;
  #voicedMs = 0;
  #quietMs = 0;
  #turn: string[] = [];
  #closed = false;

  constructor(nextLine: () => string, msPerWord: number, listener: (partial: SttPartial) => void) {
    this.#nextLine = nextLine;
    this.#msPerWord = msPerWord;
    this.#listener = listener;
  }

  push(frame: Frame): void {
    if (this.#closed) return;
    const lengthMs = (frame.samples.length * 1_000) / frame.sampleRate;
    const heardUntilMs = (frame.position * 1_000) / frame.sampleRate + lengthMs;
    if (rms(frame.samples) >= voiceRms) this.#voiced(lengthMs, heardUntilMs);
    else this.#quiet(lengthMs, heardUntilMs);
  }

  endTurn(): Promise<string> {
    this.#turn.push(...this.#words.splice(0));
    this.#inPart = false;
    if (this.#parts.length === 0) this.#inLine = false;
    return Promise.resolve(this.#turn.splice(0).join(' '));
  }

  close(): void {
    this.#closed = true;
  }

  #voiced(lengthMs: number, heardUntilMs: number): void {
    if (!this.#inLine) {
      this.#parts = this.#nextLine().split('|');
      this.#inLine = true;
    }
    if (!this.#inPart && this.#parts.length > 0) {
      this.#words = (this.#parts.shift() ?? '').split(' ').filter((word) => word !== '');
      this.#inPart = true;
      this.#voicedMs = 0;
    }
    this.#quietMs = 0;
    this.#voicedMs += lengthMs;
    while (this.#voicedMs >= this.#msPerWord && this.#words.length > 0) {
      this.#voicedMs -= this.#msPerWord;
      this.#recognise(1, heardUntilMs);
    }
  }

  #quiet(lengthMs: number, heardUntilMs: number): void {
    if (!this.#inLine) return;
    this.#quietMs += lengthMs;
    const isLast = this.#parts.length === 0;
    if (this.#quietMs < (isLast ? lineGapMs : pauseMs)) return;
    this.#recognise(this.#words.length, heardUntilMs);
    this.#inPart = false;
    if (isLast) this.#inLine = false;
  }

  #recognise(count: number, heardUntilMs: number): void {
    if (count === 0) return;
    this.#turn.push(...this.#words.splice(0, count));
    this.#listener({ text: this.#turn.join(' '), heardUntilMs });
  }
}

function rms(samples: Int16Array): number {
  let sum = 0;
  for (const sample of samples) sum += sample * sample;
  return Math.sqrt(sum / Math.max(1, samples.length));
}
