import { createSocket } from 'node:dgram';
import { lookup } from 'node:dns/promises';
import { LandlineError, messageOf } from '../../contract/errors.ts';

/** The way to a peer: its IPv4 address and ours. */
export interface Route {
  readonly peerAddress: string;
  readonly localAddress: string;
}

/**
 * Our IPv4 address on the route to a peer: a UDP socket is connected (no packet leaves) and asked where it sits.
 * Rejects with `no-route`.
 */
export async function routeTo(peerHost: string): Promise<Route> {
  try {
    const { address } = await lookup(peerHost, { family: 4 });
    return { peerAddress: address, localAddress: await addressTowards(address) };
  } catch (failure) {
    throw new LandlineError(
      'no-route',
      `There is no route to ${peerHost}: ${messageOf(failure)}.`,
      { peerHost },
      failure,
    );
  }
}

/** The same, for who needs our address only. */
export async function localAddressFor(peerHost: string): Promise<string> {
  return (await routeTo(peerHost)).localAddress;
}

function addressTowards(address: string): Promise<string> {
  return new Promise((resolve, reject) => {
    const socket = createSocket('udp4');
    socket.once('error', (failure) => {
      socket.close();
      reject(failure);
    });
    // Any port does: connecting a UDP socket only asks the routing table.
    socket.connect(9, address, () => {
      const own = socket.address().address;
      socket.close();
      resolve(own);
    });
  });
}

/** Private, loopback and link-local addresses (RFC 1918, RFC 1122, RFC 3927): no NAT stands between them and us. */
export function isLocalNetwork(address: string): boolean {
  return /^(10\.|127\.|169\.254\.|192\.168\.|172\.(1[6-9]|2\d|3[01])\.)/.test(address);
}
