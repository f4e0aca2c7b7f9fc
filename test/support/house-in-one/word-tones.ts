/** A letter takes three frames, the space after a word as well: an unhurried voice. */
const framesPerLetter = 3;
const frameMs = 20;
/** Silence after each word; the rest of its space belongs to its sound, for a voice is heard through a sentence. */
const gapFrames = 1;
/** Peaks of the parts of a word's sound, of 32,767. */
const tonePeak = 1_600;
const voicePeak = 9_000;
/** Fundamental of the voice. Its harmonics are even, the tones odd multiples of 50 Hz: orthogonal over one frame. */
const pitch = 100;
const highest = 3_300;
const toneFrequencies = Array.from({ length: 22 }, (_, index) => 450 + 100 * index);
const tonesPerWord = 3;
/** Tones of a word stand out by this much (power) from everything else between the harmonics. */
const standOut = 4;
const quietestTone = 400;
/** Frames of a word that follow each other later than this were interrupted by a pause. */
const longestLossMs = 60;

/** One word as it was heard: `isWhole` is false for one that was cut off. Times as the frames had them. */
export interface HeardWord {
  readonly text: string;
  readonly startMs: number;
  readonly endMs: number;
  readonly isWhole: boolean;
}

/**
 * A made-up language: every word sounds like a voice with three tones of its own in it, as long as its letters take. So
 * what arrives at the other end of a line can be told word by word from the samples alone.
 */
export class WordTones {
  readonly #tones = new Map<string, readonly number[]>();
  readonly #words = new Map<string, string>();
  readonly #frames = new Map<string, Int16Array>();

  /** The text spoken, 16-bit mono. */
  speak(text: string, sampleRate: number): Int16Array {
    const words = text.split(/\s+/).filter((word) => word !== '');
    const frame = (sampleRate * frameMs) / 1_000;
    const samples = new Int16Array(words.reduce((sum, word) => sum + framesOf(word) + gapFrames, 0) * frame);
    let at = 0;
    for (const word of words) {
      const sound = this.#sound(word, sampleRate);
      for (let count = framesOf(word); count > 0; count--, at += frame) samples.set(sound, at);
      at += gapFrames * frame;
    }
    return samples;
  }

  /** How long the text takes to say. */
  lengthMs(text: string): number {
    const words = text.split(/\s+/).filter((word) => word !== '');
    return words.reduce((sum, word) => sum + (framesOf(word) + gapFrames) * frameMs, 0);
  }

  /** The word in one frame of 20 ms; undefined when there is none. */
  wordIn(samples: Int16Array, sampleRate: number): string | undefined {
    const powers = toneFrequencies.map((frequency) => power(samples, frequency, sampleRate));
    const order = powers.map((_, index) => index).sort((one, other) => at(powers, other) - at(powers, one));
    const weakest = at(powers, at(order, tonesPerWord - 1));
    if (weakest < (quietestTone / 2) ** 2 || weakest < standOut * at(powers, at(order, tonesPerWord))) return undefined;
    return this.#words.get(keyOf(order.slice(0, tonesPerWord)));
  }

  /** One frame of the word; frames follow each other without a break. */
  #sound(word: string, sampleRate: number): Int16Array {
    const key = `${sampleRate} ${word}`;
    const known = this.#frames.get(key);
    if (known) return known;
    const frame = (sampleRate * frameMs) / 1_000;
    const tones = this.#tonesOf(word).map((index) => at(toneFrequencies, index));
    const made = Int16Array.from({ length: frame }, (_, index) => {
      const angle = (2 * Math.PI * index) / sampleRate;
      let value = voice(angle) * voicePeak;
      for (const frequency of tones) value += tonePeak * Math.sin(angle * frequency);
      return Math.round(value);
    });
    this.#frames.set(key, made);
    return made;
  }

  #tonesOf(word: string): readonly number[] {
    const known = this.#tones.get(word);
    if (known) return known;
    const tones = combination(this.#tones.size);
    this.#tones.set(word, tones);
    this.#words.set(keyOf(tones), word);
    return tones;
  }
}

