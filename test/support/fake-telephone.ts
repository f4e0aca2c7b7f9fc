import type { LiveCalls } from '../../server/domain/calls/live-calls.ts';
import type { Dialer, OutboundOrder } from '../../server/domain/calls/outbound-order.ts';
import type { Domain } from '../../server/domain/domain.ts';
import { realClock } from '../../server/lifetime/clock.ts';

/** A telephone without a line: tasks begin calls that nobody answers until the test says so. */
export class FakeTelephone implements Dialer, LiveCalls {
  readonly #domain: Domain;
  why: string | undefined;
  /** When set, `start` fails with it after `canDial` said yes. */
  startFailure: Error | undefined;

  constructor(domain: Domain) {
    this.#domain = domain;
  }

  canDial(): ReturnType<Dialer['canDial']> {
    return this.why === undefined ? { ok: true } : { ok: false, why: this.why };
  }

  hasFreeLine(): boolean {
    return this.why === undefined;
  }

  async start(order: OutboundOrder): Promise<{ callId: string; requestId: string }> {
    if (this.startFailure) throw this.startFailure;
    const { callId, to, context: _context, startingMessage: _greeting, voicemail: _plan, ...rest } = order;
    const identity = { from: 'landline', to, fromUri: 'sip:landline@127.0.0.1', toUri: 'sip:x@127.0.0.1' };
    const draft = { ...rest, direction: 'outbound', identity, brain: 'starter (scripted)' } as const;
    const { id, requestId } = await this.#domain.calls.beginOutgoing(
      callId === undefined ? draft : { ...draft, id: callId },
      to,
    );
    return { callId: id, requestId };
  }

  async end(callId: string, how: 'end' | 'cancel'): Promise<boolean> {
    const call = this.#domain.calls.find(callId);
    if (!call || call.endedAtMs !== null) return false;
    const ending = { end: ['completed', 'api-end'], cancel: ['failed', 'api-cancel'] } as const;
    const [status, endReason] = ending[how];
    await this.#domain.calls.finish(callId, { status, endReason, endedAtMs: realClock.now() });
    return true;
  }
}
