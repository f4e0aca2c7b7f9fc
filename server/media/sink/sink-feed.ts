import type { Resampler } from '../dsp/resampler.ts';
import type { Frame } from '../frame.ts';
import type { Stage } from '../stage.ts';
import type { FrameSender } from './frame-sender.ts';

/** Audio goes out in groups of 100 ms; of 20 ms while promptness counts. */
const groupMs = 100;
const promptGroupMs = 20;
/** So long after a voice began or stopped, each 20 ms goes out by itself. */
const promptAfterOnsetMs = 300;
const promptAfterStopMs = 700;
/** After so much without any voice the feed rests; shorter while the agent speaks, whose echo nobody wants transcribed. */
const restAfterMs = 2_000;
const restAfterWhileSpeakingMs = 800;
/** What was heard before a voice woke the feed: the 80 ms it took to notice it, and 320 before. */
const preRollMs = 400;

/** What the feed must know of the line to decide. */
export interface LineState {
  /** Between voice onset and stop. */
  readonly isVoiceActive: boolean;
  readonly isVoiced: boolean;
  readonly isAgentSpeaking: boolean;
}

/**
 * Groups what the caller says for the recogniser, at the rate it wants. Silence goes along for two seconds, so that words
 * can be finished; then the feed rests until a voice wakes it, which brings the 400 ms before it.
 */
export class SinkFeed implements Stage {
  readonly #rate: number;
  readonly #sender: FrameSender;
  readonly #resampler: Resampler | undefined;
  readonly #line: () => LineState;
  /** What was not sent yet: a group being filled, or the pre-roll while resting. */
  readonly #pending: Int16Array;
  #pendingLength = 0;
  #pendingPosition = 0;
  /** End of what was sent, and the position of the next sample sent, at the sender's rate. */
  #sentUntil = -1;
  #nextOut = 0;
  #isResting = true;
  #quietMs = 0;
  #promptMs = 0;
  #wasActive = false;

  constructor(rate: number, sender: FrameSender, resampler: Resampler | undefined, line: () => LineState) {
    this.#rate = rate;
    this.#sender = sender;
    this.#resampler = resampler;
    this.#line = line;
    this.#pending = new Int16Array(((preRollMs + groupMs) * rate) / 1_000);
  }

  push(frame: Frame): void {
    for (let at = 0; at < frame.samples.length; at += this.#largestPiece) {
      this.#take(frame.samples.subarray(at, at + this.#largestPiece), frame.position + at);
    }
  }

  close(): void {
    this.#sender.close();
    this.#resampler?.close();
  }

  get #largestPiece(): number {
    return this.#samplesOf(promptGroupMs);
  }

  #take(samples: Int16Array, position: number): void {
    this.#follow((samples.length * 1_000) / this.#rate);
    if (position !== this.#pendingPosition + this.#pendingLength) {
      if (!this.#isResting) this.#flush();
      this.#pendingLength = 0;
      this.#pendingPosition = position;
    }
    this.#makeRoom(samples.length);
    this.#pending.set(samples, this.#pendingLength);
    this.#pendingLength += samples.length;
    const groupLength = this.#samplesOf(this.#promptMs > 0 ? promptGroupMs : groupMs);
    if (!this.#isResting && this.#pendingLength >= groupLength) this.#flush();
  }

  /** Decides whether to rest or to hurry, from what the detector said about the same audio. */
  #follow(lengthMs: number): void {
    const { isVoiceActive, isVoiced, isAgentSpeaking } = this.#line();
    this.#quietMs = isVoiced || isVoiceActive ? 0 : this.#quietMs + lengthMs;
    this.#promptMs = Math.max(0, this.#promptMs - lengthMs);
    if (isVoiceActive !== this.#wasActive) {
      this.#wasActive = isVoiceActive;
      this.#promptMs = isVoiceActive ? promptAfterOnsetMs : promptAfterStopMs;
    }
    if (isVoiceActive) this.#isResting = false;
    else if (this.#quietMs > (isAgentSpeaking ? restAfterWhileSpeakingMs : restAfterMs)) this.#rest();
  }

  #rest(): void {
    if (this.#isResting) return;
    this.#flush();
    this.#isResting = true;
  }

  /** While resting the oldest of the pre-roll gives way. */
  #makeRoom(length: number): void {
    const keep = this.#samplesOf(preRollMs) - length;
    if (!this.#isResting || this.#pendingLength <= keep) return;
    const surplus = this.#pendingLength - keep;
    this.#pending.copyWithin(0, surplus, this.#pendingLength);
    this.#pendingLength -= surplus;
    this.#pendingPosition += surplus;
  }

  #flush(): void {
    if (this.#pendingLength === 0) return;
    const pending = this.#pending.slice(0, this.#pendingLength);
    const position = this.#pendingPosition;
    this.#pendingPosition += this.#pendingLength;
    this.#pendingLength = 0;
    const samples = this.#resampler ? this.#resampler.process(pending) : pending;
    if (position !== this.#sentUntil) this.#nextOut = Math.round((position * this.#sender.sampleRate) / this.#rate);
    this.#sentUntil = position + pending.length;
    if (samples.length === 0) return;
    this.#sender.send({ samples, sampleRate: this.#sender.sampleRate, position: this.#nextOut });
    this.#nextOut += samples.length;
  }

  #samplesOf(ms: number): number {
    return (ms * this.#rate) / 1_000;
  }
}
