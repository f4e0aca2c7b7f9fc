import { randomBytes } from 'node:crypto';

/**
 * A UUID (version 7, RFC 9562) for the number at this position of a list: time first, then the position, then 50 random
 * bits. Ids in the order of writing keep the rows of one bite on a few pages of the index; random ones touch a page each.
 */
export function memberId(nowMs: number, position: number): string {
  const bytes = randomBytes(16);
  bytes.writeUIntBE(nowMs, 0, 6);
  bytes.writeUInt16BE(0x7000 | ((position >>> 12) & 0xfff), 6);
  bytes.writeUInt16BE(0x8000 | ((position & 0xfff) << 2) | ((bytes[9] ?? 0) & 3), 8);
  const text = bytes.toString('hex');
  return [text.slice(0, 8), text.slice(8, 12), text.slice(12, 16), text.slice(16, 20), text.slice(20)].join('-');
}
