import { serializeMessage } from '../msg/serialize-message.ts';
import type { SipMessage } from '../msg/sip-message.ts';
import { isReliable } from '../transport/sip-transport.ts';
import type { CountingClock, SipTimers } from './timers.ts';
import type { Flow } from './transaction-layer.ts';

/** A message with its bytes, kept together for repetition. */
export interface Outgoing {
  readonly message: SipMessage;
  readonly bytes: Buffer;
}

export const outgoing = (message: SipMessage): Outgoing => ({ message, bytes: serializeMessage(message) });

/** What a transaction machine needs from the layer it lives in. */
export interface Wire {
  readonly clock: CountingClock;
  readonly timers: SipTimers;
  /** `failed` is never called from inside `transmit`. */
  transmit(flow: Flow, message: Outgoing, failed: (detail: string) => void): void;
  retransmit(flow: Flow, message: Outgoing, failed: (detail: string) => void): void;
}

export const isReliableFlow = (flow: Flow): boolean => isReliable(flow.transport);
