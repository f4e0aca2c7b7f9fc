import type { AnsweredBy } from '../../contract/call.ts';

/** What the line of an outgoing call reports, by audio time since the answer. */
export type WatchInput =
  | { readonly kind: 'voice-onset'; readonly positionMs: number }
  /** `positionMs`: where the last voiced frame ended. */
  | { readonly kind: 'voice-stopped'; readonly positionMs: number }
  | { readonly kind: 'beep'; readonly positionMs: number }
  /** Time goes on; to be told about five times a second. */
  | { readonly kind: 'time'; readonly positionMs: number };

export interface Verdict {
  readonly answeredBy: AnsweredBy;
  /** How it showed. */
  readonly by: 'beep' | 'long-greeting' | 'pause' | 'time';
  /** Whether the machine is ready to record: after its beep. */
  readonly mayRecord: boolean;
}

/** People say a name and a greeting in one go, then wait; machines go on. Chosen, not measured on people. */
const longestGreetingMs = 4_500;
/** A shorter gap is a breath inside one stretch. */
const shortestPauseMs = 600;
/** Silence after a short greeting: somebody waits for an answer. */
const waitingMs = 1_000;
/** A greeting that begins later than this is no greeting. */
const latestGreetingMs = 4_000;
/** A beep later than this belongs to something else. */
const latestBeepMs = 25_000;

/**
 * Tells a machine from a person by the first seconds of a call: a greeting without a pause, or a beep. A person is
 * believed after the first pause, yet a beep within the first 25 s says that it was a recorded voice all the same.
 */
export class MachineWatch {
  #stretchFromMs: number | undefined;
  #voicedUntilMs: number | undefined;
  #isVoiced = false;
  #isPerson = false;
  #isOver = false;

  /** Nothing that comes now changes the verdict. */
  get isOver(): boolean {
    return this.#isOver;
  }

  /** A verdict when there is a new one; `human` may be followed by `voicemail`, which is final. */
  take(input: WatchInput): Verdict | undefined {
    if (this.#isOver) return undefined;
    switch (input.kind) {
      case 'beep':
        return input.positionMs <= latestBeepMs ? this.#machine('beep') : undefined;
      case 'voice-onset':
        this.#onset(input.positionMs);
        return undefined;
      case 'voice-stopped':
        this.#isVoiced = false;
        this.#voicedUntilMs = input.positionMs;
        return this.#look(input.positionMs);
      case 'time':
        return this.#look(input.positionMs);
    }
  }

  #onset(positionMs: number): void {
    const gapMs = positionMs - (this.#voicedUntilMs ?? Number.NEGATIVE_INFINITY);
    if (this.#stretchFromMs === undefined || gapMs >= shortestPauseMs) this.#stretchFromMs = positionMs;
    this.#isVoiced = true;
  }

  #look(nowMs: number): Verdict | undefined {
    if (nowMs > latestBeepMs) {
      this.#isOver = true;
      return this.#person('time');
    }
    const fromMs = this.#stretchFromMs;
    if (this.#isPerson || fromMs === undefined) return undefined;
    const untilMs = this.#isVoiced ? nowMs : (this.#voicedUntilMs ?? nowMs);
    if (fromMs <= latestGreetingMs && untilMs - fromMs >= longestGreetingMs) return this.#machine('long-greeting');
    return !this.#isVoiced && nowMs - untilMs >= waitingMs ? this.#person('pause') : undefined;
  }

  #machine(by: 'beep' | 'long-greeting'): Verdict {
    this.#isOver = true;
    return { answeredBy: 'voicemail', by, mayRecord: by === 'beep' };
  }

  #person(by: 'pause' | 'time'): Verdict | undefined {
    if (this.#isPerson) return undefined;
    this.#isPerson = true;
    return { answeredBy: 'human', by, mayRecord: false };
  }
}

/** After a long greeting without a beep: silence that ends it. */
const silenceAfterGreetingMs = 2_500;
/** A machine that neither beeps nor falls silent is spoken to after this long. */
const longestMachineMs = 40_000;

/** When to speak to a machine that was recognised by its greeting: at its beep, or when it has fallen silent. */
export class RecordingWatch {
  readonly #sinceMs: number;
  #quietSinceMs: number | undefined;
  #isDue = false;

  /** `positionMs`: now; the machine is speaking. */
  constructor(positionMs: number) {
    this.#sinceMs = positionMs;
  }

  /** True once, when the message should begin. */
  take(input: WatchInput): boolean {
    if (this.#isDue) return false;
    if (input.kind === 'voice-onset') this.#quietSinceMs = undefined;
    if (input.kind === 'voice-stopped') this.#quietSinceMs = input.positionMs;
    const quietMs = this.#quietSinceMs === undefined ? 0 : input.positionMs - this.#quietSinceMs;
    this.#isDue =
      input.kind === 'beep' ||
      quietMs >= silenceAfterGreetingMs ||
      input.positionMs - this.#sinceMs >= longestMachineMs;
    return this.#isDue;
  }
}
