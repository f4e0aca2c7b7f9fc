import { isIP } from 'node:net';
import ipaddr from 'ipaddr.js';

/** Kinds of addresses, as far as they matter for what the house may connect to. */
export type AddressKind = 'private' | 'loopback' | 'link-local' | 'metadata' | 'public';

/** Where clouds serve credentials to whoever asks; the link-local ones are refused as such already. */
const metadataAddresses: ReadonlySet<string> = new Set(['169.254.169.254', 'fd00:ec2::254', '100.100.100.200']);

/** RFC 1918 and RFC 4193 are private; an IPv4 address in IPv6 clothes (RFC 4291, 2.5.5.2) is judged by what it is. */
export function addressKind(address: string): AddressKind {
  const plain = ipaddr.process(address.replace(/%.*$/, ''));
  if (metadataAddresses.has(plain.toString())) return 'metadata';
  const range = plain.range();
  if (range === 'private' || range === 'uniqueLocal') return 'private';
  if (range === 'loopback' || range === 'unspecified') return 'loopback';
  if (range === 'linkLocal') return 'link-local';
  return 'public';
}

export type EgressVerdict = { readonly ok: true } | { readonly ok: false; readonly why: string };

/**
 * Where tools, webhooks and MCP servers may be. By default only private addresses of the local network. A host that
 * the admin lists may also be a public one; loopback, link-local and metadata addresses must be listed as such, or be
 * reached as the listed name `localhost`: whoever answers for a name must not be able to point it at the inside.
 */
export class EgressRules {
  readonly #listed: ReadonlySet<string>;

  constructor(allow: readonly string[]) {
    this.#listed = new Set(allow.map(plainHost));
  }

  /** Whether the admin listed this host. */
  isListed(host: string): boolean {
    return this.#listed.has(plainHost(host));
  }

  /** Whether `host`, which is `address`, may be connected to. */
  judge(host: string, address: string): EgressVerdict {
    const kind = addressKind(address);
    const listed = this.isListed(host);
    if (kind === 'private' || this.isListed(address)) return { ok: true };
    if (listed && (kind === 'public' || (kind === 'loopback' && plainHost(host) === 'localhost'))) return { ok: true };
    const name = plainHost(host) === plainHost(address) ? address : `${host} (${address})`;
    const mend = kind === 'public' ? plainHost(host) : plainHost(address);
    return { ok: false, why: `${name} is a ${kind} address: an admin has to list ${mend} under egress.allow first.` };
  }
}

/** Lower case, without the brackets of IPv6 or the dot of the root; addresses in their shortest form. */
function plainHost(host: string): string {
  const bare = host
    .toLowerCase()
    .replace(/^\[|\]$/g, '')
    .replace(/\.$/, '');
  return isIP(bare) === 0 ? bare : ipaddr.process(bare.replace(/%.*$/, '')).toString();
}
