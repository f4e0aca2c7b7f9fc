import { createRequest } from '../msg/build-message.ts';
import { parseNameAddr, tagOf } from '../msg/name-addr.ts';
import type { SipMessage, SipRequest, SipResponse } from '../msg/sip-message.ts';
import { splitTokens } from '../msg/syntax.ts';
import { parseCSeq } from '../msg/via.ts';
import type { Flow } from '../txn/transaction-layer.ts';
import type { ApplicationSide, HeaderPairs, RequestDraft, SentListener } from './application-side.ts';
import { applyRouteSet, type Destination, hopOf, targetsOfContact } from './next-hop.ts';

export type DialogState = 'early' | 'confirmed' | 'terminating' | 'ended';

/** An INVITE of theirs, as its dialog knows it. */
export interface TheirInvite {
  readonly cseq: number;
  /** Whether a provisional response has answered its offer. */
  readonly answeredEarly: boolean;
  /** The dialog ended before the final response: refuse with 487. */
  terminate(): void;
  /** The ACK to its 2xx arrived. */
  acknowledged(): void;
}

/** An INVITE of ours, as its dialog knows it. */
export interface OurInvite {
  readonly pending: boolean;
  readonly cseq: number;
  /** Whether a reliable provisional of this number waits for its PRACK; it no longer does afterwards. */
  takePrack(remoteTag: string, rseq: number): boolean;
  /** Gives it up; a 2xx that wins the race is acknowledged and the dialog ended. */
  abandon(): void;
  /** Sends the application's ACK for the 2xx. */
  acknowledge(draft: RequestDraft, sent: SentListener<SipRequest>): void;
}

/** What a dialog is made of (RFC 3261 12.1). */
export interface DialogParts {
  readonly role: 'uas' | 'uac';
  readonly method: string;
  readonly callId: string;
  readonly localTag: string;
  readonly remoteTag: string;
  /** From and To values with their tags, as they stand in a request of ours. */
  readonly localParty: string;
  readonly remoteParty: string;
  readonly localCSeq: number;
  readonly remoteCSeq: number | undefined;
  readonly routeSet: readonly string[];
  readonly remoteTarget: string;
  readonly flow: Flow;
  readonly owner: ApplicationSide;
}

/** The name shared by all dialogs that one request created. */
export function dialogHandle(callId: string, fromTag: string): string {
  return `${callId};from-tag=${fromTag}`;
}

/** A SIP dialog: who talks to whom, in which order, over which hops. It holds state and builds requests from it. */
export class Dialog {
  readonly role: 'uas' | 'uac';
  /** The method that created it. */
  readonly method: string;
  readonly handle: string;
  readonly callId: string;
  readonly localTag: string;
  readonly remoteTag: string;
  readonly localParty: string;
  readonly remoteParty: string;
  readonly owner: ApplicationSide;
  state: DialogState = 'early';
  routeSet: readonly string[];
  remoteTarget: string;
  /** The way the other side's last message came. */
  flow: Flow;
  localCSeq: number;
  remoteCSeq: number | undefined;
  /** The last session description of ours that the other side accepted. */
  localSdp: Buffer | undefined;
  peerAllowsUpdate = false;

  /** INVITE and UPDATE transactions under way, for glare. */
  ourInvite: OurInvite | undefined;
  theirInvite: TheirInvite | undefined;
  ourUpdate = false;
  theirUpdate = false;
  /** A 2xx of ours that waits for its ACK. */
  unconfirmed: TheirInvite | undefined;
  /** Our INVITE whose 2xx the application must ACK. */
  unacknowledged: OurInvite | undefined;
  /** Ends the session timer that runs now. */
  stopSessionTimer: (() => void) | undefined;
  readonly #onConfirmed: (() => void)[] = [];
  readonly #onEnd: (() => void)[] = [];

  constructor(parts: DialogParts) {
    this.role = parts.role;
    this.method = parts.method;
    this.callId = parts.callId;
    this.localTag = parts.localTag;
    this.remoteTag = parts.remoteTag;
    this.handle = dialogHandle(parts.callId, parts.role === 'uas' ? parts.remoteTag : parts.localTag);
    this.localParty = parts.localParty;
    this.remoteParty = parts.remoteParty;
    this.localCSeq = parts.localCSeq;
    this.remoteCSeq = parts.remoteCSeq;
    this.routeSet = parts.routeSet;
    this.remoteTarget = parts.remoteTarget;
    this.flow = parts.flow;
    this.owner = parts.owner;
  }

  get alive(): boolean {
    return this.state === 'early' || this.state === 'confirmed';
  }

  /** The CSeq number of the next request; `wanted` is honoured when it is higher. */
  nextCSeq(wanted?: number): number {
    this.localCSeq = Math.max(this.localCSeq + 1, wanted ?? 0);
    return this.localCSeq;
  }

  /** A request in this dialog without Via (RFC 3261 12.2.1.1). */
  buildRequest(method: string, cseq: number, headers: HeaderPairs, body: Buffer, contentType?: string): SipRequest {
    const routed = applyRouteSet(this.remoteTarget, this.routeSet);
    return createRequest({
      method,
      uri: routed.uri,
      from: this.localParty,
      to: this.remoteParty,
      callId: this.callId,
      cseq,
      routes: routed.routes,
      headers,
      body,
      contentType,
    });
  }

