import { describe, expect, test } from 'vitest';
import { bareRequest } from '../../../../test/support/bare-request.ts';
import type { LlmEvent, LlmRequest, TransferTarget } from '../../kinds/llm.ts';
import { StarterLlm } from './starter-llm.ts';

const sales: TransferTarget = { name: 'sales', target: 'sip:sales@pbx.example' };
const billing: TransferTarget = { name: 'billing', target: 'sip:billing@pbx.example' };

const request: LlmRequest = {
  ...bareRequest,
  agentName: 'Harbor Garage',
  systemPrompt:
    'You are the receptionist of Harbor Garage. Always be kind. We open Monday to Friday from nine to five.',
  context: ['Call to confirm an appointment. The appointment is on Friday at ten.'],
  contextData: { order_id: '5521', customer_name: 'John Doe' },
  knowledge: 'An oil change costs fifty dollars. Every repair has a warranty of two years.',
  nowMs: Date.parse('2026-11-24T10:00:00Z'),
};

async function eventsOf(change: Partial<LlmRequest>, signal = new AbortController().signal): Promise<LlmEvent[]> {
  const events: LlmEvent[] = [];
  for await (const event of new StarterLlm().respond({ ...request, ...change }, signal)) events.push(event);
  return events;
}

/** A conversation that remembers slots the way a call does. */
function talk(change: Partial<LlmRequest> = {}) {
  let slots: Readonly<Record<string, string>> = {};
  const hear = async (occasion: LlmRequest['occasion']) => {
    const events = await eventsOf({ ...change, slots, occasion });
    for (const event of events) {
      if (event.kind !== 'slots') continue;
      slots = Object.fromEntries(Object.entries({ ...slots, ...event.slots }).filter(([, value]) => value !== ''));
    }
    return { text: events.map((event) => (event.kind === 'text' ? event.text : '')).join(''), events };
  };
  return { hear, say: (text: string) => hear({ kind: 'caller-turn', text }) };
}

const kindsOf = (events: readonly LlmEvent[]) =>
  events.map(({ kind }) => kind).filter((kind) => kind !== 'text' && kind !== 'slots');

describe('what the receptionist knows', () => {
  test.each([
    ['how much is the oil change', 'An oil change costs fifty dollars.'],
    ['what do you charge for an oil chan', 'An oil change costs fifty dollars.'],
    ['is there a guarantee on a repair', 'Every repair has a warranty of two years.'],
    ['what is my order number', 'The order id is 5521.'],
    ['when is my appointment', 'The appointment is on Friday at ten.'],
    ['are you open now', 'Yes, we are open now, until five.'],
  ])('answers "%s" from prompt, task, data and knowledge', async (said, answer) => {
    expect((await talk().say(said)).text).toBe(answer);
  });

  test.each(['how much is a car wash', 'do you sell pizza', 'how long does an oil change take', 'who is the manager'])(
    'does not make up an answer to "%s"',
    async (said) => {
      expect((await talk().say(said)).text).toBe('I am sorry, I did not understand that. Could you say it again?');
    },
  );

  test('searches the knowledge base when its own facts do not answer', async () => {
    const search = () => Promise.resolve([{ text: 'A car wash costs ten dollars. We like dogs.', score: 0.8 }]);
    expect((await talk({ search }).say('how much is a car wash')).text).toBe('A car wash costs ten dollars.');
  });

  test('leaves a passage unsaid that is about something else', async () => {
    const search = () => Promise.resolve([{ text: 'The wash basin is in the hall.', score: 0.9 }]);
    expect((await talk({ search }).say('how much is a car wash')).text).toContain('did not understand');
  });

  test('says that it is no person', async () => {
    expect((await talk().say('am i talking to a real person')).text).toContain(
      'I am an automated assistant, not a person.',
    );
  });
});

