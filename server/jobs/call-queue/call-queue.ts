import { LandlineError, messageOf } from '../../contract/errors.ts';
import type { AgentService } from '../../domain/agents/agent-service.ts';
import type { CallService } from '../../domain/calls/call-service.ts';
import type { Dialer } from '../../domain/calls/outbound-order.ts';
import { longestWaitMs, type QueuedCall } from '../../domain/queued-calls/queued-call.ts';
import type { QueuedCallService } from '../../domain/queued-calls/queued-call-service.ts';
import type { EventBus } from '../../events/bus.ts';
import type { FactKind } from '../../events/fact.ts';
import type { Clock } from '../../lifetime/clock.ts';
import type { Logger } from '../../log/logger.ts';
import { Waker } from '../waker.ts';

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
const wakingFacts: readonly FactKind[] = ['call-ended', 'call-queued'];

/** Places the calls that wait for a line, the oldest first, as soon as there is one. */
export class CallQueue {
  readonly counters = { placed: 0, refused: 0, expired: 0 };
  readonly #parts: CallQueueParts;
  readonly #waker: Waker;

  constructor(parts: CallQueueParts) {
    this.#parts = parts;
    const { bus, clock, log } = parts;
    const wokenBy = { bus, kinds: wakingFacts };
    this.#waker = new Waker({ name: 'the queue of calls', clock, log, wokenBy, look: () => this.#look() });
  }

  start(): void {
    this.#waker.start();
  }

  /** Resolves when the order in hand is dealt with. */
  stop(): Promise<void> {
    return this.#waker.stop();
  }

  async #look(): Promise<number> {
    for (const queued of this.#parts.queuedCalls.firsts()) {
      if (this.#waker.isStopped) break;
      if ((await this.#place(queued)) === 'done') this.#waker.wake();
    }
    return this.#parts.clock.now() + lookEveryMs;
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
