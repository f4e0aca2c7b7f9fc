import type { LineCodec } from '../../contract/media-session.ts';
import type { Decoder, Encoder } from './codec.ts';
import { aLaw, G711Codec, muLaw } from './g711.ts';
import { G722Decoder, G722Encoder } from './g722.ts';
import { L16Codec } from './l16.ts';

const makers: Readonly<Record<LineCodec, { decoder(): Decoder; encoder(): Encoder }>> = {
  PCMU: { decoder: () => new G711Codec(muLaw), encoder: () => new G711Codec(muLaw) },
  PCMA: { decoder: () => new G711Codec(aLaw), encoder: () => new G711Codec(aLaw) },
  G722: { decoder: () => new G722Decoder(), encoder: () => new G722Encoder() },
  L16: { decoder: () => new L16Codec(), encoder: () => new L16Codec() },
};

export function createDecoder(codec: LineCodec): Decoder {
  return makers[codec].decoder();
}

export function createEncoder(codec: LineCodec): Encoder {
  return makers[codec].encoder();
}
