import type { CallDirection, CallIdentity } from '../contract/call.ts';
import type { LocalMediaPoint, NegotiatedMedia } from '../contract/media-session.ts';

/** The signalling side of one call, whatever back end carries it. */
export interface CallEdge {
  readonly direction: CallDirection;
  /** SIP Call-ID, for traces. */
  readonly sipCallId: string;
  readonly identity: CallIdentity;
  /** Our address on the route to the other side: bind RTP here. */
  readonly localAddress: string;
  /** BYE, CANCEL or a final refusal, whichever fits the state. Resolves when it is sent; never rejects. */
  hangup(): Promise<void>;
  /** Blind transfer by REFER. Resolves when the outcome is known (NOTIFY sipfrag, refusal, or 30 s without news). */
  transfer(target: string): Promise<TransferOutcome>;
  /** The agent was cut off: what the other side holds unplayed is not to be heard. Nothing to do on a telephone line. */
  readonly interrupted?: () => void;
}

export type TransferOutcome = { readonly kind: 'accepted' } | { readonly kind: 'refused'; readonly status: number };

export interface InboundEdge extends CallEdge {
  readonly direction: 'inbound';
  /** What the caller offered; undefined for an INVITE without SDP (then our offer goes into the 200). */
  readonly offered: NegotiatedMedia | undefined;
  ring(): void;
  /** Sends the 200 and resolves with the agreed media when the ACK has come. Rejects with `call-gone` otherwise. */
  answer(local: LocalMediaPoint): Promise<NegotiatedMedia>;
  reject(status: number, reason: string, headers?: Readonly<Record<string, string>>): void;
}

/** What happens on the signalling side. Set before `answer`; each call gets exactly one `ended`. */
export interface EdgeListener {
  /** The other side of an outgoing call rings; may come more than once. */
  ringing?(): void;
  /** It has answered. The ACK goes out when this resolves; a rejection ends the call after it. */
  answered?(sipCallId: string): Promise<unknown>;
  /** New address, codec or direction (re-INVITE, UPDATE). `held` is true while the other side keeps us on hold. */
  mediaChanged(media: NegotiatedMedia, held: boolean): void;
  /** A digit by SIP INFO. */
  infoDigit(digit: string): void;
  ended(end: EdgeEnd): void;
}

export type EdgeEnd =
  /** The other side hung up or cancelled. */
  | { readonly kind: 'remote'; readonly cancelled: boolean }
  | { readonly kind: 'local' }
  /** Outgoing call refused or unanswered: SIP status, 408 for no answer in time. */
  | { readonly kind: 'failed'; readonly status: number; readonly reason: string }
  /** The SIP core (or the connection to it) was lost. */
  | { readonly kind: 'core-lost' };

export interface DialRequest {
  /** E.164 number (sent to the first usable peer) or a `sip:` URI. */
  readonly to: string;
  readonly from?: string;
  readonly ringTimeoutMs: number;
}

/** The telephony of the house: answers and dials. */
export interface Telephony {
  /** Whether there is a SIP core to dial with now. */
  readonly ready: boolean;
  /** Whether `to` can be dialled now, and if not, the sentence that says why. */
  canDial(to: string): { readonly ok: true } | { readonly ok: false; readonly why: string };
  /**
   * Dials. `openMedia` is called with the local address before the INVITE goes out. Resolves once the 200 is
   * acknowledged, which waits for the listener's `answered`; early media before it is ignored. Rejects with a LandlineError whose `details.status` is the SIP status.
   */
  dial(
    request: DialRequest,
    openMedia: (localAddress: string) => Promise<LocalMediaPoint>,
    listener: EdgeListener,
    signal: AbortSignal,
  ): Promise<{ readonly edge: CallEdge; readonly media: NegotiatedMedia }>;
  stop(): Promise<void>;
}

/** Decides about each new inbound call; must return a listener, or have rejected the edge. */
export type InboundAcceptor = (edge: InboundEdge) => EdgeListener | undefined;
