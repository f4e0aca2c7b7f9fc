import type { CodecName } from '../../contract/media-session.ts';
import type { Decoder, Encoder } from './codec.ts';
import { aLaw, G711Codec, muLaw } from './g711.ts';
import { G722Decoder, G722Encoder } from './g722.ts';

const makers: Readonly<Record<CodecName, { decoder(): Decoder; encoder(): Encoder }>> = {
  PCMU: { decoder: () => new G711Codec(muLaw), encoder: () => new G711Codec(muLaw) },
  PCMA: { decoder: () => new G711Codec(aLaw), encoder: () => new G711Codec(aLaw) },
  G722: { decoder: () => new G722Decoder(), encoder: () => new G722Encoder() },
};

export function createDecoder(codec: CodecName): Decoder {
  return makers[codec].decoder();
}

export function createEncoder(codec: CodecName): Encoder {
  return makers[codec].encoder();
}
