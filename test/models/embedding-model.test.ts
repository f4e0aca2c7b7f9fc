import { mkdtemp, rm, writeFile } from 'node:fs/promises';
import { tmpdir } from 'node:os';
import { join } from 'node:path';
import { afterAll, beforeAll, describe, expect, test } from 'vitest';
import { silentLogger } from '../../server/log/logger.ts';
import { LlamaEmbedder } from '../../server/providers/embed/llama/llama-embedder.ts';
import { writeToyGguf } from '../fixtures/models/toy-gguf.ts';
import { KnowledgeHouse } from '../support/knowledge-house.ts';

describe('a GGUF embedding model in its own process', () => {
  let folder: string;
  let embedder: LlamaEmbedder;

  beforeAll(async () => {
    folder = await mkdtemp(join(tmpdir(), 'landline-embedder-'));
    await writeToyGguf(join(folder, 'toy-embedder.gguf'));
    embedder = new LlamaEmbedder(join(folder, 'toy-embedder.gguf'), silentLogger);
    await embedder.start();
  });

  afterAll(async () => {
    await embedder.close();
    await rm(folder, { recursive: true });
  });

  test('gives unit vectors of 384 numbers, the same for the same text', async () => {
    const [first, second, again] = await embedder.embed(['one text', 'quite another', 'one text'], 'passage');
    expect(first).toHaveLength(384);
    expect(Math.hypot(...(first ?? []))).toBeCloseTo(1, 5);
    expect(again).toEqual(first);
    expect(second).not.toEqual(first);
  });

  test('a text longer than its memory is cut', async () => {
    const [vector] = await embedder.embed(['many words '.repeat(2_000)], 'question');
    expect(Math.hypot(...(vector ?? []))).toBeCloseTo(1, 5);
  });

  test('files are indexed with it, and its name stands beside them', async () => {
    const house = await KnowledgeHouse.open({ embedder });
    const file = await house.upload('Handbook.txt', 'Refunds are paid within fourteen days.');
    expect(await house.settled(file.id)).toMatchObject({ status: 'ready', embeddingModel: 'toy-embedder' });
    // Its weights are random, so distances say nothing; that it was asked and compared is what counts.
    expect(await house.semantic('refunds', { threshold: 2 })).toMatchObject([{ fileId: file.id }]);
  });

  test('after its process died, it answers again', async () => {
    const [before] = await embedder.embed(['one text'], 'passage');
    process.kill(embedder.pid ?? 0, 'SIGKILL');
    await expect
      .poll(() => embedder.embed(['one text'], 'passage').catch(() => []), { timeout: 30_000 })
      .toEqual([before]);
  });

  test('a missing or broken file is named', async () => {
    const missing = new LlamaEmbedder(join(folder, 'none.gguf'), silentLogger);
    await expect(missing.start()).rejects.toMatchObject({
      code: 'model-missing',
      message: expect.stringContaining('embedding model') as string,
    });
    await writeFile(join(folder, 'text.gguf'), 'no model');
    await expect(new LlamaEmbedder(join(folder, 'text.gguf'), silentLogger).start()).rejects.toMatchObject({
      code: 'model-broken',
    });
  });
});
