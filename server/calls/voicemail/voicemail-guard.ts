import type { AnsweredBy } from '../../contract/call.ts';
import { messageOf } from '../../contract/errors.ts';
import type { VoicemailPlan } from '../../domain/calls/outbound-order.ts';
import type { Clock, Timer } from '../../lifetime/clock.ts';
import type { Logger } from '../../log/logger.ts';
import type { LegEvent } from '../../media/media-engine.ts';
import { MachineWatch, RecordingWatch, type Verdict, type WatchInput } from './machine-watch.ts';

/** What a machine at the other end leads to. */
export interface VoicemailActions {
  answeredBy(who: AnsweredBy): Promise<unknown>;
  /** The agent says no more, and hears nothing. */
  silenceAgent(): Promise<void>;
  /** Resolves when the last word has left. */
  say(message: string): Promise<void>;
  hangup(): void;
}

export interface VoicemailGuardParts {
  readonly callId: string;
  readonly plan: VoicemailPlan;
  readonly actions: VoicemailActions;
  readonly clock: Clock;
  readonly log: Logger;
}

const tickMs = 200;

/** Listens to an outgoing call for a machine, beside the conversation, and deals with it as the order says. */
export class VoicemailGuard {
  readonly #parts: VoicemailGuardParts;
  readonly #machine = new MachineWatch();
  #recording: RecordingWatch | undefined;
  #answeredAtMs: number | undefined;
  #timer: Timer | undefined;

  constructor(parts: VoicemailGuardParts) {
    this.#parts = parts;
  }

  /** The call is up. */
  start(): void {
    if (this.#parts.plan.action === 'ignore') return;
    this.#answeredAtMs = this.#parts.clock.now();
    this.#tick();
  }

  stop(): void {
    this.#answeredAtMs = undefined;
    this.#timer?.cancel();
  }

  heard(event: LegEvent): void {
    if (event.kind === 'voice-onset' || event.kind === 'beep') {
      this.#take({ kind: event.kind, positionMs: event.positionMs });
    } else if (event.kind === 'voice-stopped') {
      this.#take({ kind: 'voice-stopped', positionMs: event.lastVoicedPositionMs });
    }
  }

  #tick(): void {
    if (this.#answeredAtMs === undefined) return;
    this.#timer = this.#parts.clock.after(tickMs, () => this.#tick());
    this.#take({ kind: 'time', positionMs: this.#parts.clock.now() - this.#answeredAtMs });
  }

  #take(input: WatchInput): void {
    if (this.#answeredAtMs === undefined) return;
    if (this.#recording !== undefined) {
      if (this.#recording.take(input)) this.#leaveMessage();
      return;
    }
    const verdict = this.#machine.take(input);
    if (verdict !== undefined) this.#decided(verdict, input.positionMs);
    else if (this.#machine.isOver) this.stop();
  }

  #decided(verdict: Verdict, positionMs: number): void {
    const { actions, callId, log, plan } = this.#parts;
    log.info({ callId, ...verdict, positionMs: Math.round(positionMs) }, 'who answered the call');
    this.#attempt('note who answered', actions.answeredBy(verdict.answeredBy));
    if (verdict.by === 'time') this.stop();
    if (verdict.answeredBy === 'human') return;
    if (plan.action !== 'leave-message') {
      this.stop();
      actions.hangup();
    } else if (verdict.mayRecord) {
      this.#leaveMessage();
    } else {
      this.#recording = new RecordingWatch(positionMs);
      this.#attempt('silence the agent', actions.silenceAgent());
    }
  }

  #leaveMessage(): void {
    this.stop();
    const { actions, plan } = this.#parts;
    if (plan.action !== 'leave-message') return;
    const said = actions.silenceAgent().then(() => actions.say(plan.message));
    this.#attempt(
      'leave the message',
      said.finally(() => actions.hangup()),
    );
  }

  #attempt(what: string, work: Promise<unknown>): void {
    const { callId, log } = this.#parts;
    work.catch((failure: unknown) => log.error({ callId, why: messageOf(failure) }, `could not ${what}`));
  }
}
