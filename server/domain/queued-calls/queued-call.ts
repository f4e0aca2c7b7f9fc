import type { OutboundOrder } from '../calls/outbound-order.ts';

/** An order for a call that waits for a free line. Its call and request ids are promised already. */
export interface QueuedCall {
  readonly id: string;
  readonly order: OutboundOrder & { readonly callId: string; readonly requestId: string };
  readonly createdAtMs: number;
}

/** Orders of one organization that may wait at a time. */
export const mostQueuedCalls = 1_000;
/** Who asked an hour ago is not waiting for the phone to ring any more. */
export const longestWaitMs = 3_600_000;
