import type { TurnRole } from '../../contract/call.ts';
import type { Turn } from '../../domain/calls/call.ts';
import type { CallService } from '../../domain/calls/call-service.ts';
import type { EventBus } from '../../events/bus.ts';

export interface CallFeedListener {
  /** A turn that is committed. */
  turn(turn: Turn): void;
  /** What is being said just now. */
  partial(role: TurnRole, text: string): void;
}

/** Tells one socket what is said in one call. Returns how to stop. */
export function followCall(
  parts: { readonly bus: EventBus; readonly calls: Pick<CallService, 'turns'> },
  callId: string,
  listener: CallFeedListener,
): () => void {
  const { bus, calls } = parts;
  const stopFacts = bus.onFact(({ fact }) => {
    if (fact.kind !== 'turn-added' || fact.callId !== callId) return;
    const turn = calls.turns(callId).find(({ seq }) => seq === fact.seq);
    if (turn) listener.turn(turn);
  });
  const stopSignals = bus.onSignal((signal) => {
    if (signal.callId === callId) listener.partial(signal.role, signal.text);
  });
  return () => {
    stopFacts();
    stopSignals();
  };
}
