import { mkdtemp, readFile, rm, writeFile } from 'node:fs/promises';
import { tmpdir } from 'node:os';
import { join } from 'node:path';
import { afterAll, beforeAll, describe, expect, test } from 'vitest';
import { silentLogger } from '../../server/log/logger.ts';
import type { LlmRequest } from '../../server/providers/kinds/llm.ts';
import { LlamaLlm } from '../../server/providers/llm/llama/llama-llm.ts';
import { writeToyGguf } from '../fixtures/models/toy-gguf.ts';
import { bareRequest } from '../support/bare-request.ts';

const never = new AbortController().signal;

const request: LlmRequest = {
  ...bareRequest,
  systemPrompt: 'You are the front desk of a clinic.',
  knowledge: 'The clinic opens at nine.',
  history: [{ role: 'caller', text: 'When do you open?' }],
  occasion: { kind: 'caller-turn', text: 'When do you open?' },
};

describe('a GGUF language model in its own process', () => {
  let folder: string;
  let file: string;
  let llm: LlamaLlm;

  beforeAll(async () => {
    folder = await mkdtemp(join(tmpdir(), 'landline-llm-'));
    file = join(folder, 'toy.gguf');
    await writeToyGguf(file);
    llm = new LlamaLlm({ file, sequences: 2, contextTokens: 4_096, maxAnswerTokens: 60 }, silentLogger);
    await llm.start();
  });

  afterAll(async () => {
    await llm.close();
    await rm(folder, { recursive: true });
  });

  async function answer(callId: string): Promise<string[]> {
    const texts: string[] = [];
    for await (const event of llm.respond({ ...request, callId }, never))
      if (event.kind === 'text') texts.push(event.text);
    return texts;
  }

  test('is named after its file', () => expect(llm.name).toBe('toy'));

  test('streams its answer piece by piece', async () => {
    const texts = await answer('call-1');
    expect(texts.length).toBeGreaterThan(20);
    expect(texts.join('').length).toBeGreaterThan(20);
  });

  test('answers no longer than the agent lets it', async () => {
    const texts: string[] = [];
    for await (const event of llm.respond({ ...request, generation: { maxTokens: 5, temperature: 0 } }, never))
      if (event.kind === 'text') texts.push(event.text);
    expect(texts.length).toBeGreaterThan(0);
    expect(texts.length).toBeLessThan(10);
  });

  test('falls silent within 50 ms of an abort, and answers again', async () => {
    const controller = new AbortController();
    let abortedAt = 0;
    let after = 0;
    const listening = async () => {
      for await (const _event of llm.respond(request, controller.signal)) {
        if (abortedAt > 0) after++;
        if (abortedAt === 0) {
          abortedAt = performance.now();
          controller.abort(new Error('barge-in'));
        }
      }
    };
    await expect(listening()).rejects.toThrow('barge-in');
    expect(performance.now() - abortedAt).toBeLessThan(50);
    expect(after).toBe(0);
    expect((await answer('call-1')).length).toBeGreaterThan(20);
  });

  test('answers more calls than it has sequences', async () => {
    const answers = await Promise.all(['a', 'b', 'c', 'd', 'e'].map(answer));
    for (const texts of answers) expect(texts.length).toBeGreaterThan(20);
  });

  test('a crash fails the answer in flight, and the next one comes from a new process', async () => {
    const before = llm.pid as number;
    const listening = async () => {
      for await (const event of llm.respond(request, never)) if (event.kind === 'text') process.kill(before, 'SIGKILL');
    };
    await expect(listening()).rejects.toMatchObject({ code: 'llm-lost' });
    expect((await answer('call-1')).length).toBeGreaterThan(20);
    expect(llm.pid).not.toBe(before);
  });

  test('a missing or broken file is told with its path and the mend', async () => {
    const start = async (path: string) => await new LlamaLlm({ file: path }, silentLogger).start();
    await expect(start(join(folder, 'none.gguf'))).rejects.toMatchObject({
      code: 'model-missing',
      message: expect.stringContaining('none.gguf'),
    });
    const text = join(folder, 'text.gguf');
    await writeFile(text, 'hello');
    await expect(start(text)).rejects.toMatchObject({ code: 'model-broken', message: expect.stringContaining('GGUF') });
    const short = join(folder, 'short.gguf');
    await writeFile(short, (await readFile(file)).subarray(0, 500_000));
    await expect(start(short)).rejects.toMatchObject({
      code: 'model-broken',
      message: expect.stringMatching(/short\.gguf cannot be loaded/),
    });
  });
});
