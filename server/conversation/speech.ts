import type { Clock } from '../lifetime/clock.ts';
import type { Scope } from '../lifetime/scope.ts';
import type { SynthesisChunk } from '../providers/kinds/tts.ts';
import { abortable } from './abortable.ts';
import { heardText } from './heard.ts';
import type { Line, Voice } from './ports.ts';
import { SentenceAudio } from './sentence-audio.ts';

export interface SpeechOptions {
  readonly sentences: AsyncIterable<string>;
  readonly line: Line;
  readonly voice: Voice;
  readonly clock: Clock;
  readonly request: { readonly voice?: string; readonly speed?: number };
  nextSpeechId(): number;
}

export interface SpeechListener {
  /** The first synthesised audio of the speech arrived. */
  firstAudio(): void;
  sentenceStarted(text: string, atMs: number, positionMs: number): void;
  /** Everything was played; `sentences` is 0 when there was nothing to say. */
  played(sentences: number): void;
  failed(failure: unknown): void;
}

interface Sentence {
  readonly text: string;
  audio: SentenceAudio;
  /** Number on the line; undefined until it is queued, new for each time it is queued. */
  speechId: number | undefined;
  played: boolean;
}

/** One message on the line is this long: short enough to start at once, long enough to be few. */
const pieceMs = 300;

/** Pieces that may wait for room on the line; the second keeps the line fed while this process is busy. */
const mostOnTheWay = 2;

/** A media process that doesn't answer by then is gone. */
const flushLimitMs = 1_000;

/** Where the text's audio isn't complete yet: typical length of speech per letter. */
const msPerLetter = 65;

/**
 * One utterance of the agent: takes sentences, synthesises the next while one plays, and knows at any time which words
 * were heard. Begins to synthesise at `start`, to be audible at `release`. `line.play` is the back-pressure for all of
 * it: at most one sentence is ready ahead of the one being played, and two pieces are on their way to the line.
 */
export class Speech {
  readonly #options: SpeechOptions;
  readonly #listener: SpeechListener;
  readonly #scope: Scope;
  readonly #sentences: Sentence[] = [];
  /** Index of the next sentence to queue; goes back when queued audio is thrown away. */
  #cursor = 0;
  /** Highest index that was taken for playing. */
  #taken = -1;
  /** Rises when queued audio is thrown away: work for an older queue stops. */
  #queueNumber = 0;
  #open = false;
  #complete = false;
  #hasAudio = false;
  #failed = false;
  #onTheWay = 0;
  #changed = Promise.withResolvers<void>();

  constructor(options: SpeechOptions, listener: SpeechListener, scope: Scope) {
    this.#options = options;
    this.#listener = listener;
    this.#scope = scope;
  }

  /** Begins to synthesise; nothing is audible before `release`. */
  start(): void {
    void this.#guarded(() => this.#produce());
    void this.#guarded(() => this.#playAll());
  }

  /** Settles when the first sentence is synthesised (or the speech has failed or was ended): it can be let out at once. */
  get ready(): Promise<void> {
    const isReady = () => this.#failed || this.#allPlayed || this.#sentences[0]?.audio.isDone === true;
    return this.#until(isReady).catch(() => {});
  }

  /** May be heard, and has nothing left to say so far. */
  get isQuiet(): boolean {
    return this.#open && this.#sentences.every((sentence) => sentence.played);
  }

  /** All sentences that were played to their end. */
  get text(): string {
    const played = this.#sentences.filter((sentence) => sentence.played);
    return played.map((sentence) => sentence.text).join(' ');
  }

  release(): void {
    this.#open = true;
    this.#notify();
  }

  /** Queues nothing more until `release`; what the line has is the line's to pause. */
  close(): void {
    this.#open = false;
  }

  /** Takes back what the line hasn't played: after `release` the cut sentence is said again. */
  async hold(): Promise<void> {
    this.close();
    this.#rewind();
    await this.#flush();
  }

