import { type Clock, realClock, type Timer } from '../lifetime/clock.ts';
import { type HeardFrame, levelDb, type RtpPhone, voicedDb } from './rtp-phone.ts';

/** One stretch of agent speech on the wire: arrival of its first and end of its last voiced packet. */
export interface HeardStretch {
  readonly startMs: number;
  endMs: number;
}

/** Agent speech with shorter gaps than this counts as one stretch. */
const stretchGapMs = 400;

/** Listens to the agent on the wire: when it begins to speak, and when it has been silent for long enough to answer. */
export class AgentVoice {
  readonly stretches: HeardStretch[] = [];
  readonly #clock: Clock;
  #waiters: { check: () => boolean; done: () => void }[] = [];

  constructor(phone: RtpPhone, clock: Clock = realClock) {
    this.#clock = clock;
    phone.onFrame((frame) => this.#heard(frame));
  }

  /** First voiced packet at or after `sinceMs`; undefined when none came in time. */
  async firstAfter(sinceMs: number, timeoutMs: number): Promise<number | undefined> {
    const find = () => this.stretches.find(({ endMs }) => endMs > sinceMs);
    await this.#until(() => find() !== undefined, timeoutMs);
    const stretch = find();
    return stretch && Math.max(stretch.startMs, sinceMs);
  }

  /** Resolves when the agent has said something since `sinceMs` and then nothing for `quietMs`. */
  async quietAfter(sinceMs: number, quietMs: number, timeoutMs: number): Promise<boolean> {
    return this.#until(() => {
      const last = this.stretches.at(-1);
      return last !== undefined && last.endMs > sinceMs && this.#clock.now() - last.endMs >= quietMs;
    }, timeoutMs);
  }

  /** Wakes everybody who waits, for instance because the call has ended. */
  stop(): void {
    for (const waiter of this.#waiters) waiter.done();
  }

  #heard(frame: HeardFrame): void {
    if (levelDb(frame.samples) > voicedDb) {
      const last = this.stretches.at(-1);
      if (last && frame.atMs - last.endMs < stretchGapMs) last.endMs = frame.atMs + 20;
      else this.stretches.push({ startMs: frame.atMs, endMs: frame.atMs + 20 });
    }
    for (const waiter of this.#waiters) if (waiter.check()) waiter.done();
  }

  #until(check: () => boolean, timeoutMs: number): Promise<boolean> {
    return new Promise((resolve) => {
      let timer: Timer | undefined;
      const finish = () => {
        timer?.cancel();
        this.#waiters = this.#waiters.filter((waiter) => waiter !== entry);
        resolve(check());
      };
      const entry = { check, done: finish };
      timer = this.#clock.after(timeoutMs, finish);
      this.#waiters.push(entry);
      if (check()) finish();
    });
  }
}
