import type { Clock } from '../../lifetime/clock.ts';
import { createResponse } from '../msg/build-message.ts';
import type { SipRequest, SipResponse } from '../msg/sip-message.ts';
import type { SipTimers } from '../txn/timers.ts';
import type { ClientTransaction, Flow, TransactionLayer } from '../txn/transaction-layer.ts';
import type { ApplicationSide, HeaderPairs, Incoming } from './application-side.ts';
import type { DialogTable } from './dialog-table.ts';
import type { Destination, Router, Way } from './next-hop.ts';
import type { SendRefresh } from './session-timer.ts';

/** An incoming transaction without final response. */
export interface OpenIncoming extends Incoming {
  readonly owner: ApplicationSide;
  /** Answers in the application's place. */
  refuse(status: number): void;
}

/** An INVITE of ours without final response. */
export interface OpenInvite {
  readonly owner: ApplicationSide;
  readonly request: SipRequest;
  readonly flow: Flow | undefined;
  /** Sends or schedules the CANCEL and returns it; undefined when it is too late for one. */
  cancel(headers: HeaderPairs): SipRequest | undefined;
  abandon(): void;
}

/** What every usage of the user agent works with. */
export interface UaContext {
  readonly clock: Clock;
  readonly timers: SipTimers;
  readonly layer: TransactionLayer;
  readonly dialogs: DialogTable;
  readonly router: Router;
  /** By transaction id; entries leave with their final response. */
  readonly incoming: Map<string, OpenIncoming>;
  readonly outgoingInvites: Map<string, OpenInvite>;
  readonly sendRefresh: SendRefresh;
  /** Opaque token for a From or To tag. */
  newTag(): string;
}

export interface LaunchListener {
  /** Called once, before anything else; without flow when there was no way to send it. */
  sent(request: SipRequest, flow: Flow | undefined): void;
  response(response: SipResponse, flow: Flow): void;
  /** Called instead of a final response, with the one that stands for it (408 or 503). */
  failed(response: SipResponse, why: 'timeout' | 'transport'): void;
}

/** Sends a request over a way; undefined fails like a dead target. `started` tells the transaction. */
export function launch(
  context: UaContext,
  request: SipRequest,
  way: Way | undefined,
  listener: LaunchListener,
  started: (transaction: ClientTransaction) => void = () => {},
): void {
  let isSent = false;
  const sent = (message: SipRequest, flow: Flow | undefined): void => {
    if (isSent) return;
    isSent = true;
    listener.sent(message, flow);
  };
  const failed = (why: 'timeout' | 'transport'): void => {
    sent(request, undefined);
    listener.failed(createResponse(request, why === 'timeout' ? 408 : 503), why);
  };
  if (way === undefined) {
    failed('transport');
    return;
  }
  const response = (received: SipResponse, flow: Flow): void => listener.response(received, flow);
  started(context.layer.send(request, way.target, { response, failed }, sent));
}

/** The same for a request that first needs its way looked up. */
export function launchTo(
  context: UaContext,
  request: SipRequest,
  destination: Destination,
  listener: LaunchListener,
  started?: (transaction: ClientTransaction) => void,
): void {
  context.router.find(destination, (way) => launch(context, request, way, listener, started));
}
