import { mkdtemp, rm } from 'node:fs/promises';
import { tmpdir } from 'node:os';
import { join } from 'node:path';
import { afterAll, beforeAll, expect, test } from 'vitest';
import { fillAndValidate } from '../../server/domain/tools/tool-schema.ts';
import { silentLogger } from '../../server/log/logger.ts';
import type { LlmEvent, LlmRequest, LlmToolArguments } from '../../server/providers/kinds/llm.ts';
import { LlamaLlm } from '../../server/providers/llm/llama/llama-llm.ts';
import { writeToyGguf } from '../fixtures/models/toy-gguf.ts';
import { bareRequest } from '../support/bare-request.ts';

/** A model of random weights that begins all it says with a function call; the grammar makes one of the rest. */
let folder: string;
let llm: LlamaLlm;

beforeAll(async () => {
  folder = await mkdtemp(join(tmpdir(), 'landline-llm-'));
  const file = join(folder, 'toy.gguf');
  await writeToyGguf(file, { opening: '||call: find' });
  llm = new LlamaLlm({ file, sequences: 1, contextTokens: 4_096, maxAnswerTokens: 200, temperature: 0 }, silentLogger);
  await llm.start();
});

afterAll(async () => {
  await llm.close();
  await rm(folder, { recursive: true });
});

const parameters = {
  type: 'object',
  properties: {
    kind: { enum: ['parcel', 'letter'] },
    note: { type: 'string', maxLength: 6 },
    when: { type: 'string', format: 'date' },
    parts: { type: 'array', items: { type: 'boolean' }, maxItems: 2 },
    sender: { type: 'object', properties: { known: { type: 'boolean' } }, required: ['known'] },
  },
  required: ['kind', 'note'],
};

test('a GGUF model calls a tool with arguments that fit its schema, and goes on with the result', async () => {
  const used: { readonly name: string; readonly args: LlmToolArguments }[] = [];
  const request: LlmRequest = {
    ...bareRequest,
    systemPrompt: 'You are the front desk of a shop.',
    history: [{ role: 'caller', text: 'Where is my order?' }],
    occasion: { kind: 'caller-turn', text: 'Where is my order?' },
    mayEndCall: false,
    tools: [{ name: 'find', description: 'Where an order is.', parameters }],
    useTool: async (name, args) => {
      used.push({ name, args });
      return { ok: true, text: 'It has been shipped.' };
    },
  };
  const events: LlmEvent[] = [];
  for await (const event of llm.respond(request, new AbortController().signal)) events.push(event);
  // It asks again whatever it is told, until it is given no tool any more.
  expect(used.map(({ name }) => name)).toEqual(['find', 'find', 'find']);
  for (const { args } of used) expect(fillAndValidate(parameters, args).problems).toEqual([]);
  expect(Object.keys(used[0]?.args ?? {})).toEqual(expect.arrayContaining(['kind', 'note']));
  const spoken = events.map((event) => (event.kind === 'text' ? event.text : '')).join('');
  expect(spoken).not.toContain('call');
});
