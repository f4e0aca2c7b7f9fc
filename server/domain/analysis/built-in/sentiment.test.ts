import { expect, test } from 'vitest';
import { sentimentOf } from './sentiment.ts';

test.each([
  ['positive', 'That was great, thank you so much.'],
  ['positive', 'Yes, that works well for me.'],
  ['positive', "No problem, I'm happy with that."],
  ['positive', 'Not bad at all.'],
  ['positive', 'I really appreciate your help, you were very patient.'],
  ['negative', 'This is terrible, I am very disappointed.'],
  ['negative', 'I am not happy with the service.'],
  ['negative', "It doesn't work and nobody helps me."],
  ['negative', 'I have been waiting for an hour, this is ridiculous.'],
  ['negative', 'Stop calling me.'],
  ['negative', 'Thanks for nothing.'],
  ['neutral', 'I would like to know your opening hours.'],
  ['neutral', 'Good morning, can you call me back right now?'],
  ['neutral', 'My number is 555 0142.'],
  ['neutral', 'Ground floor, second door on the left.'],
  ['neutral', 'Thank you, goodbye.'],
  ['negative', 'The delivery is late again. Thank you, goodbye.'],
  ['neutral', ''],
] as const)('%s: %s', (sentiment, text) => {
  expect(sentimentOf([text]).sentiment).toBe(sentiment);
});

test('a negation turns a word round, weakly, and two of them turn it back', () => {
  const score = (text: string) => sentimentOf([text]).score;
  expect(score('It is good.')).toBeGreaterThan(0);
  expect(score('It is not good.')).toBeLessThan(0);
  expect(Math.abs(score('It is not great.'))).toBeLessThan(score('It is great.'));
  expect(score('It is not that nothing good came of it.')).toBeGreaterThan(0);
  expect(score('It is very good.')).toBeGreaterThan(score('It is good.'));
  expect(score('It is good, it is not.')).toBeGreaterThan(0);
});

test('feelings are named by their words, most frequent first, and not where they are denied', () => {
  const { emotions } = sentimentOf(['I am so frustrated and annoyed.', 'I am confused, too.', 'I am not angry.']);
  expect(emotions).toEqual(['frustrated', 'confused']);
  expect(sentimentOf(['It is a table.']).emotions).toEqual([]);
});

test('scores stay within -1 and 1 however long somebody goes on', () => {
  const { score } = sentimentOf(Array.from({ length: 500 }, () => 'Awful, terrible, the worst.'));
  expect(score).toBeGreaterThanOrEqual(-1);
  expect(score).toBeLessThan(-0.95);
});