describe('a conversation with the receptionist', () => {
  test('asks once more, then offers a message, and takes it when the caller agrees', async () => {
    const call = talk();
    expect((await call.say('t h lift the')).text).toContain('Could you say it again?');
    expect((await call.say('lift bird')).text).toBe(
      'I am sorry, I do not know that. I can take a message. Would you like to leave one?',
    );
    expect((await call.say('yes please')).text).toBe('What is your name?');
  });

  test('takes a message with a spelled name, reads it back, lets the caller correct it and hands it over', async () => {
    const call = talk();
    expect((await call.say('can i leave a message')).text).toBe('Of course, I can take a message. What is your name?');
    expect((await call.say('john s m i t h')).text).toBe('Thank you, John Smith. What number can we call you back on?');
    expect((await call.say('five five five oh one double two')).text).toBe('What is it about?');
    expect((await call.say('my car does not start')).text).toBe(
      'The name is John Smith. The number is five five five, zero one two, two. The message is: my car does not start. Is that right?',
    );
    expect((await call.say('no the number is one two three four')).text).toContain(
      'The number is one two three, four.',
    );
    const { events, text } = await call.say('yes that is right');
    expect(text).toContain('I have noted your message');
    expect(events).toContainEqual({
      kind: 'message-taken',
      message: { name: 'John Smith', number: '1234', reason: 'my car does not start' },
    });
    expect(kindsOf((await call.say('no thank you')).events)).toEqual(['end-call']);
  });

  test('takes the number from the keys', async () => {
    const call = talk();
    await call.say('please take a message');
    await call.say('this is anna lee');
    expect((await call.hear({ kind: 'digits', digits: '5550142' })).text).toBe('What is it about?');
    await call.say('an invoice');
    expect(kindsOf((await call.hear({ kind: 'digits', digits: '1' })).events)).toEqual(['message-taken']);
  });

  test('drops a message when the caller thinks better of it', async () => {
    const call = talk();
    await call.say('i want to leave a message');
    expect((await call.say('never mind')).text).toContain('I will not take a message');
    expect((await call.say('how much is an oil change')).text).toContain('fifty dollars');
  });

  test('repeats what it said last, and says it in small pieces when that was too fast', async () => {
    const call = talk();
    await call.say('how much is an oil change');
    expect((await call.say('can you say that again')).text).toBe('An oil change costs fifty dollars.');
    expect((await call.say('slower please')).text).toBe(
      'I will say it in small pieces. An oil change costs fifty dollars.',
    );
  });

  test('repeats the greeting to a caller who missed it', async () => {
    const call = talk({ history: [{ role: 'agent', text: 'Hello, this is Harbor Garage.' }] });
    expect((await call.say('can you say that again')).text).toBe('Hello, this is Harbor Garage.');
  });

  test.each([
    'excuse me how much is an oil change',
    'wait sorry how much is an oil change',
    'stop how much is an oil change',
  ])('answers a caller who takes the floor with "%s"', async (said) => {
    expect((await talk().say(said)).text).toBe('An oil change costs fifty dollars.');
  });

  test('lets a caller who only says stop go ahead, whatever its facts hold about stops', async () => {
    const knowledge = 'The bus stops at our front door.';
    expect((await talk({ knowledge }).say('stop')).text).toBe('Yes, please go ahead.');
    expect((await talk({ knowledge }).say('where does the bus stop')).text).toBe(knowledge);
  });

  test('asks for the name again when it was given none', async () => {
    const call = talk();
    await call.say('please take a message');
    expect((await call.say('hello')).text).toContain('I did not get the name');
  });

  test('says goodbye and ends the call', async () => {
    const { events, text } = await talk().say('s you goodbye');
    expect(text).toBe('Thank you for calling. Goodbye.');
    expect(events.at(-1)).toEqual({ kind: 'end-call' });
  });

  test('fills a silence, and asks the open question of a message again', async () => {
    const call = talk();
    expect((await call.hear({ kind: 'silence', prompts: 1 })).text).toBe('Are you still there?');
    await call.say('please take a message');
    expect((await call.hear({ kind: 'silence', prompts: 2 })).text).toBe('I am still here. What is your name?');
  });

  test('reads digits back that were pressed or said unasked', async () => {
    const call = talk();
    expect((await call.hear({ kind: 'digits', digits: '1234' })).text).toBe(
      'You entered one two three, four. How can I help you?',
    );
    expect((await call.say('seven eight nine')).text).toBe(
      'I have noted seven eight nine. What would you like to know?',
    );
  });
});

