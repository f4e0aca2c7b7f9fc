import { describe, expect, test } from 'vitest';
import { extractFacts } from './extract-facts.ts';

type Sources = Parameters<typeof extractFacts>[0];

const none: Sources = { systemPrompt: '', context: [], contextData: {}, knowledge: '' };
const textsOf = (sources: Partial<Sources>) => extractFacts({ ...none, ...sources }).map(({ text }) => text);

describe('facts of a request', () => {
  test('are the statements of a prompt; instructions are set aside', () => {
    const systemPrompt = `# Role
You are Anna, the receptionist of Harbor Hotel. Be friendly. Always ask for the name.
If the caller is angry, stay calm. Never promise a discount. You can transfer calls to sales.
Your task is to answer questions. Greet the caller.

Check-in is from three p.m. onwards. Dr. Smith is the owner. The Wi-Fi costs 4.50 euros a day.
- Parking is free.
You can pay by card.`;
    expect(textsOf({ systemPrompt })).toEqual([
      'Check-in is from three p.m. onwards.',
      'Dr. Smith is the owner.',
      'The Wi-Fi costs 4.50 euros a day.',
      'Parking is free.',
      'You can pay by card.',
    ]);
  });

  test('come from the task and its data as well', () => {
    expect(
      textsOf({
        context: ['Remind the customer of the visit. The visit is on Monday at nine.'],
        contextData: { customer_name: 'John Doe', orderId: '5521', empty: '', nested: '{"a":1}' },
      }),
    ).toEqual(['The visit is on Monday at nine.', 'The customer name is John Doe.', 'The order id is 5521.']);
  });

  test('in knowledge text are all its sentences, advice to callers included', () => {
    const knowledge =
      'Bring your insurance card.\nWhen you cancel late, we charge ten dollars.\nYou are a helpful assistant.';
    expect(textsOf({ knowledge })).toEqual([
      'Bring your insurance card.',
      'When you cancel late, we charge ten dollars.',
    ]);
  });

  test('of a list of questions and answers are the answers, found by their questions', () => {
    const [fact] = extractFacts({ ...none, knowledge: 'Q: Do you allow dogs?\nA: Yes, on a lead.' });
    expect(fact).toEqual({ text: 'Yes, on a lead.', about: 'Do you allow dogs? Yes, on a lead.', personal: false });
  });

  test('are said once, however often they are written', () => {
    expect(textsOf({ systemPrompt: 'Parking is free.', knowledge: 'Parking is free.' })).toEqual(['Parking is free.']);
  });
});
