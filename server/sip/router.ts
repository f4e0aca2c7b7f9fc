import { lookup, Resolver } from 'node:dns/promises';
import { isIP } from 'node:net';
import type { Clock } from '../lifetime/clock.ts';
import type { Destination, Hop, Router, Way } from './dialog/next-hop.ts';
import type { SipTransport } from './transport/sip-transport.ts';
import type { Flow, Target } from './txn/transaction-layer.ts';

/** Looks names up; the default asks SRV records where no port is given, then addresses (RFC 3263 4.2). */
export type NameLookup = (hop: Hop) => Promise<readonly Target[]>;

const DEFAULT_PORT = 5060;
const CACHE_MS = 30_000;
const CACHE_LIMIT = 1_024;

/** SRV then A and AAAA, in the order in which they should be tried. Empty when the name is unknown. */
export async function lookupInDns({ host, port, transport }: Hop): Promise<readonly Target[]> {
  if (port === undefined) {
    const services = await new Resolver({ timeout: 2_000, tries: 1 })
      .resolveSrv(`_sip._${transport}.${host}`)
      .catch(() => []);
    const ordered = services.toSorted((a, b) => a.priority - b.priority || b.weight - a.weight);
    const found: Target[] = [];
    for (const { name, port } of ordered) {
      for (const { address } of await addressesOf(name)) found.push({ transport, address, port });
    }
    if (found.length > 0) return found;
  }
  return (await addressesOf(host)).map(({ address }) => ({ transport, address, port: port ?? DEFAULT_PORT }));
}

function addressesOf(host: string): Promise<readonly { readonly address: string }[]> {
  return lookup(host, { all: true, order: 'ipv4first' }).catch(() => []);
}

/** Ways over the core's transports. Names are remembered for 30 s, at most 1,024 of them. */
export class TransportRouter implements Router {
  readonly #transports: readonly SipTransport[];
  readonly #clock: Clock;
  readonly #lookUp: NameLookup;
  readonly #known = new Map<string, { readonly targets: readonly Target[]; readonly untilMs: number }>();

  constructor(transports: readonly SipTransport[], clock: Clock, lookUp: NameLookup = lookupInDns) {
    this.#transports = transports;
    this.#clock = clock;
    this.#lookUp = lookUp;
  }

  get home(): { readonly address: string; readonly port: number } {
    const [first] = this.#transports;
    const address = first?.addresses[0] ?? '127.0.0.1';
    return {
      address: address === '0.0.0.0' || address === '::' ? '127.0.0.1' : address,
      port: first?.port ?? DEFAULT_PORT,
    };
  }

  find(destination: Destination, found: (way: Way | undefined) => void): void {
    const targets = 'host' in destination ? literalTargets(destination) : destination;
    if (targets !== undefined) {
      this.#firstWay(targets, found);
      return;
    }
    this.#targetsOf(destination as Hop).then(
      (looked) => this.#firstWay(looked, found),
      () => found(undefined),
    );
  }

  #flowTo(target: Target): Flow | Promise<Flow> | undefined {
    return this.#transports.find(({ name }) => name === target.transport)?.flowTo(target);
  }

  /** The first target that can be reached at all; over UDP that is the first one. */
  #firstWay([target, ...others]: readonly Target[], found: (way: Way | undefined) => void): void {
    if (target === undefined) {
      found(undefined);
      return;
    }
    const flow = this.#flowTo(target);
    if (flow instanceof Promise) {
      flow.then(
        (ready) => found({ target, flow: ready }),
        () => this.#firstWay(others, found),
      );
    } else if (flow === undefined) this.#firstWay(others, found);
    else found({ target, flow });
  }

  async #targetsOf(hop: Hop): Promise<readonly Target[]> {
    const key = `${hop.transport}|${hop.host.toLowerCase()}|${hop.port ?? ''}`;
    const known = this.#known.get(key);
    if (known !== undefined && known.untilMs > this.#clock.now()) return known.targets;
    const targets = await this.#lookUp(hop);
    this.#known.delete(key);
    if (targets.length > 0) this.#known.set(key, { targets, untilMs: this.#clock.now() + CACHE_MS });
    if (this.#known.size > CACHE_LIMIT) {
      const [oldest] = this.#known.keys();
      if (oldest !== undefined) this.#known.delete(oldest);
    }
    return targets;
  }
}

/** The target of a hop that names an address; undefined when it must be looked up. */
function literalTargets({ transport, host, port }: Hop): readonly Target[] | undefined {
  const address = host.toLowerCase() === 'localhost' ? '127.0.0.1' : host;
  return isIP(address) === 0 ? undefined : [{ transport, address, port: port ?? DEFAULT_PORT }];
}
