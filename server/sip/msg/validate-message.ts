import { parseNameAddr, tagOf } from './name-addr.ts';
import type { HeaderList, SipMessage, SipRequest } from './sip-message.ts';
import { splitTokens } from './syntax.ts';
import { parseUri, uriScheme } from './uri.ts';
import { parseCSeq, parseVia } from './via.ts';

/** What is wrong with a message, and the status that says so. */
export interface Problem {
  readonly status: number;
  readonly reason: string;
}

const bad = (reason: string): Problem => ({ status: 400, reason });

/** Headers that may appear once only (RFC 3261 7.3.1), of those that the core reads. */
const SINGLE = ['From', 'To', 'Call-ID', 'CSeq', 'Max-Forwards', 'Content-Type', 'Expires', 'Event', 'RAck', 'RSeq'];
const CALL_ID = /^[^\s@]+(?:@[^\s@]+)?$/;
const DIGITS = /^\d{1,10}$/;

function mandatoryHeaderProblem(headers: HeaderList): Problem | undefined {
  const via = headers.get('Via');
  const from = headers.get('From');
  const to = headers.get('To');
  const callId = headers.get('Call-ID');
  const cseq = headers.get('CSeq');
  if (via === undefined || parseVia(via) === undefined) return bad(via === undefined ? 'Missing Via' : 'Bad Via');
  if (from === undefined || parseNameAddr(from) === undefined)
    return bad(from === undefined ? 'Missing From' : 'Bad From');
  if (to === undefined || parseNameAddr(to) === undefined) return bad(to === undefined ? 'Missing To' : 'Bad To');
  if (callId === undefined || !CALL_ID.test(callId))
    return bad(callId === undefined ? 'Missing Call-ID' : 'Bad Call-ID');
  if (cseq === undefined || parseCSeq(cseq) === undefined) return bad(cseq === undefined ? 'Missing CSeq' : 'Bad CSeq');
  return undefined;
}

function numberProblem(headers: HeaderList): Problem | undefined {
  const maxForwards = headers.get('Max-Forwards');
  if (maxForwards !== undefined && (!DIGITS.test(maxForwards) || Number(maxForwards) > 255))
    return bad('Bad Max-Forwards');
  const expires = headers.get('Expires');
  if (expires !== undefined && (!DIGITS.test(expires) || Number(expires) >= 2 ** 32)) return bad('Bad Expires');
  return undefined;
}

function contactProblem(request: SipRequest): Problem | undefined {
  const contacts = request.headers.all('Contact');
  const isStar = contacts.length === 1 && contacts[0] === '*' && request.method === 'REGISTER';
  if (!isStar && contacts.some((contact) => parseNameAddr(contact) === undefined)) return bad('Bad Contact');
  return request.method === 'INVITE' ? inviteContactProblem(contacts) : undefined;
}

/** An INVITE has exactly one Contact, with a sip or sips URI (RFC 3261 8.1.1.8). */
function inviteContactProblem(contacts: readonly string[]): Problem | undefined {
  const [contact, second] = contacts;
  if (contact === undefined || second !== undefined) {
    return bad(contact === undefined ? 'Missing Contact' : 'More Than One Contact');
  }
  const scheme = uriScheme(parseNameAddr(contact)?.uri ?? '');
  return scheme === 'sip' || scheme === 'sips' ? undefined : bad('Bad Contact');
}

function routeProblem(headers: HeaderList): Problem | undefined {
  if (headers.all('Route').some((route) => parseNameAddr(route) === undefined)) return bad('Bad Route');
  if (headers.all('Record-Route').some((route) => parseNameAddr(route) === undefined)) return bad('Bad Record-Route');
  return undefined;
}

function uriProblem(uri: string): Problem | undefined {
  const scheme = uriScheme(uri);
  if (scheme === undefined) return bad('Bad Request-URI');
  if (scheme !== 'sip' && scheme !== 'sips' && scheme !== 'tel') {
    return { status: 416, reason: 'Unsupported URI Scheme' };
  }
  return parseUri(uri) === undefined ? bad('Bad Request-URI') : undefined;
}

/**
 * The first thing wrong with a message whose framing is right: 400, or 416 for a Request-URI of an unknown scheme. For a
 * response only whether there is a problem counts.
 */
export function problemOf(message: SipMessage): Problem | undefined {
  const { headers } = message;
  const found = mandatoryHeaderProblem(headers) ?? repeatedHeaderProblem(headers) ?? numberProblem(headers);
  if (found !== undefined) return found;
  if (message.kind === 'response') return undefined;
  if (parseCSeq(headers.get('CSeq') ?? '')?.method !== message.method) return bad('CSeq Method Mismatch');
  return uriProblem(message.uri) ?? contactProblem(message) ?? routeProblem(headers);
}

function repeatedHeaderProblem(headers: HeaderList): Problem | undefined {
  const repeated = SINGLE.find((name) => headers.all(name).length > 1);
  return repeated === undefined ? undefined : bad(`More Than One ${repeated}`);
}

/**
 * 483 for a request that has used up its hops and would open something new beyond us (RFC 7332). OPTIONS, CANCEL and
 * requests inside a dialog end here anyway and are served (RFC 4475 3.3.11).
 */
export function hopProblem(request: SipRequest): Problem | undefined {
  if (request.headers.get('Max-Forwards') === undefined || Number(request.headers.get('Max-Forwards')) > 0)
    return undefined;
  if (request.method === 'OPTIONS' || request.method === 'CANCEL' || request.method === 'ACK') return undefined;
  return tagOf(request.headers.get('To')) === undefined ? { status: 483, reason: 'Too Many Hops' } : undefined;
}

/** Option tags in Require that are not in `supported` (lower case): the reason for a 420 and its Unsupported header. */
export function unsupportedOptions(request: SipRequest, supported: ReadonlySet<string>): readonly string[] {
  const required = request.headers.all('Require');
  return required.length === 0 ? [] : splitTokens(required).filter((option) => !supported.has(option.toLowerCase()));
}
