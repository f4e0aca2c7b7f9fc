import { mkdtemp, rm, writeFile } from 'node:fs/promises';
import { tmpdir } from 'node:os';
import { join } from 'node:path';
import { afterEach, beforeEach, describe, expect, test } from 'vitest';
import { readSttModel, readTtsModel } from './manifest.ts';
import { starterSttFolder } from './starter.ts';

describe('a model manifest', () => {
  let folder: string;

  beforeEach(async () => {
    folder = await mkdtemp(join(tmpdir(), 'landline-model-'));
  });

  afterEach(() => rm(folder, { recursive: true }));

  const write = (name: string, content: unknown) =>
    writeFile(join(folder, name), typeof content === 'string' ? content : JSON.stringify(content));

  const voice = {
    id: 'amy',
    kind: 'tts',
    language: 'en-US',
    loader: 'vits',
    files: { model: 'amy.onnx', tokens: 'tokens.txt' },
  };

  test('of the starter recogniser is complete', async () => {
    const { manifest } = await readSttModel(starterSttFolder);
    expect(manifest).toMatchObject({ id: 'starter-stt-en', loader: 'nemoCtc', files: { graph: 'lm.fst' } });
    expect(manifest.trainedOn).toContain('synthetic');
  });

  test('that is not there says where it was looked for', async () => {
    await expect(readSttModel(folder)).rejects.toMatchObject({
      code: 'model-missing',
      message: expect.stringContaining(join(folder, 'manifest.json')),
    });
  });

  test('that is no JSON is broken', async () => {
    await write('manifest.json', '{"id":');
    await expect(readSttModel(folder)).rejects.toMatchObject({ code: 'model-broken' });
  });

  test('with several faults names all of them', async () => {
    await write('manifest.json', { ...voice, id: 'a b', language: '', files: { model: '../evil.onnx' }, extra: 1 });
    const failure = (await readTtsModel(folder).catch((error: unknown) => error)) as Error;
    for (const part of ['id:', 'language:', 'files.model:', 'files.tokens:', 'extra']) {
      expect(failure.message).toContain(part);
    }
  });

  test('whose files are missing or empty names all of them', async () => {
    await write('manifest.json', { ...voice, dataDir: '../espeak-ng-data' });
    await write('tokens.txt', '');
    await expect(readTtsModel(folder)).rejects.toMatchObject({
      code: 'model-missing',
      details: {
        problems: [
          'amy.onnx is missing',
          'tokens.txt is empty or not a file',
          'the folder ../espeak-ng-data is missing',
        ],
      },
    });
  });

  test('of a family that needs more files asks for them', async () => {
    const transducer = {
      id: 'zipformer',
      kind: 'stt',
      language: 'en',
      loader: 'transducer',
      featConfig: { sampleRate: 16_000, featureDim: 80 },
      files: { encoder: 'e.onnx', tokens: 'tokens.txt' },
    };
    await write('manifest.json', transducer);
    await expect(readSttModel(folder)).rejects.toMatchObject({
      details: { problems: [expect.stringContaining('files.decoder'), expect.stringContaining('files.joiner')] },
    });
  });
});
