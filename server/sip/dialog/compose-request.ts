import { randomUUID } from 'node:crypto';
import type { Clock } from '../../lifetime/clock.ts';
import { createRequest } from '../msg/build-message.ts';
import { parseNameAddr } from '../msg/name-addr.ts';
import type { SipRequest } from '../msg/sip-message.ts';
import { parseUri } from '../msg/uri.ts';
import { parseCSeq } from '../msg/via.ts';
import type { TransportName } from '../txn/transaction-layer.ts';
import type { HeaderPairs, RequestDraft } from './application-side.ts';
import { checkDraft, valueOf, withoutDialogHeaders } from './header-policy.ts';
import { hostPort } from './next-hop.ts';

/** A tag: 60 random bits, from the pool that `randomUUID` keeps. */
export const randomToken = (): string => randomUUID().replaceAll('-', '').slice(0, 16);

/** The Contact by which the other side of a flow reaches us. */
export function contactOn(transport: TransportName, address: string, port: number): string {
  return `<sip:${hostPort(address, port)}${transport === 'tcp' ? ';transport=tcp' : ''}>`;
}

export type Composed =
  | { readonly ok: true; readonly request: SipRequest }
  | { readonly ok: false; readonly reason: string };

const CALL_IDS_REMEMBERED = 2_048;

/**
 * First CSeq numbers follow the clock (one per second), so that an application which repeats a Call-ID without naming
 * a CSeq gets growing numbers, also after a restart.
 */
export class CSeqSource {
  readonly #clock: Clock;
  readonly #last = new Map<string, number>();

  constructor(clock: Clock) {
    this.#clock = clock;
  }

  first(callId: string | undefined): number {
    const fromClock = Math.floor(this.#clock.now() / 1000) % 0x7fff_ffff;
    if (callId === undefined) return fromClock;
    return Math.max(fromClock, (this.#last.get(callId) ?? 0) + 1);
  }

  used(callId: string, cseq: number): void {
    this.#last.delete(callId);
    this.#last.set(callId, cseq);
    if (this.#last.size <= CALL_IDS_REMEMBERED) return;
    const [oldest] = this.#last.keys();
    if (oldest !== undefined) this.#last.delete(oldest);
  }
}

/** Whether the core adds a Contact of its own to this request. */
const CONTACT_REQUESTS = new Set(['INVITE', 'SUBSCRIBE']);

/** Completes a request outside any dialog: From with tag, To, Call-ID, CSeq, Contact, Content-Type. */
export function composeRequest(
  draft: RequestDraft,
  local: { readonly transport: TransportName; readonly address: string; readonly port: number },
  cseqs: CSeqSource,
): Composed {
  if (parseUri(draft.uri) === undefined) return { ok: false, reason: `invalid request-uri ${draft.uri}` };
  const ownHostPort = hostPort(local.address, local.port);
  const checked = checkDraft(draft, ownHostPort);
  if (!checked.ok) return checked;
  const { method, uri, body } = draft;
  const { headers: given, contentType } = checked;
  const contact = valueOf(given, 'contact') ?? valueOf(given, 'm');
  const ownContact = contactOn(local.transport, local.address, local.port);
  const givenCallId = valueOf(given, 'call-id')?.trim();
  const callId = givenCallId ?? randomUUID();
  const cseq = parseCSeq(valueOf(given, 'cseq')?.trim() ?? '')?.number ?? cseqs.first(givenCallId);
  if (givenCallId !== undefined) cseqs.used(givenCallId, cseq);
  const request = createRequest({
    method,
    uri,
    from: fromWithTag(valueOf(given, 'from'), contact, ownHostPort),
    to: valueOf(given, 'to') ?? `<${uri}>`,
    callId,
    cseq,
    contact: contact === undefined && CONTACT_REQUESTS.has(method) ? ownContact : undefined,
    headers: rest(given),
    body,
    contentType,
  });
  const maxForwards = valueOf(given, 'max-forwards');
  if (maxForwards !== undefined) request.headers.set('Max-Forwards', maxForwards.trim());
  return { ok: true, request };
}

/** Headers beyond those that `composeRequest` places itself. */
function rest(headers: HeaderPairs): HeaderPairs {
  return withoutDialogHeaders(headers).filter(([name]) => name.toLowerCase() !== 'max-forwards');
}

/** The application's From, else the address of its Contact, else our own; always with a tag. */
function fromWithTag(from: string | undefined, contact: string | undefined, ownHostPort: string): string {
  const tag = randomToken();
  if (from === undefined) {
    const uri = contact === undefined ? undefined : parseNameAddr(contact)?.uri;
    return `<${uri ?? `sip:${ownHostPort}`}>;tag=${tag}`;
  }
  if (parseNameAddr(from)?.params.has('tag') === true) return from;
  return `${from.includes('<') ? from.trim() : `<${from.trim()}>`};tag=${tag}`;
}
