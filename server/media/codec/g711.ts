import type { Decoder, Encoder } from './codec.ts';

/** The two tables of a law: 256 codes to samples, and every 16-bit sample (as unsigned index) to its nearest code. */
export interface CompandingLaw {
  readonly samples: Int16Array;
  readonly codes: Uint8Array;
}

function muLawSample(code: number): number {
  const inverted = ~code & 0xff;
  const magnitude = ((((inverted & 0x0f) << 3) + 0x84) << ((inverted >> 4) & 7)) - 0x84;
  return (inverted & 0x80) === 0 ? magnitude : -magnitude;
}

function aLawSample(code: number): number {
  const even = code ^ 0x55;
  const segment = (even >> 4) & 7;
  const step = ((even & 0x0f) << 4) + 8;
  const magnitude = segment === 0 ? step : (step + 0x100) << (segment - 1);
  return (even & 0x80) === 0 ? -magnitude : magnitude;
}

function buildLaw(sampleOf: (code: number) => number, unusedCode?: number): CompandingLaw {
  const samples = Int16Array.from({ length: 256 }, (_, code) => sampleOf(code));
  const ladder = [...samples.keys()].filter((code) => code !== unusedCode).sort((a, b) => sampleOf(a) - sampleOf(b));
  const codes = new Uint8Array(65_536);
  let rung = 0;
  for (let sample = -32_768; sample <= 32_767; sample++) {
    while (rung + 1 < ladder.length && isNearer(ladder[rung + 1], ladder[rung], sample)) rung++;
    codes[sample & 0xffff] = ladder[rung] ?? 0;
  }
  return { samples, codes };

  function isNearer(candidate: number | undefined, present: number | undefined, sample: number): boolean {
    return Math.abs((samples[candidate ?? 0] ?? 0) - sample) < Math.abs((samples[present ?? 0] ?? 0) - sample);
  }
}

/** G.711 µ-law. Code 0x7f (a second zero) is understood but never sent. */
export const muLaw: CompandingLaw = buildLaw(muLawSample, 0x7f);
/** G.711 A-law. */
export const aLaw: CompandingLaw = buildLaw(aLawSample);

/** Both directions of a G.711 law; stateless. */
export class G711Codec implements Decoder, Encoder {
  readonly #law: CompandingLaw;

  constructor(law: CompandingLaw) {
    this.#law = law;
  }

  decode(payload: Uint8Array, samples: Int16Array): number {
    const table = this.#law.samples;
    for (let i = 0; i < payload.length; i++) samples[i] = table[payload[i] ?? 0] ?? 0;
    return payload.length;
  }

  encode(samples: Int16Array, payload: Uint8Array, offset: number): number {
    const table = this.#law.codes;
    for (let i = 0; i < samples.length; i++) payload[offset + i] = table[(samples[i] ?? 0) & 0xffff] ?? 0;
    return samples.length;
  }

  undo(): void {
    // Nothing to take back: each sample is coded by itself.
  }
}
