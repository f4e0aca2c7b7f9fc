import { describe, expect, test } from 'vitest';
import type { LlmEvent, LlmToolResult } from '../../kinds/llm.ts';
import { answerInRounds, type Piece } from './answer-rounds.ts';
import { toHistory } from './chat-history.ts';
import type { PromptMessage, PromptTool } from './llm-messages.ts';

const messages: readonly PromptMessage[] = [{ role: 'user', text: 'Where is my order?' }];
const tools: readonly PromptTool[] = [{ name: 'find', description: 'Finds.', params: { type: 'object' } }];
const find: Piece = { call: { name: 'find', params: { order: 7, note: null } } };
const end: Piece = { call: { name: 'end_call', params: {} } };

/** A model that says this in its first round, that in its second… */
function model(...rounds: readonly (readonly Piece[])[]) {
  const asked: { readonly messages: readonly PromptMessage[]; readonly tools: readonly PromptTool[] }[] = [];
  const used: { readonly name: string; readonly args: unknown }[] = [];
  let result: LlmToolResult = { ok: true, text: 'shipped' };
  const answer = async (signal = new AbortController().signal) => {
    const events: LlmEvent[] = [];
    const request = {
      transferTargets: [],
      useTool: async (name: string, args: unknown) => {
        used.push({ name, args });
        return result;
      },
    };
    const generate = async function* (messages: readonly PromptMessage[], tools: readonly PromptTool[]) {
      asked.push({ messages, tools });
      yield* rounds[Math.min(asked.length, rounds.length) - 1] ?? [];
    };
    for await (const event of answerInRounds(request, { messages, tools }, generate, signal)) events.push(event);
    return events;
  };
  return { asked, used, answer, fail: (text: string) => void (result = { ok: false, text }) };
}

describe('an answer with tools', () => {
  test('goes on with the result in the history', async () => {
    const toy = model([{ text: 'Let me look.' }, find], [{ text: 'It has been shipped.' }]);
    expect(await toy.answer()).toEqual([
      { kind: 'text', text: 'Let me look.' },
      { kind: 'text', text: 'It has been shipped.' },
    ]);
    expect(toy.used).toEqual([{ name: 'find', args: { order: 7 } }]);
    expect(toy.asked[1]?.messages).toEqual([
      ...messages,
      { role: 'model', text: 'Let me look.' },
      { role: 'tool', name: 'find', params: { order: 7, note: null }, text: 'shipped' },
    ]);
    expect(toHistory(toy.asked[1]?.messages ?? [])).toEqual([
      { type: 'user', text: 'Where is my order?' },
      {
        type: 'model',
        response: [
          'Let me look.',
          { type: 'functionCall', name: 'find', params: { order: 7, note: null }, result: 'shipped' },
        ],
      },
    ]);
  });

  test('tells the model of a tool that failed', async () => {
    const toy = model([find], [{ text: 'That did not work.' }]);
    toy.fail('It answered 500.');
    await toy.answer();
    expect(toy.asked[1]?.messages.at(-1)?.text).toBe('It did not work: It answered 500.');
  });

  test('gives the model no tool any more after three rounds', async () => {
    const toy = model([find], [find], [find], [{ text: 'Enough.' }]);
    await toy.answer();
    expect(toy.asked.map(({ tools }) => tools.length)).toEqual([1, 1, 1, 0]);
    expect(toy.used).toHaveLength(3);
  });

  test('is over where the model ends the call, and with what a message came to', async () => {
    const ending = model([find, end]);
    expect(await ending.answer()).toEqual([{ kind: 'end-call' }]);
    expect(ending.used).toHaveLength(1);
    expect(ending.asked).toHaveLength(1);
    const message: Piece = { call: { name: 'take_message', params: { name: 'Doe' } } };
    const noting = model([message, find], [{ text: 'Noted.' }]);
    expect((await noting.answer()).map(({ kind }) => kind)).toEqual(['message-taken', 'slots', 'text']);
    expect(noting.asked[1]?.messages.slice(1)).toMatchObject([
      { role: 'tool', name: 'take_message', text: 'noted' },
      { role: 'tool', name: 'find' },
    ]);
  });

  test('stops where it is given up', async () => {
    const controller = new AbortController();
    const toy = model([{ text: 'One' }, find]);
    controller.abort(new Error('barge-in'));
    await expect(toy.answer(controller.signal)).rejects.toThrow('barge-in');
    expect(toy.used).toEqual([]);
  });
});
