import { expect, test } from 'vitest';
import { keyPhrases } from './key-phrases.ts';
import { actionItems, keySentences } from './key-sentences.ts';

const said = [
  'Hello, I have a question about my last invoice.',
  'The invoice number is 4711 and the delivery address is wrong.',
  'Can you correct the delivery address please?',
  'Thank you, goodbye.',
];

test('phrases are what is spoken about, not how one speaks', () => {
  const phrases = keyPhrases(said, 5).map(({ phrase }) => phrase);
  expect(phrases[0]).toBe('delivery address');
  expect(phrases).toContain('invoice number');
  for (const phrase of phrases) expect(phrase).not.toMatch(/hello|thank|goodbye|\d|\bthe\b/);
});

test('nothing said gives no phrase, and what repeats weighs more', () => {
  expect(keyPhrases([], 5)).toEqual([]);
  expect(keyPhrases(['Yes.', 'No, thank you.', '12 34 56'], 5)).toEqual([]);
  const [first] = keyPhrases(['The roof leaks.', 'The roof again.', 'A gutter.'], 1);
  expect(first?.phrase).toMatch(/roof/);
});

test('key sentences hold the weightiest phrases, in the order they were said', () => {
  const sentences = keySentences(said, keyPhrases(said, 5), 2);
  expect(sentences).toEqual([said[1], said[2]]);
});

test('requests of the caller and promises of the agent are things to do', () => {
  const items = actionItems(
    [
      { role: 'caller', text: 'Please call me back tomorrow. It is nice outside.' },
      { role: 'agent', text: 'I will pass that on to sales. Could you hold the line please?' },
    ],
    5,
  );
  expect(items).toEqual(['Please call me back tomorrow.', 'I will pass that on to sales.']);
});
