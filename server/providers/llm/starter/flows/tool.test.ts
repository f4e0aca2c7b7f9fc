import { describe, expect, test } from 'vitest';
import { bareRequest } from '../../../../../test/support/bare-request.ts';
import type { ChatMessage, LlmEvent, LlmRequest, LlmTool, LlmToolResult } from '../../../kinds/llm.ts';
import { StarterLlm } from '../starter-llm.ts';

const orderNumber = { type: 'string', description: 'The order number' };
const status: LlmTool = {
  name: 'order_status',
  description: 'Where an order is',
  parameters: { type: 'object', properties: { order_number: orderNumber }, required: ['order_number'] },
};
const cancel: LlmTool = {
  name: 'cancel_order',
  description: 'Cancels the order',
  parameters: {
    type: 'object',
    properties: {
      order_number: orderNumber,
      reason: { enum: ['too late', 'wrong article'] },
      caller_number: { type: 'string' },
      source: { const: 'phone' },
      note: { type: 'string' },
    },
    required: ['order_number', 'reason', 'caller_number', 'source'],
  },
};

const request: LlmRequest = {
  ...bareRequest,
  agentName: 'Shop',
  systemPrompt: 'You answer for the shop.',
  contextData: { caller_number: '+15550123' },
  knowledge: 'Orders over fifty dollars are delivered free of charge. The order number is on your receipt.',
  nowMs: Date.parse('2026-11-24T10:00:00Z'),
};

const shipped: LlmToolResult = { ok: true, text: '{"message":"It is on its way."}' };

/** A conversation that remembers slots as a call does, and the uses of tools. */
function talk(result: LlmToolResult = shipped, change: Partial<LlmRequest> = {}) {
  let slots: Readonly<Record<string, string>> = {};
  const uses: { name: string; args: object }[] = [];
  const useTool: LlmRequest['useTool'] = async (name, args) => {
    uses.push({ name, args });
    return result;
  };
  const hear = async (occasion: LlmRequest['occasion']) => {
    const events: LlmEvent[] = [];
    const asked: LlmRequest = { ...request, tools: [status, cancel], useTool, ...change, slots, occasion };
    for await (const event of new StarterLlm().respond(asked, new AbortController().signal)) events.push(event);
    for (const event of events) {
      if (event.kind !== 'slots') continue;
      slots = Object.fromEntries(Object.entries({ ...slots, ...event.slots }).filter(([, value]) => value !== ''));
    }
    return events.map((event) => (event.kind === 'text' ? event.text : '')).join('');
  };
  return {
    uses,
    say: (text: string) => hear({ kind: 'caller-turn', text }),
    press: (digits: string) => hear({ kind: 'digits', digits }),
    hear,
  };
}

const question = 'What is your order number?';
const offered = 'I can take a message. Would you like to leave one?';

describe('a tool that looks something up', () => {
  test('is used at once when the caller has said what it needs', async () => {
    const call = talk();
    expect(await call.say('where is my order four seven one one')).toBe('It is on its way.');
    expect(call.uses).toEqual([{ name: 'order_status', args: { order_number: '4711' } }]);
    expect(await call.say('can you say that again')).toBe('It is on its way.');
    expect(call.uses).toHaveLength(1);
  });

  test('is used after the question for what it needs, by voice or by keys', async () => {
    const spoken = talk();
    expect(await spoken.say('hello where is my order please')).toBe(question);
    expect(await spoken.say('it is four seven one one')).toBe('It is on its way.');
    const pressed = talk();
    await pressed.say('where is my order');
    expect(await pressed.press('4711')).toBe('It is on its way.');
    expect([spoken.uses, pressed.uses]).toEqual([pressed.uses, spoken.uses]);
  });

  test('takes what is known of the call', async () => {
    const call = talk(shipped, { contextData: { order_number: '99' } });
    expect(await call.say('where is my order')).toBe('It is on its way.');
    expect(call.uses[0]?.args).toEqual({ order_number: '99' });
  });

  test('that fails or finds nothing to say is admitted, and a message is offered', async () => {
    const failing = talk({ ok: false, text: 'The tool answered 500.' });
    expect(await failing.say('where is my order 4711')).toBe(`I am sorry, I could not find that out. ${offered}`);
    expect(await failing.say('yes please')).toBe('What is your name?');
    const empty = talk({ ok: true, text: '{}' });
    expect(await empty.say('where is my order 4711')).toContain('I found nothing that I could tell you');
  });

  test('never takes a question that the facts or the knowledge base answer', async () => {
    const call = talk();
    expect(await call.say('which orders are delivered free of charge')).toContain('Orders over fifty dollars');
    const knowledge = 'The status of an order is shown online.';
    const search = () => Promise.resolve([{ text: knowledge, score: 0.9 }]);
    expect(await talk(shipped, { search, knowledge: '' }).say('what is the status of an order')).toBe(knowledge);
    expect(call.uses).toEqual([]);
  });
});