describe('transfers', () => {
  const ruled: readonly TransferTarget[] = [
    { ...sales, when: 'The caller wants to buy a car or asks for a test drive.' },
    { ...billing, when: 'The caller has a question about an invoice or a payment.' },
  ];

  test.each([
    ['can i speak to someone about my invoice', billing],
    ['please transfer me i want a test drive', sales],
    ['put me through to sales about a payment', sales],
  ])('"%s" goes where the agent’s conditions say, unless a name is said', async (said, target) => {
    const { events } = await talk({ transferTargets: ruled }).say(said);
    expect(events.at(-1)).toMatchObject({ kind: 'transfer', target: { target: target.target } });
  });

  test.each(['how much is the oil change payment', 'i have a question about a car', 'can i speak to someone'])(
    'a condition alone passes nobody on: "%s"',
    async (said) => {
      expect(kindsOf((await talk({ transferTargets: ruled }).say(said)).events)).toEqual([]);
    },
  );

  test('go to the target that the caller names', async () => {
    const { events } = await talk({ transferTargets: [sales, billing] }).say('put me through to billing please');
    expect(events.at(-1)).toEqual({ kind: 'transfer', target: billing });
  });

  test('go to the only target when the caller wants a person', async () => {
    const { events } = await talk({ transferTargets: [sales] }).say('can i speak to a real person');
    expect(events.at(-1)).toEqual({ kind: 'transfer', target: sales });
  });

  test('are asked about when a person could be at several', async () => {
    const call = talk({ transferTargets: [sales, billing] });
    expect((await call.say('i want to talk to someone')).text).toContain('sales or billing. Which one');
    expect(kindsOf((await call.say('sales')).events)).toEqual(['transfer']);
  });

  test('never go anywhere that is not configured', async () => {
    const { events, text } = await talk({ transferTargets: [sales] }).say('transfer me to the warehouse');
    expect(kindsOf(events)).toEqual([]);
    expect(text).toContain('I can transfer you to sales, or take a message');
    expect((await talk().say('can i speak to the manager')).text).toContain('I can take a message');
  });

  test('that were refused are told, and the call goes on', async () => {
    const call = talk({ transferTargets: [sales] });
    expect((await call.hear({ kind: 'transfer-refused', target: sales.target })).text).toBe(
      'I am sorry, I could not reach sales. Would you like to leave a message instead?',
    );
    expect((await call.say('no how much is an oil change')).text).toBe('An oil change costs fifty dollars.');
  });
});

describe('as a provider', () => {
  test('streams sentence by sentence and stops when it is aborted', async () => {
    const scope = new AbortController();
    const stream = new StarterLlm().respond(
      { ...request, occasion: { kind: 'caller-turn', text: 'lift' }, slots: { misses: '1' } },
      scope.signal,
    );
    expect(await stream.next()).toEqual({
      done: false,
      value: { kind: 'text', text: 'I am sorry, I do not know that.' },
    });
    scope.abort(new Error('barge-in'));
    await expect(stream.next()).rejects.toThrow('barge-in');
  });

  test('gives the same answer to the same request', async () => {
    const occasion = { kind: 'caller-turn', text: 'how much is an oil change' } as const;
    expect(await eventsOf({ occasion })).toEqual(await eventsOf({ occasion }));
  });
});

describe('when the time is nearly up', () => {
  test.each([
    [20, 'less than a minute'],
    [65, 'about a minute'],
    [170, 'about 3 minutes'],
  ])('%i seconds before the end it says so, and goes on', async (secondsLeft, left) => {
    const call = talk();
    expect((await call.hear({ kind: 'time-short', secondsLeft })).text).toBe(
      `We have ${left} left for this call. What else can I do for you?`,
    );
    expect((await call.say('how much is the oil change')).text).toBe('An oil change costs fifty dollars.');
  });

  test('the open question of a message is asked again', async () => {
    const call = talk();
    await call.say('i would like to leave a message');
    const { events, text } = await call.hear({ kind: 'time-short', secondsLeft: 60 });
    expect(text).toBe('We have about a minute left for this call. What is your name?');
    expect(kindsOf(events)).toEqual([]);
    expect((await call.say('mary jones')).text).toContain('number');
  });
});
