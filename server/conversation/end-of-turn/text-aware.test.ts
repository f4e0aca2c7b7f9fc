import { describe, expect, test } from 'vitest';
import { completenessOf, textAwareDetector } from './text-aware.ts';
import { endOfTurnDefaults } from './turn-detector.ts';

const nothingAsked = { lastAgentSentence: 'Hello, this is Ada.' };

describe('how finished words sound', () => {
  test.each([
    'what are your opening hours',
    'are you open on saturday',
    'can i speak to someone in sales',
    'where is your office',
    'who am i speaking to',
    'what is it about',
    'i would like to make an appointment',
    'please call me back tomorrow',
    'i would like to know what your opening hours are',
  ])('complete: %s', (text) => {
    expect(completenessOf(text, nothingAsked)).toMatch(/^(complete|normal)$/);
  });

  test.each([
    'i would like to know',
    'my number is',
    'my name is',
    'i want to speak to',
    'what are your',
    'are you open on',
    'i am calling about the',
    'yes and',
    'um',
    'i would like to book a table for tomorrow um',
    'it is five five five one two',
    'my number is zero',
    's m i',
    'because',
  ])('more is to come: %s', (text) => {
    expect(completenessOf(text, nothingAsked)).toBe('incomplete');
  });

  test.each([
    ['my number is five five five one two three four four five nine', 'normal'],
    ['what are your opening h', 'normal'],
    ['a table for two', 'normal'],
    ['thank you', 'closed-answer'],
    ['that is all thank you goodbye', 'closed-answer'],
    ['', 'normal'],
  ] as const)('"%s" is %s', (text, completeness) => {
    expect(completenessOf(text, nothingAsked)).toBe(completeness);
  });

  test('yes and no close a question that they answer, and nothing else', () => {
    const asked = { lastAgentSentence: 'Shall I take a message?' };
    for (const text of ['yes', 'no', 'yes please', 'yes i do', 'no that is fine', 'that is right'])
      expect(completenessOf(text, asked)).toMatch(/^(closed-answer|normal)$/);
    expect(completenessOf('yes please', asked)).toBe('closed-answer');
    expect(completenessOf('yes', nothingAsked)).toBe('normal');
    expect(completenessOf('yes', { lastAgentSentence: 'What is your name?' })).toBe('normal');
  });

  test('a single letter is spelling only where spelling was asked for', () => {
    expect(completenessOf('b', { lastAgentSentence: 'Could you spell your name?' })).toBe('incomplete');
    expect(completenessOf('please give me the b', nothingAsked)).not.toBe('incomplete');
  });
});

describe('the wait', () => {
  const detector = textAwareDetector(endOfTurnDefaults);
  const waitMs = (text: string) => detector.predict(text, nothingAsked).waitMs;

  test('is shorter the more finished the words sound', () => {
    expect(waitMs('thank you')).toBeLessThan(waitMs('what are your hours'));
    expect(waitMs('what are your hours')).toBeLessThan(waitMs('the opening h'));
    expect(waitMs('the opening h')).toBeLessThan(waitMs('my number is'));
  });

  test('is never longer than the hard stop', () => {
    const hasty = textAwareDetector({ ...endOfTurnDefaults, hardStopMs: 400 });
    expect(hasty.predict('my number is', nothingAsked).waitMs).toBe(400);
  });

  test('outlasts a pause of 600 ms, as it is seen 80 ms late, unless the words sound finished', () => {
    for (const text of ['what are your', 'the opening h', 'hello', 'i would like to'])
      expect(waitMs(text)).toBeGreaterThan(690);
  });
});
