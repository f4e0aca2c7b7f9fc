import type { Frame } from '../frame.ts';
import type { Stage } from '../stage.ts';
import type { EchoGuard } from './echo-guard.ts';
import { Fvad } from './fvad.ts';
import { levelDb } from './level.ts';
import { NoiseFloor } from './noise-floor.ts';
import { VoiceActivity, type VoiceChange } from './voice-activity.ts';
import type { DspModules } from './wasm.ts';

const overFloorDb = 6;
const frameMs = 20;
/** Resolution of the end of the last voiced frame. */
const blockMs = 5;

/** Positions in samples of the leg's audio time. */
export interface VoiceReport {
  readonly change: VoiceChange;
  /** For an onset where the voice began, otherwise where it was decided (the end of the last frame). */
  readonly position: number;
  /** Behind the last frame looked at. */
  readonly heardUntil: number;
  /** End of the last voiced 5 ms. */
  readonly lastVoiced: number;
}

/**
 * Voice activity at the line's own rate: a frame of 20 ms is voiced when fvad says so, its level is over the noise
 * floor + 6 dB, and it is louder than the agent's echo. fvad finds the beginning in noise, the level the end.
 */
export class VoiceDetector implements Stage {
  readonly #fvad: Fvad;
  readonly #rate: number;
  readonly #guard: EchoGuard;
  readonly #report: (report: VoiceReport) => void;
  readonly #floor = new NoiseFloor();
  readonly #activity = new VoiceActivity();
  readonly #frame: Int16Array;
  #filled = 0;
  #position = 0;
  #isVoiced = false;
  /** Start of the latest stretch of voiced frames with gaps of at most one frame. */
  #began: number | undefined;
  #unvoicedSinceBegan = 0;
  #lastVoiced = 0;

  constructor(modules: DspModules, sampleRate: number, guard: EchoGuard, report: (report: VoiceReport) => void) {
    this.#fvad = new Fvad(modules, sampleRate);
    this.#rate = sampleRate;
    this.#guard = guard;
    this.#report = report;
    this.#frame = new Int16Array((sampleRate * frameMs) / 1_000);
  }

  /** Between onset and stop. */
  get isActive(): boolean {
    return this.#activity.isActive;
  }

  /** Verdict on the last frame alone. */
  get isVoiced(): boolean {
    return this.#isVoiced;
  }

  push(frame: Frame): void {
    if (frame.position !== this.#position + this.#filled) {
      this.#filled = 0;
      this.#position = frame.position;
    }
    let at = 0;
    while (at < frame.samples.length) {
      const taken = Math.min(this.#frame.length - this.#filled, frame.samples.length - at);
      this.#frame.set(frame.samples.subarray(at, at + taken), this.#filled);
      this.#filled += taken;
      at += taken;
      if (this.#filled === this.#frame.length) this.#look();
    }
  }

  /** Forgets a voice in progress without a report: the line is held. */
  reset(): void {
    this.#activity.reset();
    this.#isVoiced = false;
    this.#began = undefined;
  }

  close(): void {
    this.#fvad.close();
  }

  #look(): void {
    const level = levelDb(this.#frame);
    const isVoice = this.#fvad.isVoice(this.#frame);
    const isSettling = this.#floor.isSettling;
    this.#floor.update(level, isVoice);
    const isOverEcho = this.#guard.passes(level, this.#activity.isActive);
    this.#isVoiced = isVoice && !isSettling && level > this.#floor.db + overFloorDb && isOverEcho;
    this.#markVoiced();
    const change = this.#activity.push(this.#isVoiced);
    this.#position += this.#frame.length;
    this.#filled = 0;
    if (change === undefined) return;
    const began = this.#began;
    if (change === 'stopped') this.#began = undefined;
    this.#report({
      change,
      position: change === 'onset' ? (began ?? this.#position) : this.#position,
      heardUntil: this.#position,
      lastVoiced: this.#lastVoiced,
    });
  }

  #markVoiced(): void {
    if (this.#isVoiced) {
      this.#began ??= this.#position;
      this.#unvoicedSinceBegan = 0;
      this.#lastVoiced = this.#position + this.#voicedLength();
    } else if (++this.#unvoicedSinceBegan > 1 && !this.#activity.isActive) {
      this.#began = undefined;
    }
  }

  /** Samples of the frame up to the end of its last 5 ms over the floor. */
  #voicedLength(): number {
    const block = (this.#rate * blockMs) / 1_000;
    for (let end = this.#frame.length; end > block; end -= block) {
      if (levelDb(this.#frame.subarray(end - block, end)) > this.#floor.db + overFloorDb) return end;
    }
    return block;
  }
}