describe('while something is asked for', () => {
  test('two answers that hold nothing end in an offer, and nothing was done', async () => {
    const call = talk();
    await call.say('where is my order');
    expect(await call.say('the blue one')).toBe(
      `I am sorry, I did not get that. Please say it digit by digit, or press the keys. ${question}`,
    );
    expect(await call.say('the big blue one')).toBe(`I am sorry, I still did not get that. ${offered}`);
    expect(call.uses).toEqual([]);
  });

  test('a question in between is answered, and the open one asked again', async () => {
    const call = talk();
    await call.say('where is my order');
    expect(await call.say('how do i find my order number')).toBe(`The order number is on your receipt. ${question}`);
    expect(await call.say('four seven one one')).toBe('It is on its way.');
  });

  test('a silence asks again, and the caller can think better of it', async () => {
    const call = talk();
    await call.say('where is my order');
    expect(await call.hear({ kind: 'silence', prompts: 1 })).toBe(`Are you still there? ${question}`);
    expect(await call.say('never mind')).toBe('All right. What else can I do for you?');
    expect(await call.say('can i leave a message')).toContain('What is your name?');
  });

  test('a message or a goodbye goes before it', async () => {
    const call = talk();
    await call.say('where is my order');
    expect(await call.say('please take a message')).toContain('What is your name?');
    const leaving = talk();
    await leaving.say('where is my order');
    expect(await leaving.say('okay goodbye')).toBe('Thank you for calling. Goodbye.');
    expect([...call.uses, ...leaving.uses]).toEqual([]);
  });
});

describe('a tool that changes something', () => {
  const readBack =
    'The order number is four seven one, one. The reason is too late. The caller number is +15550123. Shall I cancel the order?';

  async function untilReadBack(call: ReturnType<typeof talk>): Promise<string> {
    expect(await call.say('i want to cancel my order four seven one one')).toBe(
      'What is your reason: too late or wrong article?',
    );
    return call.say('it is too late');
  }

  test('is read back, and used after a yes alone', async () => {
    const call = talk({ ok: true, text: '' });
    expect(await untilReadBack(call)).toBe(readBack);
    expect(call.uses).toEqual([]);
    expect(await call.say('yes please')).toBe('That is done. Is there anything else I can do for you?');
    const args = { order_number: '4711', reason: 'too late', caller_number: '+15550123', source: 'phone' };
    expect(call.uses).toEqual([{ name: 'cancel_order', args }]);
  });

  test('is confirmed by key 1 and refused by key 2 or a no', async () => {
    const confirmed = talk();
    await untilReadBack(confirmed);
    expect(await confirmed.press('1')).toBe('It is on its way.');
    const refused = talk();
    await untilReadBack(refused);
    expect(await refused.press('2')).toBe('All right. What else can I do for you?');
    const declined = talk();
    await untilReadBack(declined);
    expect(await declined.say('no')).toBe('All right, I will not do that. What else can I do for you?');
    expect([confirmed.uses.length, refused.uses.length, declined.uses.length]).toEqual([1, 0, 0]);
  });

  test('is not used for an answer that is neither yes nor no', async () => {
    const call = talk();
    await untilReadBack(call);
    expect(await call.say('the weather is nice')).toBe('I am sorry, I did not get that. Shall I cancel the order?');
    expect(await call.say('the weather is nice')).toContain('Would you like to leave one?');
    expect(call.uses).toEqual([]);
  });

  test('that the caller stopped is not done again by the next yes', async () => {
    const history: ChatMessage[] = [];
    const call = talk(shipped, { history });
    await untilReadBack(call);
    history.push({ role: 'tool', name: 'cancel_order', args: {}, ok: false, text: 'It may have been done.' });
    expect(await call.say('yes')).toBe(
      'I have stopped. It may have been done all the same. What else can I do for you?',
    );
    expect(call.uses).toEqual([]);
    expect(await untilReadBack(call)).toBe(readBack);
    await call.say('yes');
    expect(call.uses).toHaveLength(1);
  });

  test('that fails is never said to be done', async () => {
    const call = talk({ ok: false, text: 'There was no answer within 10 s.' });
    await untilReadBack(call);
    expect(await call.say('yes')).toBe(`I am sorry, I have no word that this was done. ${offered}`);
  });
});

test('a tool that needs what can not be said on the telephone is left alone', async () => {
  const parameters = { properties: { day: { type: 'string', format: 'date' } }, required: ['day'] };
  const call = talk(shipped, { tools: [{ ...status, parameters }] });
  expect(await call.say('where is my order')).toContain('I did not understand that');
});

test('an answer that is given up while the tool works ends with the reason', async () => {
  const scope = new AbortController();
  const useTool: LlmRequest['useTool'] = (_name, _args, signal) =>
    new Promise((_resolve, reject) => {
      signal?.addEventListener('abort', () => reject(signal.reason as Error));
    });
  const occasion = { kind: 'caller-turn', text: 'where is my order 4711' } as const;
  const stream = new StarterLlm().respond({ ...request, tools: [status], useTool, occasion }, scope.signal);
  expect(await stream.next()).toMatchObject({ value: { kind: 'slots', slots: { flow: 'tool-used' } } });
  const first = stream.next();
  setImmediate(() => scope.abort(new Error('barge-in')));
  await expect(first).rejects.toThrow('barge-in');
});
