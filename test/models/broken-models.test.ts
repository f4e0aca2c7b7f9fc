import { cp, mkdtemp, readFile, rm, writeFile } from 'node:fs/promises';
import { tmpdir } from 'node:os';
import { join } from 'node:path';
import { afterEach, beforeEach, describe, expect, test } from 'vitest';
import { starterSttFolder, starterVadFolder } from '../../models/starter.ts';
import { silentLogger } from '../../server/log/logger.ts';
import { probeSpeech } from '../../server/providers/host/probe.ts';
import { SpeechClient } from '../../server/providers/host/speech-client.ts';
import type { SpeechSettings } from '../../server/providers/registry.ts';
import { writeToyRecognizer } from '../fixtures/models/toy-recognizer.ts';
import { writeToyVoice } from '../fixtures/models/toy-voice.ts';

describe('a broken model is found before it can hurt a call', () => {
  let folder: string;
  let settings: SpeechSettings;

  beforeEach(async () => {
    folder = await mkdtemp(join(tmpdir(), 'landline-broken-'));
    await cp(starterSttFolder, folder, { recursive: true });
    settings = { stt: { folder }, tts: { kind: 'flite' } };
  });

  afterEach(() => rm(folder, { recursive: true }));

  const cut = async (name: string, bytes: number) =>
    writeFile(join(folder, name), (await readFile(join(folder, name))).subarray(0, bytes));

  const change = async (name: string, from: string, to: string) =>
    writeFile(join(folder, name), (await readFile(join(folder, name), 'utf8')).replace(from, to));

  async function problem(): Promise<{ code: string; message: string; details: { file?: string } }> {
    const failure: unknown = await probeSpeech(settings).then(
      () => 'no failure',
      (error: unknown) => error,
    );
    return failure as { code: string; message: string; details: { file?: string } };
  }

  test('the starter model itself has nothing wrong', async () => {
    expect(await probeSpeech(settings)).toBeUndefined();
  });

  test('a missing file is named without starting anything', async () => {
    await rm(join(folder, 'model.onnx'));
    expect(await problem()).toMatchObject({ code: 'model-missing', message: expect.stringContaining('model.onnx') });
  });

  test('a network that is cut short', async () => {
    await cut('model.onnx', 2_000_000);
    const { code, message, details } = await problem();
    expect(code).toBe('model-broken');
    expect(details.file).toBe(join(folder, 'model.onnx'));
    expect(message).toMatch(/cut short.*Copy the file again/);
  });

  test('a network of another kind', async () => {
    await cp(join(starterVadFolder, 'vad.onnx'), join(folder, 'model.onnx'));
    expect(await problem()).toMatchObject({
      code: 'model-broken',
      message: expect.stringMatching(/model\.onnx: it lacks the metadata "window_size"/),
    });
  });

  test('a token list without a blank', async () => {
    await change('tokens.txt', '<blk>', '<foo>');
    expect(await problem()).toMatchObject({
      code: 'model-broken',
      message: expect.stringMatching(/tokens\.txt.*blank/),
    });
  });

  test('a token list with a hole', async () => {
    await change('tokens.txt', ' 100\n', ' 99\n');
    expect(await problem()).toMatchObject({
      code: 'model-broken',
      message: expect.stringMatching(/tokens\.txt.*near entry 100/),
    });
  });

  test('a decoding graph that is cut short', async () => {
    await cut('lm.fst', 3_000_000);
    expect(await problem()).toMatchObject({
      code: 'model-broken',
      message: expect.stringMatching(/lm\.fst.*cut short/),
    });
  });

  test('a manifest that promises other features than the network takes', async () => {
    await change('manifest.json', '"featureDim": 40', '"featureDim": 80');
    expect(await problem()).toMatchObject({ code: 'model-broken', message: expect.stringContaining('40 channels') });
  });

  test('the appliance says so instead of starting', async () => {
    await cut('model.onnx', 2_000_000);
    const client = new SpeechClient({ settings, logger: silentLogger });
    await expect(client.start()).rejects.toMatchObject({ code: 'model-broken' });
    expect(client.pid).toBeUndefined();
  });

  test('any other recogniser and voice pass by configuration alone', async () => {
    const other = join(folder, 'other');
    const voice = join(folder, 'voice');
    await writeToyRecognizer(other);
    await writeToyVoice(voice);
    expect(await probeSpeech({ stt: { folder: other }, tts: { kind: 'sherpa', folder: voice } })).toBeUndefined();
  });

  test('a voice that is cut short', async () => {
    const voice = join(folder, 'voice');
    await writeToyVoice(voice);
    await writeFile(join(voice, 'model.onnx'), (await readFile(join(voice, 'model.onnx'))).subarray(0, 5_000));
    settings = { ...settings, tts: { kind: 'sherpa', folder: voice } };
    const { code, details } = await problem();
    expect(code).toBe('model-broken');
    expect(details.file).toBe(join(voice, 'model.onnx'));
  });
});
