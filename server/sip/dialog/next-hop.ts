import { isIP } from 'node:net';
import { isLoopback, isPrivate } from '../guard/networks.ts';
import { parseNameAddr } from '../msg/name-addr.ts';
import { parseUri } from '../msg/uri.ts';
import type { Flow, Target, TransportName } from '../txn/transaction-layer.ts';

/** Where a URI points, before name resolution. */
export interface Hop {
  readonly transport: TransportName;
  readonly host: string;
  /** Undefined when the URI names none: SRV records may. */
  readonly port: number | undefined;
  /** Whether the URI itself names the transport. */
  readonly transportGiven: boolean;
}

/** A target and our own side of the way to it. */
export interface Way {
  readonly target: Target;
  readonly flow: Flow;
}

/** Where a message shall go: a URI's hop that needs looking up, or targets in the order in which to try them. */
export type Destination = Hop | readonly Target[];

/** Finds addresses and connections. */
export interface Router {
  /**
   * `found` is called once, at once when the destination is an address and its flow is known; undefined when there is
   * no way. A target that cannot be reached at all gives way to the next.
   */
  find(destination: Destination, found: (way: Way | undefined) => void): void;
  /** Our side for messages that have no way: an address we listen on. */
  readonly home: { readonly address: string; readonly port: number };
}

/** The hop of a sip URI (RFC 3263 4.1 and 4.2, `maddr` of RFC 3261 19.1.1). Undefined for other schemes and TLS. */
export function hopOf(uri: string): Hop | undefined {
  const parsed = parseUri(uri);
  if (parsed === undefined || parsed.scheme !== 'sip') return undefined;
  const named = parsed.params.get('transport')?.toLowerCase();
  if (named !== undefined && named !== 'udp' && named !== 'tcp') return undefined;
  const host = parsed.params.get('maddr') ?? parsed.host;
  return { transport: named ?? 'udp', host, port: parsed.port, transportGiven: named !== undefined };
}

/** How a request inside a dialog is addressed: its Request-URI, its Route headers, and the URI to send it to. */
export interface RoutedRequest {
  readonly uri: string;
  readonly routes: readonly string[];
  readonly hopUri: string;
}

/** Applies a route set (RFC 3261 12.2.1.1), also one that begins with a strict router. */
export function applyRouteSet(remoteTarget: string, routeSet: readonly string[]): RoutedRequest {
  const first = routeSet[0] === undefined ? undefined : parseNameAddr(routeSet[0])?.uri;
  if (first === undefined) return { uri: remoteTarget, routes: [], hopUri: remoteTarget };
  if (parseUri(first)?.params.has('lr') === true) return { uri: remoteTarget, routes: routeSet, hopUri: first };
  return { uri: first, routes: [...routeSet.slice(1), `<${remoteTarget}>`], hopUri: first };
}

/**
 * The targets of a request inside a dialog without route set. The Contact counts, unless it cannot be reached from here:
 * a name, or a private address that the messages do not come from (NAT). A TCP connection to the same host is used again
 * while it lives.
 */
export function targetsOfContact(hop: Hop | undefined, flow: Flow): readonly Target[] {
  const source: Target = { transport: flow.transport, address: flow.remoteAddress, port: flow.remotePort };
  if (hop === undefined || isIP(hop.host) === 0 || isBehindNat(hop.host, flow.remoteAddress)) return [source];
  if (flow.transport === 'tcp' && hop.host === flow.remoteAddress && (hop.transport === 'tcp' || !hop.transportGiven)) {
    return [source, { transport: 'tcp', address: hop.host, port: hop.port ?? 5060 }];
  }
  return [{ transport: hop.transport, address: hop.host, port: hop.port ?? 5060 }];
}

function isBehindNat(contactHost: string, source: string): boolean {
  if (contactHost === source) return false;
  if (contactHost === '0.0.0.0' || contactHost === '::') return true;
  if (isLoopback(contactHost)) return !isLoopback(source);
  return isPrivate(contactHost);
}

/** `host:port`, with brackets around an IPv6 address. */
export function hostPort(address: string, port: number): string {
  return address.includes(':') ? `[${address}]:${port}` : `${address}:${port}`;
}