  /** The line lost these; they are said again. */
  lost(speechIds: readonly number[]): void {
    if (this.#sentences.some(({ speechId }) => speechId !== undefined && speechIds.includes(speechId))) this.#rewind();
  }

  /** Silences the speech for good. Resolves with what of it was heard. */
  async cut(): Promise<string> {
    this.close();
    this.#queueNumber++;
    this.#scope.end('barge-in');
    const playedMs = await this.#flush();
    return this.#heard((speechId) => playedMs.get(speechId) ?? 0);
  }

  playbackStarted(speechId: number, atMs: number, positionMs: number): void {
    const sentence = this.#sentences.find((one) => one.speechId === speechId);
    if (sentence !== undefined) this.#listener.sentenceStarted(sentence.text, atMs, positionMs);
  }

  /** Returns whether the speech id was this speech's. */
  playbackFinished(speechId: number): boolean {
    const sentence = this.#sentences.find((one) => one.speechId === speechId);
    if (sentence === undefined) return false;
    sentence.played = true;
    this.#notify();
    return true;
  }

  /** Empties the line; milliseconds played by speech id, empty when the line is gone. */
  async #flush(): Promise<ReadonlyMap<number, number>> {
    const late = Promise.withResolvers<Awaited<ReturnType<Line['flush']>>>();
    const timer = this.#options.clock.after(flushLimitMs, () => late.resolve({ speeches: [] }));
    try {
      const report = await Promise.race([this.#options.line.flush(), late.promise]);
      return new Map(report.speeches.map((speech) => [speech.speechId, speech.playedMs]));
    } catch {
      return new Map();
    } finally {
      timer.cancel();
    }
  }

  #heard(playedMsOf: (speechId: number) => number): string {
    const parts = this.#sentences.map((sentence) => {
      if (sentence.played) return sentence.text;
      if (sentence.speechId === undefined) return '';
      const { audio, text } = sentence;
      const totalMs = audio.isComplete ? audio.receivedMs : Math.max(audio.receivedMs, text.length * msPerLetter);
      return heardText(text, playedMsOf(sentence.speechId), totalMs);
    });
    return parts.filter((part) => part !== '').join(' ');
  }

  async #produce(): Promise<void> {
    for await (const text of this.#options.sentences) {
      this.#scope.signal.throwIfAborted();
      const index =
        this.#sentences.push({ text, audio: this.#synthesize(text), speechId: undefined, played: false }) - 1;
      this.#notify();
      await this.#until(() => this.#taken >= index);
    }
    this.#complete = true;
    this.#notify();
  }

  #synthesize(text: string): SentenceAudio {
    const { line, voice, clock, request } = this.#options;
    const firstChunk = () => {
      if (this.#hasAudio) return;
      this.#hasAudio = true;
      this.#listener.firstAudio();
    };
    const wanted = { ...request, text, sampleRate: line.sampleRate };
    return new SentenceAudio(voice, wanted, clock, { firstChunk, done: () => this.#notify() }, this.#scope.signal);
  }

  async #playAll(): Promise<void> {
    for (;;) {
      await this.#until(() => this.#open && (this.#cursor < this.#sentences.length || this.#allPlayed));
      const sentence = this.#sentences[this.#cursor];
      if (sentence === undefined) break;
      const queueNumber = this.#queueNumber;
      this.#taken = Math.max(this.#taken, this.#cursor);
      this.#notify();
      await this.#playSentence(sentence, queueNumber);
      if (queueNumber === this.#queueNumber) this.#cursor++;
    }
    this.#listener.played(this.#sentences.length);
  }

  get #allPlayed(): boolean {
    return this.#complete && this.#sentences.every((sentence) => sentence.played);
  }

  async #playSentence(sentence: Sentence, queueNumber: number): Promise<void> {
    sentence.speechId = this.#options.nextSpeechId();
    let waiting: SynthesisChunk | undefined;
    for await (const chunk of sentence.audio.chunks(this.#scope.signal)) {
      for (const piece of piecesOf(chunk)) {
        if (waiting !== undefined && !(await this.#send(sentence.speechId, waiting, false, queueNumber))) return;
        waiting = piece;
      }
    }
    if (waiting === undefined) sentence.played = true;
    else await this.#send(sentence.speechId, waiting, true, queueNumber);
    this.#notify();
  }

  /** Sends one piece when there is room; false when the queue it belongs to is gone. */
  async #send(speechId: number, piece: SynthesisChunk, last: boolean, queueNumber: number): Promise<boolean> {
    const isGone = () => queueNumber !== this.#queueNumber;
    await this.#until(() => isGone() || (this.#open && this.#onTheWay < mostOnTheWay));
    if (isGone()) return false;
    this.#onTheWay++;
    void this.#guarded(async () => {
      await this.#options.line.play({ speechId, ...piece, last });
      if (isGone()) return;
      this.#onTheWay--;
      this.#notify();
    });
    return true;
  }

  /** Forgets what the line had queued: the next to be said is the first sentence that wasn't played to its end. */
  #rewind(): void {
    this.#queueNumber++;
    this.#onTheWay = 0;
    const first = this.#sentences.findIndex((sentence) => !sentence.played);
    if (first >= 0) this.#cursor = Math.min(this.#cursor, first);
    for (const sentence of this.#sentences.slice(this.#cursor)) sentence.speechId = undefined;
    this.#notify();
  }

  async #until(isTrue: () => boolean): Promise<void> {
    while (!isTrue()) await abortable(this.#changed.promise, this.#scope.signal);
  }

  #notify(): void {
    this.#changed.resolve();
    this.#changed = Promise.withResolvers<void>();
  }

  async #guarded(work: () => Promise<void>): Promise<void> {
    try {
      await work();
    } catch (failure) {
      if (this.#scope.ended !== undefined || this.#failed) return;
      this.#failed = true;
      this.#notify();
      this.#listener.failed(failure);
    }
  }
}

function* piecesOf(chunk: SynthesisChunk): Generator<SynthesisChunk, void, void> {
  const size = Math.round((chunk.sampleRate * pieceMs) / 1_000);
  for (let at = 0; at < chunk.samples.length; at += size)
    yield { samples: chunk.samples.subarray(at, at + size), sampleRate: chunk.sampleRate };
}
