import type { SipRequest, SipResponse } from '../msg/sip-message.ts';
import type { Flow } from '../txn/transaction-layer.ts';
import type { Dialog } from './dialog.ts';

export type HeaderPairs = readonly (readonly [string, string])[];

/** A response as the application wants it; the core completes it. */
export interface ResponseDraft {
  readonly status: number;
  readonly reason: string;
  readonly headers: HeaderPairs;
  readonly body: Buffer;
}

/** A request as the application wants it; the core completes it. */
export interface RequestDraft {
  readonly method: string;
  readonly uri: string;
  readonly headers: HeaderPairs;
  readonly body: Buffer;
}

/** What became of a draft: the message as it went out, or why it did not. */
export type Sent<Message> =
  | {
      readonly ok: true;
      readonly message: Message;
      /** Undefined when no way to the other side was found; a failure response follows. */
      readonly flow: Flow | undefined;
      readonly dialog: Dialog | undefined;
      /** The transaction it belongs to. */
      readonly id: string;
    }
  | { readonly ok: false; readonly reason: string };

export type SentListener<Message> = (sent: Sent<Message>) => void;

/** A request from the network that waits for its final response. */
export interface Incoming {
  /** Opaque, unique. */
  readonly id: string;
  readonly request: SipRequest;
  readonly flow: Flow;
  readonly dialog: Dialog | undefined;
  /** `sent` is called exactly once, perhaps later (a 2xx waits for the PRACK of a reliable provisional with SDP). */
  respond(draft: ResponseDraft, sent: SentListener<SipResponse>): void;
}

/** A request of ours that waits for its final response. */
export interface Outgoing {
  readonly id: string;
  readonly request: SipRequest;
}

/**
 * One application that makes and takes calls. It owns the dialogs that its requests and responses created and hears
 * of everything that happens in them. All calls happen in the order of the events.
 */
export interface ApplicationSide {
  request(incoming: Incoming): void;
  /** The ACK to a 2xx; repeated ACKs are not told. */
  ack(dialog: Dialog, ack: SipRequest, flow: Flow): void;
  /** The core has refused `invite` with 487 because its caller gave up. */
  cancelled(invite: Incoming, cancel: SipRequest): void;
  /** `flow` is undefined for a response that the core made itself (408, 503). */
  response(outgoing: Outgoing, response: SipResponse, flow: Flow | undefined, dialog: Dialog | undefined): void;
  /** The core has ended the dialog with this BYE, and says why in its Reason header. */
  ended(dialog: Dialog, bye: SipRequest): void;
}

/** Finds who takes a request outside any dialog. */
export interface ApplicationSelector {
  /** Whether anyone is there at all. */
  readonly present: boolean;
  select(method: string): ApplicationSide | undefined;
}
