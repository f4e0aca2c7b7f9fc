import { describe, expect, test } from 'vitest';
import { interruptionDefaults, isRealSpeech, judgeInterruption } from './interruption.ts';

const over = (lastSentence: string) => ({ unheard: false, lastSentence });
const statement = over('We are open from nine to five.');
const voice = { text: '', confirmed: true, voiceMs: 300, silentMs: undefined, over: statement };

describe('a voice over the agent', () => {
  test('with real words interrupts as soon as it is confirmed', () => {
    expect(judgeInterruption({ ...voice, text: 'stop' }, interruptionDefaults)).toBe('interrupt');
    expect(judgeInterruption({ ...voice, text: 'stop', confirmed: false }, interruptionDefaults)).toBe('wait');
  });

  test('without words interrupts when it lasts', () => {
    expect(judgeInterruption({ ...voice, voiceMs: 1_200 }, interruptionDefaults)).toBe('wait');
    expect(judgeInterruption({ ...voice, voiceMs: 1_400 }, interruptionDefaults)).toBe('interrupt');
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
  test.each(['mhm', 'uh huh', 'yeah', 'ok right', 'i see', 'the', 'a', 'b', 'hm yes', 'is', ''])(
    '"%s" over a statement is listening or noise',
    (text) => expect(isRealSpeech(text, statement)).toBe(false),
  );

  // What the starter recogniser made of hummed "mhm", "mm-hmm" and "uh-huh" of three voices.
  test.each(['the sh', 'umation', 'the l', 'tom', 'any t', 'uh the', 'm', 'uh huh'])(
    '"%s" over a statement is a hum',
    (text) => expect(isRealSpeech(text, statement)).toBe(false),
  );

  test.each([
    'no',
    'stop',
    'wait a moment',
    'and on saturday',
    'yes but',
    'what',
    'thank you',
    'are you open',
    'the address',
    'two people',
  ])('"%s" over a statement is speech', (text) => expect(isRealSpeech(text, statement)).toBe(true));

  test('"yes" answers a yes-or-no question and no other', () => {
    expect(isRealSpeech('yes', over('Shall I connect you?'))).toBe(true);
    expect(isRealSpeech('ok', over('What is your name?'))).toBe(false);
    expect(isRealSpeech('mhm', over('Shall I connect you?'))).toBe(false);
    expect(isRealSpeech('tuesday', over('Which day suits you?'))).toBe(true);
  });
});
