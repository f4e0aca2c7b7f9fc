import { expect, test } from 'vitest';
import { seededRandom } from '../testing/random.ts';
import { isRtcp, parseRtp, rtpHeaderBytes, writeRtpHeader } from './rtp-packet.ts';

function packet(payload: readonly number[]): Buffer {
  const bytes = Buffer.concat([Buffer.alloc(rtpHeaderBytes), Buffer.from(payload)]);
  writeRtpHeader(bytes, { marker: true, payloadType: 8, sequence: 65_535, timestamp: 0xffff_ffff, ssrc: 0xdead_beef });
  return bytes;
}

test('a header that was written is read back', () => {
  expect(parseRtp(packet([1, 2, 3]))).toEqual({
    marker: true,
    payloadType: 8,
    sequence: 65_535,
    timestamp: 0xffff_ffff,
    ssrc: 0xdead_beef,
    payload: Buffer.from([1, 2, 3]),
  });
});

test('contributing sources, header extension and padding are left out of the payload', () => {
  const bytes = packet([0, 0, 0, 0, 0xbe, 0xde, 0, 1, 9, 9, 9, 9, 5, 6, 0, 2]);
  bytes[0] = 0x80 | 0x20 | 0x10 | 1;
  expect(parseRtp(bytes)?.payload).toEqual(Buffer.from([5, 6]));
});

test.each([
  ['too short', (bytes: Buffer) => bytes.subarray(0, 11)],
  ['wrong version', (bytes: Buffer) => bytes.fill(0x40, 0, 1)],
  ['more contributing sources than bytes', (bytes: Buffer) => bytes.fill(0x8f, 0, 1)],
  ['an extension without its header', (bytes: Buffer) => bytes.fill(0x90, 0, 1).subarray(0, 14)],
  ['an extension longer than the packet', (bytes: Buffer) => Buffer.concat([bytes.fill(0x90, 0, 1), Buffer.alloc(4)])],
  ['padding longer than the packet', (bytes: Buffer) => bytes.fill(0xa0, 0, 1).fill(200, bytes.length - 1)],
  ['padding of no length', (bytes: Buffer) => bytes.fill(0xa0, 0, 1).fill(0, bytes.length - 1)],
])('a packet with %s is refused', (_what, spoil) => {
  expect(parseRtp(spoil(packet([1, 0xff, 0xff, 0xff])))).toBeUndefined();
});

test('random bytes are refused or read inside their bounds, never thrown at', () => {
  const random = seededRandom(3);
  for (let i = 0; i < 20_000; i++) {
    const bytes = Buffer.from(Array.from({ length: Math.floor(random() * 60) }, () => Math.floor(random() * 256)));
    const parsed = parseRtp(bytes);
    if (parsed) expect(parsed.payload.length).toBeLessThanOrEqual(bytes.length - rtpHeaderBytes);
  }
});

test('a report on the audio port is told from audio', () => {
  expect(isRtcp(Buffer.from([0x80, 200, 0, 6]))).toBe(true);
  expect(isRtcp(packet([1]))).toBe(false);
});
