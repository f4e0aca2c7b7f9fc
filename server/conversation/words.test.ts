import { describe, expect, test } from 'vitest';
import { History } from './history.ts';
import { fillPlaceholders } from './prompt.ts';
import { behaviourDefaults, behaviourWith } from './settings.ts';
import { normalised, withoutPrefix } from './words.ts';

describe('words', () => {
  test('are equal whatever their case and punctuation', () => {
    expect(normalised('What’s your  name, please?')).toBe(normalised("what's your name please"));
  });

  test('before the caller’s own are taken off only where they are all there', () => {
    expect(withoutPrefix('hello hello What time is it', 'Hello, hello')).toBe('What time is it');
    expect(withoutPrefix('hallo what time', 'hello')).toBe('hallo what time');
    expect(withoutPrefix('hello', 'hello there')).toBe('hello');
  });
});

describe('placeholders', () => {
  test('are filled from the context, and leave no hole where a key is missing', () => {
    expect(fillPlaceholders('Hello {{ name }}, how are you?', { name: 'Jo' })).toBe('Hello Jo, how are you?');
    expect(fillPlaceholders('Hello {{name}}, how are you?', {})).toBe('Hello, how are you?');
    expect(fillPlaceholders('{{toString}}x', {})).toBe('x');
  });
});

describe('behaviour', () => {
  test('is the default with single values of an agent over it', () => {
    const own = behaviourWith({ endOfTurn: { normalMs: 900 }, maxDurationMs: 60_000 });
    expect(own.endOfTurn).toEqual({ ...behaviourDefaults.endOfTurn, normalMs: 900 });
    expect(own.maxDurationMs).toBe(60_000);
    expect(own.phrases).toEqual(behaviourDefaults.phrases);
  });
});

describe('history', () => {
  test('joins what one side says in a row, and shows an open turn without keeping it', () => {
    const history = new History();
    history.add('agent', 'This call is recorded.');
    history.add('agent', 'Hello.');
    history.add('agent', ' ');
    expect(history.with('hi')).toEqual([
      { role: 'agent', text: 'This call is recorded. Hello.' },
      { role: 'caller', text: 'hi' },
    ]);
    expect(history.messages).toHaveLength(1);
  });
});
