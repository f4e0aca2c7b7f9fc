import { describe, expect, test } from 'vitest';
import { voiceConfig } from './voice-config.ts';

const voice = { id: 'voice', kind: 'tts' as const, language: 'en', speakers: [], defaultSpeaker: 0 };

describe('the configuration of a voice', () => {
  test('of piper, with the shared espeak data beside the model', () => {
    const files = { model: 'amy.onnx', tokens: 'tokens.txt' };
    const manifest = { ...voice, loader: 'vits', dataDir: '../espeak-ng-data', lengthScale: 1.1, files } as const;
    expect(voiceConfig({ folder: '/m/amy', manifest }, 2)).toEqual({
      model: {
        vits: {
          model: '/m/amy/amy.onnx',
          tokens: '/m/amy/tokens.txt',
          dataDir: '/m/espeak-ng-data',
          lengthScale: 1.1,
        },
        numThreads: 2,
        provider: 'cpu',
        debug: 0,
      },
      maxNumSentences: 1,
    });
  });

  test('of kokoro, kitten and matcha, each with its own files', () => {
    const dataDir = 'espeak-ng-data';
    const kokoro = { model: 'k.onnx', voices: 'voices.bin', tokens: 't.txt', lexicon: 'lexicon.txt' };
    expect(
      voiceConfig({ folder: '/m', manifest: { ...voice, loader: 'kokoro', dataDir, lang: 'en-us', files: kokoro } }, 1),
    ).toMatchObject({ model: { kokoro: { voices: '/m/voices.bin', lexicon: '/m/lexicon.txt', lang: 'en-us' } } });
    const kitten = { model: 'k.onnx', voices: 'voices.bin', tokens: 't.txt' };
    expect(
      voiceConfig({ folder: '/m', manifest: { ...voice, loader: 'kitten', dataDir, files: kitten } }, 1),
    ).toMatchObject({ model: { kitten: { model: '/m/k.onnx', dataDir: '/m/espeak-ng-data' } } });
    const matcha = { acousticModel: 'a.onnx', vocoder: 'v.onnx', tokens: 't.txt' };
    expect(voiceConfig({ folder: '/m', manifest: { ...voice, loader: 'matcha', files: matcha } }, 1)).toMatchObject({
      model: { matcha: { acousticModel: '/m/a.onnx', vocoder: '/m/v.onnx' } },
    });
  });
});