interface WordInProgress {
  readonly text: string;
  readonly startMs: number;
  endMs: number;
  frames: number;
  /** It was paused and went on, perhaps from a bit before the place where it stopped. */
  isResumed: boolean;
}

/** Puts frames together to words again. A word that was paused and went on is one word, also where some of it is said twice. */
export class WordListener {
  readonly #tones: WordTones;
  readonly #heard: (word: HeardWord) => void;
  #current: WordInProgress | undefined;

  constructor(tones: WordTones, heard: (word: HeardWord) => void) {
    this.#tones = tones;
    this.#heard = heard;
  }

  /** One frame of 20 ms that ends at `endMs`. */
  push(samples: Int16Array, sampleRate: number, endMs: number): void {
    const text = this.#tones.wordIn(samples, sampleRate);
    const startMs = endMs - frameMs;
    if (this.#current?.isResumed === true && text === undefined && isWhole(this.#current)) this.flush();
    if (text === undefined) return;
    if (this.#current !== undefined && this.#current.text !== text) this.flush();
    this.#current ??= { text, startMs, endMs, frames: 0, isResumed: false };
    const current = this.#current;
    current.isResumed ||= startMs - current.endMs > longestLossMs;
    current.frames++;
    current.endMs = endMs;
    if (!current.isResumed && current.frames >= framesOf(text)) this.flush();
  }

  /** The word that is just coming in, as far as it came. */
  get current(): HeardWord | undefined {
    if (this.#current === undefined || this.#current.frames < 2) return undefined;
    const { text, startMs, endMs } = this.#current;
    return { text, startMs, endMs, isWhole: isWhole(this.#current) };
  }

  /** Nothing more is to come of the current word. */
  flush(): void {
    const { current } = this;
    this.#current = undefined;
    if (current !== undefined) this.#heard(current);
  }
}

/** Two frames may be missing: a word is understood before its very end. */
function isWhole({ text, frames }: WordInProgress): boolean {
  return frames >= framesOf(text) - 2;
}

/** A voice without words: a cough. */
export function cough(lengthMs: number, sampleRate: number): Int16Array {
  const length = (lengthMs * sampleRate) / 1_000;
  return Int16Array.from({ length }, (_, index) => Math.round(voice((2 * Math.PI * index) / sampleRate) * voicePeak));
}

/** A voiced sound through three formants, peak about 1. `angle`: 2π times seconds. */
function voice(angle: number): number {
  let value = 0;
  for (let harmonic = 1; harmonic * pitch <= highest; harmonic++) {
    const frequency = harmonic * pitch;
    const gain =
      1 / (1 + ((frequency - 500) / 150) ** 2) +
      0.5 / (1 + ((frequency - 1_500) / 150) ** 2) +
      0.25 / (1 + ((frequency - 2_500) / 150) ** 2);
    value += gain * Math.sin(angle * frequency + harmonic * harmonic);
  }
  return value / 4;
}

/** Goertzel: the squared amplitude of a frequency, halved. */
function power(samples: Int16Array, frequency: number, sampleRate: number): number {
  const factor = 2 * Math.cos((2 * Math.PI * frequency) / sampleRate);
  let [before, last] = [0, 0];
  for (const sample of samples) [before, last] = [last, sample + factor * last - before];
  return ((before * before + last * last - factor * before * last) * 4) / samples.length ** 2;
}

/** The `index`-th choice of three tones. */
function combination(index: number): readonly number[] {
  let left = index;
  const { length } = toneFrequencies;
  for (let first = 0; first < length; first++)
    for (let second = first + 1; second < length; second++) {
      const thirds = length - second - 1;
      if (left < thirds) return [first, second, second + 1 + left];
      left -= thirds;
    }
  throw new RangeError('No more words fit into this language.');
}

function framesOf(word: string): number {
  return (word.length + 1) * framesPerLetter - gapFrames;
}

function keyOf(tones: readonly number[]): string {
  return tones.toSorted((one, other) => one - other).join(' ');
}

function at(values: readonly number[], index: number): number {
  return values[index] ?? 0;
}
