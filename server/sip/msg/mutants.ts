import { INVALID } from './torture-invalid.ts';
import { VALID } from './torture-valid.ts';

/** Small deterministic generator (mulberry32), so that a failing case can be had again by its seed. */
export function generator(seed: number): (below: number) => number {
  let state = seed;
  return (below) => {
    state = (state + 0x6d2b79f5) | 0;
    let mixed = Math.imul(state ^ (state >>> 15), 1 | state);
    mixed = (mixed + Math.imul(mixed ^ (mixed >>> 7), 61 | mixed)) ^ mixed;
    return ((mixed ^ (mixed >>> 14)) >>> 0) % below;
  };
}

export type Random = ReturnType<typeof generator>;

const CORPUS: readonly Buffer[] = [
  ...VALID.map(({ bytes, lines }) => bytes ?? Buffer.from(lines.join('\r\n'))),
  ...INVALID.filter(({ text }) => text.length < 4096).map(({ text }) => Buffer.from(text)),
];

const SPICE = [
  '\r\n',
  '\r\n ',
  ',',
  ';',
  '"',
  '<',
  '>',
  '\\',
  '%',
  '=',
  ':',
  '@',
  '[',
  ']',
  ' ',
  '\t',
  '\0',
  '\n',
  '\u00fc',
  '9',
];

export const pick = <T>(from: readonly T[], random: Random): T => from[random(from.length)] as T;

/** Removes, repeats, replaces or inserts a few bytes, or grafts a piece of another message. */
function mutate(bytes: Buffer, random: Random): Buffer {
  const at = random(bytes.length + 1);
  const to = Math.min(bytes.length, at + random(random(8) === 0 ? 400 : 12));
  const [before, piece, after] = [bytes.subarray(0, at), bytes.subarray(at, to), bytes.subarray(to)];
  switch (random(5)) {
    case 0:
      return Buffer.concat([before, after]);
    case 1:
      return Buffer.concat([before, piece, piece, piece, after]);
    case 2:
      return Buffer.concat([before, Buffer.from([random(256)]), bytes.subarray(at + 1)]);
    case 3:
      return Buffer.concat([before, Buffer.from(pick(SPICE, random).repeat(1 + random(4))), bytes.subarray(at)]);
    default: {
      const donor = pick(CORPUS, random);
      const start = random(donor.length + 1);
      return Buffer.concat([before, donor.subarray(start, start + random(120)), after]);
    }
  }
}

/** A torture message with one to four mutations, the same for the same seed. */
export function mutant(seed: number): Buffer {
  const random = generator(seed);
  let bytes = random(4) === 0 ? pick(CORPUS, random) : (CORPUS[random(VALID.length)] as Buffer);
  for (let rounds = 1 + random(4); rounds > 0; rounds--) bytes = mutate(bytes, random);
  return bytes;
}
