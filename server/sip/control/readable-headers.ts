import { formatNameAddr, parseNameAddr } from '../msg/name-addr.ts';

const ADDRESSES: ReadonlySet<string> = new Set(['From', 'To', 'Contact']);
/** What drachtio-srf can read: a quoted display name, one of plain ASCII tokens, or none. */
const READABLE = /^(?:"|<|[\w\-.!%*+`'~\s]*<|[^<]*$)/;

/**
 * A header value as the client's parser can read it. Phones send display names like `Jürgen` without the quotes they
 * need; the client would take such a name for the address and lose the tag.
 */
export function readableValue(name: string, value: string): string {
  if (!ADDRESSES.has(name) || READABLE.test(value)) return value;
  const address = parseNameAddr(value);
  return address === undefined ? value : formatNameAddr(address);
}
