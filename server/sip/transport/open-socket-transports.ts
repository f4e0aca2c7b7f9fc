import { LandlineError } from '../../contract/errors.ts';
import { type Clock, realClock } from '../../lifetime/clock.ts';
import { LocalRoutes } from './local-route.ts';
import type { SipTransport } from './sip-transport.ts';
import { TCP_LIMITS, type TcpLimits } from './tcp-connection.ts';
import { TcpTransport } from './tcp-transport.ts';
import { UdpTransport } from './udp-transport.ts';

export interface SocketTransportsOptions {
  /** IP addresses to bind, wildcards (`0.0.0.0`, `::`) included; each gets a UDP socket and a TCP listener. */
  readonly addresses: readonly string[];
  /** The one port of all of them; 0 takes any that is free for UDP and TCP. */
  readonly port: number;
  readonly clock?: Clock;
  readonly tcpLimits?: Partial<TcpLimits>;
}

/** How often another ephemeral port is tried when its TCP side is taken. */
const EPHEMERAL_ATTEMPTS = 20;

async function openPair(options: SocketTransportsOptions): Promise<readonly [UdpTransport, TcpTransport]> {
  const { addresses, port, clock = realClock, tcpLimits } = options;
  const udp = await UdpTransport.open(addresses, port, new LocalRoutes(clock));
  try {
    return [udp, await TcpTransport.open(addresses, udp.port, clock, { ...TCP_LIMITS, ...tcpLimits })];
  } catch (failure) {
    await udp.stop();
    throw failure;
  }
}

/**
 * Binds UDP and TCP on the same port of every address. Nothing is delivered before `start`.
 *
 * Throws `sip-port-taken`, `sip-port-forbidden` or `sip-address-unavailable`, each naming the setting to change.
 */
export async function openSocketTransports(options: SocketTransportsOptions): Promise<readonly SipTransport[]> {
  for (let attempt = 1; ; attempt++) {
    try {
      return await openPair(options);
    } catch (failure) {
      const isTaken = failure instanceof LandlineError && failure.code === 'sip-port-taken';
      if (!isTaken || options.port !== 0 || attempt === EPHEMERAL_ATTEMPTS) throw failure;
    }
  }
}
