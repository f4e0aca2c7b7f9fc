import type { ConversationInput, Line } from '../../../server/conversation/ports.ts';
import type { Clock, Timer } from '../../../server/lifetime/clock.ts';

interface Queued {
  readonly speechId: number;
  lengthMs: number;
  playedMs: number;
  last: boolean;
  started: boolean;
}

/** One packet of the line. */
const packetMs = 20;
/** `play` resolves when no more than this is queued: the lead of the real playout queue. */
const leadMs = 100;

/**
 * A telephone line without audio: plays what is queued in the clock's time, packet by packet, and reports it as a media
 * leg does. Pausing keeps the queue, flushing says what was heard of it.
 */
export class SimulatedLine implements Line {
  readonly sampleRate = 8_000;
  readonly #clock: Clock;
  readonly #startMs: number;
  readonly #listener: (input: ConversationInput) => void;
  #queue: Queued[] = [];
  #waiting: (() => void)[] = [];
  #tick: Timer | undefined;
  #paused = false;
  #bargeInAllowed = true;
  /** Clock times at which a packet with speech left, for what a caller hears when. */
  readonly #packets: { readonly atMs: number; readonly speechId: number }[] = [];

  readonly #digits: string[] = [];

  constructor(clock: Clock, listener: (input: ConversationInput) => void) {
    this.#clock = clock;
    this.#startMs = clock.now();
    this.#listener = listener;
  }

  /** What was pressed on our side. */
  get digits(): readonly string[] {
    return this.#digits;
  }

  get packets(): readonly { readonly atMs: number; readonly speechId: number }[] {
    return this.#packets;
  }

  get isPlaying(): boolean {
    return this.#queue.length > 0 && !this.#paused;
  }

  get isPaused(): boolean {
    return this.#paused;
  }

  get bargeInAllowed(): boolean {
    return this.#bargeInAllowed;
  }

  /** Milliseconds of call audio so far. */
  get positionMs(): number {
    return this.#clock.now() - this.#startMs;
  }

  play(chunk: Parameters<Line['play']>[0]): Promise<void> {
    const lengthMs = (chunk.samples.length * 1_000) / chunk.sampleRate;
    const open = this.#queue.find((one) => one.speechId === chunk.speechId);
    if (open) {
      open.lengthMs += lengthMs;
      open.last = chunk.last;
    } else {
      this.#queue.push({ speechId: chunk.speechId, lengthMs, playedMs: 0, last: chunk.last, started: false });
    }
    this.#arm();
    return new Promise((resolve) => {
      this.#waiting.push(resolve);
      this.#letMoreIn();
    });
  }

  pause(): void {
    this.#paused = true;
    this.#disarm();
  }

  resume(): void {
    this.#paused = false;
    this.#arm();
  }

  flush(): ReturnType<Line['flush']> {
    const speeches = this.#queue.map(({ speechId, playedMs, lengthMs }) => ({
      speechId,
      playedMs,
      queuedMs: lengthMs,
    }));
    this.#drop();
    return Promise.resolve({ speeches });
  }

  async sendDigits(digits: string): Promise<void> {
    this.#digits.push(digits);
  }

  allowBargeIn(allowed: boolean): void {
    this.#bargeInAllowed = allowed;
  }

  /** What a voice onset does in the media process: pauses playout where that is allowed. Returns whether it did. */
  pauseForVoice(): boolean {
    if (!this.#bargeInAllowed || !this.isPlaying) return false;
    this.pause();
    return true;
  }

  /** The media process died and came back: what was queued is gone. */
  restart(): void {
    const speechIds = this.#queue.map(({ speechId }) => speechId);
    this.#drop();
    this.#paused = false;
    this.#listener({ kind: 'playback-lost', speechIds });
  }

  #drop(): void {
    this.#queue = [];
    this.#disarm();
    this.#letMoreIn();
  }

  #arm(): void {
    if (this.#paused || this.#tick !== undefined || this.#queue.length === 0) return;
    this.#tick = this.#clock.after(packetMs, () => this.#sendPacket());
  }

  #disarm(): void {
    this.#tick?.cancel();
    this.#tick = undefined;
  }

  #sendPacket(): void {
    this.#tick = undefined;
    const current = this.#queue.find((one) => one.playedMs < one.lengthMs);
    if (current !== undefined) {
      const { speechId } = current;
      if (!current.started) this.#report('playback-started', speechId);
      current.started = true;
      current.playedMs += packetMs;
      this.#packets.push({ atMs: this.#clock.now(), speechId });
    }
    const head = this.#queue[0];
    if (head !== undefined && head.playedMs >= head.lengthMs && head.last) {
      this.#queue.shift();
      this.#report('playback-finished', head.speechId);
    }
    this.#letMoreIn();
    if (current !== undefined) this.#arm();
  }

  #report(kind: 'playback-started' | 'playback-finished', speechId: number): void {
    this.#listener({ kind, speechId, atMs: this.#clock.now(), positionMs: this.positionMs });
  }

  #letMoreIn(): void {
    const queuedMs = this.#queue.reduce((sum, one) => sum + Math.max(0, one.lengthMs - one.playedMs), 0);
    if (queuedMs > leadMs) return;
    for (const resolve of this.#waiting.splice(0)) resolve();
  }
}
