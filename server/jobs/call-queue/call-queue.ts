import { LandlineError, messageOf } from '../../contract/errors.ts';
import type { AgentService } from '../../domain/agents/agent-service.ts';
import type { CallService } from '../../domain/calls/call-service.ts';
import type { Dialer } from '../../domain/calls/outbound-order.ts';
import { longestWaitMs, type QueuedCall } from '../../domain/queued-calls/queued-call.ts';
import type { QueuedCallService } from '../../domain/queued-calls/queued-call-service.ts';
import type { EventBus } from '../../events/bus.ts';
import type { Clock, Timer } from '../../lifetime/clock.ts';
import type { Logger } from '../../log/logger.ts';

export interface CallQueueParts {
  readonly queuedCalls: QueuedCallService;
  readonly calls: CallService;
  readonly agents: AgentService;
  readonly dialer: Dialer;
  readonly bus: EventBus;
  readonly clock: Clock;
  readonly log: Logger;
}

/** A line may become free without a call ending here (limits per hour), so it is looked after now and then, too. */
const lookEveryMs = 2_000;

/** Places the calls that wait for a line, the oldest first, as soon as there is one. */
export class CallQueue {
  readonly counters = { placed: 0, refused: 0, expired: 0 };
  readonly #parts: CallQueueParts;
  #timer: Timer | undefined;
  #stopListening: (() => void) | undefined;
  #round: Promise<void> | undefined;
  #again = false;
  #stopped = true;

  constructor(parts: CallQueueParts) {
    this.#parts = parts;
  }

  start(): void {
    this.#stopped = false;
    this.#stopListening = this.#parts.bus.onFact(({ fact }) => {
      if (fact.kind === 'call-ended' || fact.kind === 'call-queued') this.#wake();
    });
    this.#look();
  }

  /** Resolves when the order in hand is dealt with. */
  async stop(): Promise<void> {
    this.#stopped = true;
    this.#timer?.cancel();
    this.#stopListening?.();
    await this.#round;
  }

  #look(): void {
    this.#wake();
    this.#timer = this.#parts.clock.after(lookEveryMs, () => this.#look());
  }

  #wake(): void {
    this.#again = true;
    if (this.#stopped) return;
    this.#round ??= this.#rounds()
      .catch((thrown: unknown) => this.#parts.log.error({ err: thrown }, 'waiting calls could not be placed'))
      .finally(() => {
        this.#round = undefined;
      });
  }

  async #rounds(): Promise<void> {
    while (this.#again && !this.#stopped) {
      this.#again = false;
      for (const queued of this.#parts.queuedCalls.firsts()) {
        if (this.#stopped) return;
        if ((await this.#place(queued)) === 'done') this.#again = true;
      }
    }
  }

  /** A call that was begun before a crash is not begun again: its row is there before its INVITE is sent. */
  async #place(queued: QueuedCall): Promise<'done' | 'wait'> {
    const { agents, calls, clock, dialer, queuedCalls } = this.#parts;
    const { order } = queued;
    const agent = agents.find(order.agentId);
    if (calls.find(order.callId)) {
      await queuedCalls.remove(queued.id);
      return 'done';
    }
    if (!agent?.enabled) return this.#giveUp(queued, 'The agent of this call has been deleted or disabled.');
    if (clock.now() - queued.createdAtMs > longestWaitMs) {
      this.counters.expired++;
      return this.#giveUp(queued, 'No line became free in time.');
    }
    try {
      await dialer.start(order, agent);
      this.counters.placed++;
      await queuedCalls.remove(queued.id);
      return 'done';
    } catch (thrown) {
      if (thrown instanceof LandlineError && thrown.code === 'too-many-calls') return 'wait';
      return this.#giveUp(queued, messageOf(thrown));
    }
  }

  /** The promised call is written down as one that failed, so that whoever asked can see why. */
  async #giveUp({ id, order }: QueuedCall, why: string): Promise<'done'> {
    const { calls, clock, queuedCalls } = this.#parts;
    this.counters.refused++;
    if (!calls.find(order.callId)) {
      const identity = { from: order.from ?? '', to: order.to, fromUri: order.from ?? '', toUri: order.to };
      await calls.begin({
        organizationId: order.organizationId,
        agentId: order.agentId,
        id: order.callId,
        requestId: order.requestId,
        direction: 'outbound',
        identity,
        ...(order.userId === undefined ? {} : { userId: order.userId }),
        ...(order.variables === undefined ? {} : { variables: order.variables }),
      });
    }
    const endedAtMs = clock.now();
    await calls.finish(order.callId, { status: 'failed', endReason: 'rejected', errorMessage: why, endedAtMs });
    await queuedCalls.remove(id);
    return 'done';
  }
}
