import { crc32 } from 'node:zlib';
import { expect, test } from 'vitest';
import { aLaw, G711Codec, muLaw } from './g711.ts';

/** Checksums of all 256 codes decoded by FFmpeg to s16le. */
test.each([
  ['µ-law', muLaw, 210_008_735],
  ['A-law', aLaw, 2_641_774_167],
] as const)('%s decodes all 256 codes as another implementation does', (_name, law, checksum) => {
  expect(crc32(new Uint8Array(law.samples.buffer))).toBe(checksum);
});

test.each([
  ['µ-law', muLaw],
  ['A-law', aLaw],
] as const)('%s gives every code back, and every sample its nearest code', (_name, law) => {
  for (let code = 0; code < 256; code++) {
    const sample = law.samples[code] ?? 0;
    expect(law.samples[law.codes[sample & 0xffff] ?? 0]).toBe(sample);
  }
  for (let sample = -32_768; sample <= 32_767; sample += 13) {
    const coded = law.samples[law.codes[sample & 0xffff] ?? 0] ?? 0;
    const nearest = Math.min(...Array.from(law.samples, (candidate) => Math.abs(candidate - sample)));
    expect(Math.abs(coded - sample)).toBe(nearest);
  }
});

test('silence is sent as the usual code', () => {
  const payload = new Uint8Array(3);
  new G711Codec(muLaw).encode(new Int16Array(2), payload, 1);
  expect([...payload]).toEqual([0, 0xff, 0xff]);
});
