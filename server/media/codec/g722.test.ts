import { crc32 } from 'node:zlib';
import { expect, test } from 'vitest';
import { levelAtDb, tone, toneIn } from '../testing/signals.ts';
import { G722Decoder, G722Encoder } from './g722.ts';

/** Half a second of integer arithmetic only, so that it is the same everywhere: a swelling triangle and noise. */
function testSignal(): Int16Array {
  let state = 7;
  return Int16Array.from({ length: 8_000 }, (_, i) => {
    state = (Math.imul(state, 1_664_525) + 1_013_904_223) >>> 0;
    const triangle = Math.abs(((i * 37) % 1_024) - 512) - 256;
    return ((triangle * (i % 4_000)) >> 6) + (state >>> 20) - 2_048;
  });
}

function encode(samples: Int16Array): Uint8Array {
  const payload = new Uint8Array(samples.length / 2);
  const encoder = new G722Encoder();
  for (let at = 0; at < samples.length; at += 320) encoder.encode(samples.subarray(at, at + 320), payload, at / 2);
  return payload;
}

function decode(payload: Uint8Array): Int16Array {
  const samples = new Int16Array(payload.length * 2);
  new G722Decoder().decode(payload, samples);
  return samples;
}

function checksum(array: Uint8Array | Int16Array): number {
  return crc32(new Uint8Array(array.buffer, array.byteOffset, array.byteLength));
}

/** Checksums of what FFmpeg made of the same signal. */
test('the bytes and the samples are those of another implementation, bit for bit', () => {
  const signal = testSignal();
  expect(checksum(signal)).toBe(592_106_679);
  const coded = encode(signal);
  expect(checksum(coded)).toBe(4_116_144_854);
  expect(checksum(decode(coded))).toBe(2_134_428_486);
});

test('a tone above the telephone band comes through', () => {
  const heard = decode(encode(tone(6_000, 200, 16_000)));
  expect(toneIn(heard.subarray(800), [2_000, 4_000, 6_000], 16_000)).toBe(6_000);
  expect(levelAtDb(heard.subarray(800), 6_000, 16_000)).toBeGreaterThan(-18);
});

test('a frame that is taken back leaves no trace', () => {
  const signal = testSignal();
  const encoder = new G722Encoder();
  const [taken, kept] = [new Uint8Array(160), new Uint8Array(160)];
  encoder.encode(signal.subarray(0, 320), taken, 0);
  encoder.encode(signal.subarray(4_000, 4_320), taken, 0);
  encoder.undo();
  encoder.encode(signal.subarray(320, 640), kept, 0);
  expect(kept).toEqual(encode(signal.subarray(0, 640)).subarray(160));
});