  /** Where requests go. */
  nextHop(): Destination {
    const { hopUri } = applyRouteSet(this.remoteTarget, this.routeSet);
    const hop = hopOf(hopUri);
    if (this.routeSet.length > 0 && hop !== undefined) return hop;
    return targetsOfContact(hop, this.flow);
  }

  /** Takes Contact and Allow of a target refresh request or response (RFC 3261 12.2). */
  refresh(message: SipMessage, flow: Flow): void {
    this.flow = flow;
    const contact = message.headers.all('Contact')[0];
    const uri = contact === undefined ? undefined : parseNameAddr(contact)?.uri;
    if (uri !== undefined) this.remoteTarget = uri;
    const allow = message.headers.all('Allow');
    if (allow.length > 0) this.peerAllowsUpdate = splitTokens(allow).includes('UPDATE');
  }

  /** The 2xx replaces what a provisional response said (RFC 3261 13.2.2.4). */
  confirm(): void {
    if (this.state === 'early') this.state = 'confirmed';
  }

  /** Runs when the ACK for our 2xx has come; at once when none is awaited. */
  whenAcknowledged(run: () => void): void {
    if (this.unconfirmed === undefined) run();
    else this.#onConfirmed.push(run);
  }

  acknowledged(): void {
    this.unconfirmed = undefined;
    for (const run of this.#onConfirmed.splice(0)) run();
  }

  onEnd(run: () => void): void {
    if (this.state === 'ended') run();
    else this.#onEnd.push(run);
  }

  end(): void {
    if (this.state === 'ended') return;
    this.state = 'ended';
    this.stopSessionTimer?.();
    for (const run of this.#onEnd.splice(0)) run();
    this.unconfirmed?.acknowledged();
    this.acknowledged();
  }
}

/** The URI in the first Contact. */
export function contactUri(message: SipMessage): string | undefined {
  const contact = message.headers.all('Contact')[0];
  return contact === undefined ? undefined : parseNameAddr(contact)?.uri;
}

/** The dialog that a request creates at its UAS (RFC 3261 12.1.1). */
export function dialogAsUas(request: SipRequest, localTag: string, flow: Flow, owner: ApplicationSide): Dialog {
  const { headers } = request;
  const to = headers.get('To') ?? '';
  const dialog = new Dialog({
    role: 'uas',
    method: request.method,
    callId: headers.get('Call-ID') ?? '',
    localTag,
    remoteTag: tagOf(headers.get('From')) ?? '',
    localParty: `${to};tag=${localTag}`,
    remoteParty: headers.get('From') ?? '',
    localCSeq: 0,
    remoteCSeq: parseCSeq(headers.get('CSeq') ?? '')?.number,
    routeSet: headers.all('Record-Route'),
    remoteTarget: contactUri(request) ?? request.uri,
    flow,
    owner,
  });
  dialog.refresh(request, flow);
  return dialog;
}

/** The dialog that a response creates at its UAC (RFC 3261 12.1.2). */
export function dialogAsUac(request: SipRequest, response: SipResponse, flow: Flow, owner: ApplicationSide): Dialog {
  const { headers } = request;
  const dialog = new Dialog({
    role: 'uac',
    method: request.method,
    callId: headers.get('Call-ID') ?? '',
    localTag: tagOf(headers.get('From')) ?? '',
    remoteTag: tagOf(response.headers.get('To')) ?? '',
    localParty: headers.get('From') ?? '',
    remoteParty: response.headers.get('To') ?? '',
    localCSeq: parseCSeq(headers.get('CSeq') ?? '')?.number ?? 1,
    remoteCSeq: undefined,
    routeSet: routeSetOf(response),
    remoteTarget: contactUri(response) ?? request.uri,
    flow,
    owner,
  });
  dialog.refresh(response, flow);
  return dialog;
}

/** The route set as the UAC sees it: Record-Route backwards. */
export function routeSetOf(response: SipResponse): readonly string[] {
  return [...response.headers.all('Record-Route')].reverse();
}

/** The dialog that a NOTIFY creates which overtook the 2xx to our SUBSCRIBE (RFC 6665 4.4.1). */
export function dialogOfEarlyNotify(
  subscribe: SipRequest,
  notify: SipRequest,
  flow: Flow,
  owner: ApplicationSide,
): Dialog {
  const { headers } = subscribe;
  return new Dialog({
    role: 'uac',
    method: subscribe.method,
    callId: headers.get('Call-ID') ?? '',
    localTag: tagOf(headers.get('From')) ?? '',
    remoteTag: tagOf(notify.headers.get('From')) ?? '',
    localParty: headers.get('From') ?? '',
    remoteParty: notify.headers.get('From') ?? '',
    localCSeq: parseCSeq(headers.get('CSeq') ?? '')?.number ?? 1,
    remoteCSeq: undefined,
    routeSet: notify.headers.all('Record-Route'),
    remoteTarget: contactUri(notify) ?? subscribe.uri,
    flow,
    owner,
  });
}
