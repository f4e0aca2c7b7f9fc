import { BlockList, isIP } from 'node:net';
import type { NetworkInterfaceInfo } from 'node:os';

/** Address ranges that are never routed on the public internet (RFC 1918, 3927, 4193, 4291 2.5.6, 6598). */
const PRIVATE_RANGES = [
  '10.0.0.0/8',
  '172.16.0.0/12',
  '192.168.0.0/16',
  '169.254.0.0/16',
  '100.64.0.0/10',
  'fc00::/7',
  'fe80::/10',
] as const;

/** An address in one spelling: no zone, no IPv4-mapped prefix, lower case. Undefined for anything but an address. */
export function normalizeAddress(address: string): string | undefined {
  const zone = address.indexOf('%');
  const bare = (zone === -1 ? address : address.slice(0, zone)).toLowerCase();
  const plain = bare.startsWith('::ffff:') && isIP(bare.slice(7)) === 4 ? bare.slice(7) : bare;
  return isIP(plain) === 0 ? undefined : plain;
}

/** A set of networks, each written as an address or as `address/prefix length`. */
export class NetworkSet {
  readonly #list = new BlockList();

  /** Throws a RangeError that names the entry when it is neither address nor network. */
  constructor(networks: Iterable<string>) {
    for (const network of networks) this.#add(network);
  }

  has(address: string): boolean {
    const family = isIP(address);
    return family !== 0 && this.#list.check(address, family === 6 ? 'ipv6' : 'ipv4');
  }

  #add(network: string): void {
    const [written = '', prefix, ...more] = network.split('/');
    const address = normalizeAddress(written);
    const longest = address !== undefined && isIP(address) === 6 ? 128 : 32;
    const bits = prefix === undefined ? longest : Number(prefix);
    const valid = address !== undefined && more.length === 0 && prefix !== '' && Number.isInteger(bits);
    if (!valid || bits < 0 || bits > longest) {
      throw new RangeError(`"${network}" is not an IP address or network (write it like 192.0.2.7 or 192.0.2.0/24)`);
    }
    this.#list.addSubnet(address, bits, longest === 128 ? 'ipv6' : 'ipv4');
  }
}

const privateRanges = new NetworkSet(PRIVATE_RANGES);
const loopbackRanges = new NetworkSet(['127.0.0.0/8', '::1']);

export function isLoopback(address: string): boolean {
  return loopbackRanges.has(address);
}

export function isPrivate(address: string): boolean {
  return privateRanges.has(address);
}

/** The private networks this machine itself has an address in, as `address/prefix length`. */
export function attachedPrivateNetworks(
  interfaces: Readonly<Record<string, readonly NetworkInterfaceInfo[] | undefined>>,
): string[] {
  const networks = new Set<string>();
  for (const addresses of Object.values(interfaces)) {
    for (const { internal, address, cidr } of addresses ?? []) {
      const plain = normalizeAddress(address);
      if (!internal && cidr !== null && plain !== undefined && isPrivate(plain)) networks.add(cidr);
    }
  }
  return [...networks];
}
