import { describe, expect, test } from 'vitest';
import type { SttManifest } from '../../../../models/manifest.ts';
import { recognizerConfig } from './recognizer-config.ts';

const streaming = {
  id: 'model',
  kind: 'stt',
  language: 'en',
  featConfig: { sampleRate: 16_000, featureDim: 80 },
  decodingMethod: 'greedy_search',
  frameScale: 1,
  chunkMs: 320,
  lookaheadMs: 160,
} as const;

const config = (manifest: SttManifest) => recognizerConfig({ folder: '/m', manifest });

describe('the configuration of the streaming engine', () => {
  test('of a CTC model with a decoding graph', () => {
    const files = { model: 'a.onnx', tokens: 'tokens.txt', graph: 'lm.fst' };
    expect(config({ ...streaming, loader: 'nemoCtc', maxActive: 3_000, files })).toMatchObject({
      featConfig: { sampleRate: 16_000, featureDim: 80 },
      modelConfig: { nemoCtc: { model: '/m/a.onnx' }, tokens: '/m/tokens.txt', numThreads: 1, provider: 'cpu' },
      enableEndpoint: false,
      ctcFstDecoderConfig: { graph: '/m/lm.fst', maxActive: 3_000 },
    });
  });

  test('of a CTC model without one', () => {
    const files = { model: 'a.onnx', tokens: 'tokens.txt' };
    const made = config({ ...streaming, loader: 'zipformer2Ctc', maxActive: 3_000, files });
    expect(made).toMatchObject({ modelConfig: { zipformer2Ctc: { model: '/m/a.onnx' } } });
    expect(made).not.toHaveProperty('ctcFstDecoderConfig');
    expect(config({ ...streaming, loader: 'toneCtc', files })).toMatchObject({
      modelConfig: { toneCtc: { model: '/m/a.onnx' } },
    });
  });

  test('of a transducer, with the family named where the engine cannot tell it', () => {
    const files = { encoder: 'e.onnx', decoder: 'd.onnx', joiner: 'j.onnx', tokens: 't.txt' };
    expect(config({ ...streaming, loader: 'transducer', modelType: 'NeMo', maxActivePaths: 8, files })).toMatchObject({
      modelConfig: {
        transducer: { encoder: '/m/e.onnx', decoder: '/m/d.onnx', joiner: '/m/j.onnx' },
        modelType: 'NeMo',
      },
      maxActivePaths: 8,
    });
  });

  test('of a paraformer', () => {
    const files = { encoder: 'e.onnx', decoder: 'd.onnx', tokens: 't.txt' };
    expect(config({ ...streaming, loader: 'paraformer', files })).toMatchObject({
      modelConfig: { paraformer: { encoder: '/m/e.onnx', decoder: '/m/d.onnx' } },
    });
  });
});
