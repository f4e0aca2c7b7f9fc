import { LandlineError } from '../../../server/contract/errors.ts';
import type { ConversationInput, Ear } from '../../../server/conversation/ports.ts';
import type { VirtualClock } from '../../../server/lifetime/virtual-clock.ts';
import type { SimulatedLine } from './simulated-line.ts';

/** Voice onset is reported after 4 of 5 frames, confirmed after 9 of 12, its end after the detector's hang-over. */
const onsetMs = 80;
const confirmedMs = 180;
const stoppedMs = 100;
/** A streaming recogniser names a word this long after it was said. */
const recognitionMs = 300;
/** Decoding what is left at the end of a turn. */
const finalMs = 40;
const msPerWord = 260;

/** Speech, a pause in milliseconds, or a noise of that length that the recogniser hears nothing in. */
export type Utterance = string | number | { readonly noiseMs: number; readonly heardAs?: string };

/** A caller that speaks in the clock's time, with the ear that listens to it: sends what a leg and a recogniser would. */
export class ScriptedCaller implements Ear {
  readonly #clock: VirtualClock;
  readonly #line: SimulatedLine;
  readonly #listener: (input: ConversationInput) => void;
  #words: string[] = [];
  #named = 0;
  #turn = 0;
  #failEndTurn = false;
  #lastVoicedAtMs = 0;
  #deaf = false;

  constructor(clock: VirtualClock, line: SimulatedLine, listener: (input: ConversationInput) => void) {
    this.#clock = clock;
    this.#line = line;
    this.#listener = listener;
  }

  /** End of the caller's last voiced frame. */
  get lastVoicedAtMs(): number {
    return this.#lastVoicedAtMs;
  }

  /** Speaks; resolves at the end of the last word. */
  async says(...parts: readonly Utterance[]): Promise<void> {
    for (const part of parts) {
      if (typeof part === 'number') await this.#clock.advance(part);
      else if (typeof part === 'string') await this.#voice(part.split(' '), msPerWord);
      else await this.#voice([part.heardAs ?? ''], part.noiseMs);
    }
  }

  presses(keys: string): void {
    for (const digit of keys) this.#listener({ kind: 'dtmf', digit, atMs: this.#clock.now() });
  }

  /** The call is held: nothing of what is said reaches the recogniser or the detector. */
  setDeaf(deaf: boolean): void {
    this.#deaf = deaf;
  }

  /** The speech process dies now; the words of the turn so far are gone. */
  loseRecogniser(): void {
    this.#forget();
    this.#listener({ kind: 'speech-lost' });
  }

  /** The speech process dies over the next final text. */
  loseRecogniserAtEndOfTurn(): void {
    this.#failEndTurn = true;
  }

  endTurn(): Promise<string> {
    const text = this.#words.join(' ');
    const fails = this.#failEndTurn;
    this.#failEndTurn = false;
    this.#forget();
    return new Promise((resolve, reject) => {
      this.#clock.after(finalMs, () => {
        if (fails) reject(new LandlineError('speech-lost', 'The recogniser died.'));
        else resolve(text);
      });
    });
  }

  #forget(): void {
    this.#words = [];
    this.#named = 0;
    this.#turn++;
  }

  async #voice(words: readonly string[], wordMs: number): Promise<void> {
    const startMs = this.#clock.now();
    const endMs = startMs + words.length * wordMs;
    const at = (atMs: number, run: () => void) => this.#clock.after(atMs - this.#clock.now(), run);
    if (!this.#deaf) {
      at(startMs + onsetMs, () => this.#onset());
      if (endMs - startMs >= confirmedMs) at(startMs + confirmedMs, () => this.#tell('voice-confirmed'));
    }
    for (const word of words) {
      await this.#clock.advance(wordMs);
      if (word !== '' && !this.#deaf) this.#hear(word);
    }
    this.#lastVoicedAtMs = endMs;
    const positionMs = this.#line.positionMs;
    if (!this.#deaf) at(endMs + stoppedMs, () => this.#stopped(endMs, positionMs));
  }

  #onset(): void {
    const pausedPlayback = this.#line.pauseForVoice();
    const { positionMs } = this.#line;
    this.#listener({ kind: 'voice-onset', atMs: this.#clock.now(), positionMs, pausedPlayback });
  }

  #tell(kind: 'voice-confirmed'): void {
    this.#listener({ kind, atMs: this.#clock.now(), positionMs: this.#line.positionMs });
  }

  #stopped(lastVoicedAtMs: number, lastVoicedPositionMs: number): void {
    const { positionMs } = this.#line;
    this.#listener({
      kind: 'voice-stopped',
      atMs: this.#clock.now(),
      positionMs,
      lastVoicedAtMs,
      lastVoicedPositionMs,
    });
  }

  #hear(word: string): void {
    this.#words.push(word);
    const turn = this.#turn;
    this.#clock.after(recognitionMs, () => {
      if (turn !== this.#turn) return;
      this.#named++;
      const text = this.#words.slice(0, this.#named).join(' ');
      this.#listener({ kind: 'partial', text, heardUntilMs: this.#line.positionMs });
    });
  }
}
