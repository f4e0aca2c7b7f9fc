import { describe, expect, test } from 'vitest';
import { actsIn, withoutCourtesy } from './acts.ts';
import { nameIn } from './names.ts';
import { digitsIn, readDigits } from './numbers.ts';
import { soundsLike } from './similarity.ts';
import { plainText, wordsOf } from './words.ts';

describe('numbers', () => {
  test.each([
    ['my number is five five five oh one double two', '5550122'],
    ['triple seven forty two', '77742'],
    ['+49 30 1234', '49301234'],
    ['twenty twenty six', '2026'],
    ['no digits here', ''],
  ])('in "%s"', (said, digits) => {
    expect(digitsIn(wordsOf(said))).toBe(digits);
  });

  test('are read back digit by digit in groups', () => {
    expect(readDigits('5550142')).toBe('five five five, zero one four, two');
  });
});

describe('names', () => {
  test.each([
    ['my name is john smith', 'John Smith'],
    ['um this is mary jones calling', 'Mary Jones'],
    ['smith s m i t h', 'Smith'],
    ['john s m i t h', 'John Smith'],
    ["it's spelled p e double t y", 'Petty'],
    ['b as in bravo o as in oscar b as in bravo', 'Bob'],
    ['sierra india mike', 'Sim'],
    ['um', ''],
    ['hello', ''],
    ['yes okay', ''],
  ])('in "%s"', (said, name) => {
    expect(nameIn(said)).toBe(name);
  });
});

describe('misheard words', () => {
  test.each([
    ['appoint', 'appointment'],
    ['sharge', 'charge'],
    ['youvator', 'elevator'],
    ['dentst', 'dentist'],
    ['cmsurance', 'insurance'],
  ])('"%s" may well be "%s"', (heard, meant) => {
    expect(soundsLike(heard, meant)).toBeGreaterThan(0.6);
  });

  test.each([
    ['thirty', 'parking'],
    ['pizza', 'price'],
    ['consultation', 'result'],
  ])('"%s" is hardly "%s"', (heard, meant) => {
    expect(soundsLike(heard, meant)).toBeLessThan(0.75);
  });
});

describe('acts', () => {
  test.each([
    ['thank you goodbye', 'goodbye'],
    ['no that is all thank you', 'nothing-else'],
    ['sorry what did you say', 'repeat'],
    ['can someone call me back', 'leave-message'],
    ['transfer me to sales please', 'transfer'],
    ['are you a robot', 'are-you-human'],
    ["i'd like to book an appointment", 'book'],
    ['good morning', 'greet'],
    ["yes that's right", 'yes'],
    ["no it isn't", 'no'],
    ['sorry no', 'no'],
    ['stop stop', 'stop'],
    ['no wait', 'hold-on'],
    ['excuse me', 'stop'],
    ['sorry', 'repeat'],
  ])('"%s" is %s', (said, act) => {
    expect(actsIn(said)[0]).toBe(act);
  });

  test.each([
    ['excuse me what is your address', 'what is your address'],
    ['no wait a second how much is it', 'how much is it'],
    ["sorry hold on where's the train", 'where is the train'],
    ['stop the message', 'stop the message'],
    ['wait times please', 'wait times'],
  ])('"%s" comes down to "%s"', (said, core) => {
    expect(withoutCourtesy(plainText(said))).toBe(core);
  });

  test('a bank transfer is no wish to be put through', () => {
    expect(actsIn('can i pay by bank transfer')).toEqual([]);
  });
});
