import { describe, expect, test } from 'vitest';
import {
  type AgentTalk,
  hasUnclearWords,
  interruptionDefaults,
  isRealSpeech,
  judgeInterruption,
} from './interruption.ts';

const over = (lastSentence: string): AgentTalk => ({ unheard: false, lastSentence });
const statement = over('We are open from nine to five.');
const voice = { text: '', confirmed: true, voiceMs: 300, again: false, silentMs: undefined, over: statement };

describe('a voice over the agent', () => {
  test('with real words interrupts as soon as it is confirmed', () => {
    expect(judgeInterruption({ ...voice, text: 'stop' }, interruptionDefaults)).toBe('interrupt');
    expect(judgeInterruption({ ...voice, text: 'stop', confirmed: false }, interruptionDefaults)).toBe('wait');
  });

  test('without words interrupts when it lasts longer than any hum', () => {
    expect(judgeInterruption({ ...voice, voiceMs: 1_500 }, interruptionDefaults)).toBe('wait');
    expect(judgeInterruption({ ...voice, voiceMs: 1_800 }, interruptionDefaults)).toBe('interrupt');
  });

  test('over an answer that was not heard yet needs less: the caller was only pausing', () => {
    const unheard = { unheard: true, lastSentence: 'Hello.' };
    expect(judgeInterruption({ ...voice, over: unheard, voiceMs: 600 }, interruptionDefaults)).toBe('interrupt');
    expect(judgeInterruption({ ...voice, over: unheard, text: 'saturday' }, interruptionDefaults)).toBe('interrupt');
    expect(judgeInterruption({ ...voice, over: unheard, text: 'um' }, interruptionDefaults)).toBe('wait');
  });

  test('that ended is settled by what the recogniser made of it', () => {
    expect(judgeInterruption({ ...voice, silentMs: 499 }, interruptionDefaults)).toBe('wait');
    expect(judgeInterruption({ ...voice, silentMs: 500 }, interruptionDefaults)).toBe('verify');
  });
});

describe('words over the agent', () => {
  function isReal(text: string, voiceMs = 600, talk = statement, again = false): boolean {
    return isRealSpeech({ text, voiceMs, again, over: talk }, interruptionDefaults);
  }

  test.each(['thank you', 'thanks', 'okay thank you very much', 'sure take your time', 'thank'])(
    '"%s" over a wait is patience, and an interruption else',
    (text) => {
      expect(isReal(text, 900, { ...statement, isWaiting: true })).toBe(false);
      expect(isReal(text, 900, { unheard: true, lastSentence: '', isWaiting: true })).toBe(false);
      expect(isReal(text, 900, { unheard: true, lastSentence: '' })).toBe(true);
    },
  );

  test.each(['no', 'stop it please', 'thank you but the other one', 'wait', 'it is number seven'])(
    '"%s" over a wait is an interruption',
    (text) => expect(isReal(text, 900, { unheard: true, lastSentence: '', isWaiting: true })).toBe(true),
  );

  test.each(['mhm', 'uh huh', 'yeah', 'ok right', 'i see', 'oh perfect', 'the', 'a', 'b', 'hm yes', 'is', ''])(
    '"%s" over a statement is listening or noise, however long',
    (text) => expect(isReal(text, 1_500)).toBe(false),
  );

  test.each([
    ['no', 300],
    ['stop', 300],
    ['stopped', 300],
    ["what's", 300],
    ['wait a moment', 700],
    ['yes but', 400],
    ['what', 200],
    ['thank you', 400],
    ['do you open mondays too', 790],
  ])('"%s" in %i ms over a statement is speech', (text, voiceMs) => expect(isReal(text, voiceMs)).toBe(true));

  test.each([
    ['two people', true],
    ['and on saturday', true],
    ['are you open', true],
    ['people', false],
    ['um people', false],
    ['a people', false],
  ])('"%s" counts as %s in a voice of 900 ms', (text, counts) => expect(isReal(text, 900)).toBe(counts));

  test.each(['two people', 'my monday', 'is the people', 'people'])(
    '"%s" in a voice as short as a hum is not believed',
    (text) => expect(isReal(text, 600)).toBe(false),
  );

  test('are believed when the caller speaks up again, but noise, listening and a drawn-out hum still are not', () => {
    for (const text of ['people', 'sup', 'two people']) expect(isReal(text, 300, statement, true)).toBe(true);
    for (const text of ['', 'the', 'mhm', 'okay yeah', 'm']) expect(isReal(text, 300, statement, true)).toBe(false);
    expect(isReal('people', 1_100, statement, true)).toBe(false);
  });

  test('leave a doubt unless they are noise or signs of listening', () => {
    expect(['sup', 'people', 'the people'].every(hasUnclearWords)).toBe(true);
    expect(['', 'is', 'uh huh', 'okay great', 't'].some(hasUnclearWords)).toBe(false);
  });

  test('"yes" answers a yes-or-no question and no other', () => {
    expect(isReal('yes', 300, over('Shall I connect you?'))).toBe(true);
    expect(isReal('ok', 300, over('What is your name?'))).toBe(false);
    expect(isReal('mhm', 300, over('Shall I connect you?'))).toBe(false);
    expect(isReal('tuesday', 300, over('Which day suits you?'))).toBe(true);
  });
});
