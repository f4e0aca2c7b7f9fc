import { isIPv6 } from 'node:net';

export const isWildcard = (address: string): boolean => address === '0.0.0.0' || address === '::';

const isLoopback = (address: string): boolean => address === '::1' || address.startsWith('127.');

/** IPv4 addresses come from dual-stack sockets in IPv6 dress. */
export const plainAddress = (address: string): string => (address.startsWith('::ffff:') ? address.slice(7) : address);

/**
 * The bound address to talk to a peer from: of the peer's family, preferably the peer itself (same host), then one that
 * is loopback exactly when the peer is, or a wildcard. Undefined when none is of the family.
 */
export function chooseLocal(bound: readonly string[], remoteAddress: string): string | undefined {
  const family = bound.filter((address) => isIPv6(address) === isIPv6(remoteAddress));
  return (
    family.find((address) => address === remoteAddress) ??
    family.find((address) => isWildcard(address) || isLoopback(address) === isLoopback(remoteAddress)) ??
    family[0]
  );
}
