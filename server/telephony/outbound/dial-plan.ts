import type { Peer } from '../../contract/peer.ts';
import { parseSipUri } from '../call/sip-uri.ts';

/** One place to send an INVITE to. */
export interface DialTarget {
  readonly uri: string;
  /** Whose network it is: credentials and From domain come from it. Undefined for this machine itself. */
  readonly peer: Peer | undefined;
  readonly host: string;
}

export type DialPlan =
  | { readonly ok: true; readonly targets: readonly DialTarget[] }
  | { readonly ok: false; readonly why: string };

const e164 = /^\+[1-9]\d{6,14}$/;

/** Decides where a call to `to` may go: an E.164 number to the peers in their order, a `sip:` URI to itself. */
export function planDial(to: string, peers: readonly Peer[]): DialPlan {
  if (e164.test(to)) {
    if (peers.length === 0) return { ok: false, why: 'No peer is configured that could carry a call to a number.' };
    return { ok: true, targets: peers.map((peer) => ({ uri: uriAt(peer, to), peer, host: peer.host })) };
  }
  if (!/^sip:/i.test(to)) {
    return { ok: false, why: `${quoted(to)} is neither a number like +4930123456 nor a sip: URI.` };
  }
  return planUri(to, peers);
}

function planUri(to: string, peers: readonly Peer[]): DialPlan {
  const uri = parseSipUri(to);
  if (uri === undefined) return { ok: false, why: `${quoted(to)} is not a proper sip: URI.` };
  const there = peers.filter(({ host }) => host.toLowerCase() === uri.host.toLowerCase());
  const peer = there.find(({ port }) => port === (uri.port ?? 5060)) ?? there[0];
  if (peer === undefined && !isLoopback(uri.host)) {
    return { ok: false, why: `${uri.host} is neither this machine nor a configured peer.` };
  }
  // The core reads `localhost` as "my own address" in some headers; the number says what is meant.
  const plain =
    uri.host.toLowerCase() === 'localhost' ? to.replace(/(?<=^sip:|@)localhost(?=[:;?]|$)/i, '127.0.0.1') : to;
  return { ok: true, targets: [{ uri: plain, peer, host: isLoopback(uri.host) ? '127.0.0.1' : uri.host }] };
}

function uriAt(peer: Peer, user: string): string {
  return `sip:${user}@${peer.host}:${peer.port}${peer.transport === 'tcp' ? ';transport=tcp' : ''}`;
}

export function isLoopback(host: string): boolean {
  return host.toLowerCase() === 'localhost' || /^127(\.\d{1,3}){3}$/.test(host);
}

function quoted(text: string): string {
  return JSON.stringify(text.slice(0, 80));
}

/** Where a redirect points; undefined when it leads away from this machine and the configured peers. */
export function planRedirect(contact: string, peers: readonly Peer[]): DialTarget | undefined {
  const plan = planUri(contact, peers);
  return plan.ok ? plan.targets[0] : undefined;
}

/** From header for a call to a target; without a peer the core puts our own address for `localhost`. */
export function fromHeader(from: string | undefined, peer: Peer | undefined): string {
  if (from !== undefined && parseSipUri(from) !== undefined) return `<${from}>`;
  const user = (from ?? peer?.username ?? 'landline').replace(/[^\w+.!~*'()-]/g, (character) =>
    encodeURIComponent(character),
  );
  return `<sip:${user === '' ? 'anonymous' : user}@${peer?.domain ?? peer?.host ?? 'localhost'}>`;
}

/** Whether another peer may do better: this one was unreachable, out of service or silent (RFC 3261, 21.4.9, 21.5). */
export function isPeerFailure(status: number): boolean {
  return status === 408 || status === 500 || status === 502 || status === 503 || status === 504;
}
