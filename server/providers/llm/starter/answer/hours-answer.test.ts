import { describe, expect, test } from 'vitest';
import type { Fact } from '../facts/extract-facts.ts';
import { answerHours, timeWords } from './hours-answer.ts';
import { parseWeek } from './opening-hours.ts';

const factOf = (text: string): Fact => ({ text, about: text, personal: false });
const clinic = [
  'We are open Monday to Friday from nine to five.',
  'On Saturday we are open from ten to two, and on Sunday we are closed.',
].map(factOf);

/** 2026-11-24 is a Tuesday. */
const at = (time: string) => Date.parse(`2026-11-${time}Z`);
const answer = (text: string, nowMs = at('24T10:00'), timeZone = 'UTC', facts = clinic) =>
  answerHours(text, facts, nowMs, timeZone)?.sentences.join(' ');

describe('questions about opening hours', () => {
  test.each([
    ['are you open now', 'Yes, we are open now, until five.'],
    ['are you open today', 'Yes, today we are open from nine to five.'],
    ['are you open on sunday', 'No, on Sunday we are closed.'],
    ['are you open on saturday at three', 'No, on Saturday we are open from ten to two.'],
    ['when do you close tomorrow', 'Tomorrow, Wednesday, we are open from nine to five.'],
    ['can i come in at the weekend', 'On Saturday we are open from ten to two, and on Sunday we are closed.'],
    ['what are your opening hour', `${clinic[0]?.text} ${clinic[1]?.text}`],
  ])('"%s"', (said, expected) => {
    expect(answer(said)).toBe(expected);
  });

  test.each([
    'do you deliver flowers on sunday',
    'is there a piano lesson on friday',
    'can i move my appointment to friday',
    'what is the weather today',
    'are you open on holidays',
  ])('"%s" is not one', (said) => {
    expect(answer(said)).toBeUndefined();
  });

  test('"now" is the time where the agent is', () => {
    expect(answer('are you open now', at('24T07:30'), 'UTC')).toBe('No, we are closed now. We open today at nine.');
    expect(answer('are you open now', at('24T07:30'), 'Asia/Dubai')).toBe('Yes, we are open now, until five.');
    expect(answer('are you open', at('28T15:00'), 'UTC')).toBe('No, we are closed now. We open on Monday at nine.');
  });

  test('a day of which the facts say nothing is not guessed: the facts are read out', () => {
    expect(answer('are you open on sunday', at('24T10:00'), 'UTC', clinic.slice(0, 1))).toBe(clinic[0]?.text);
  });

  test('hours that cannot be read are read out', () => {
    const facts = [factOf('We are open every day when the sun shines.')];
    expect(answer('are you open on monday', at('24T10:00'), 'UTC', facts)).toBe(facts[0]?.text);
  });
});

describe('a week of opening hours', () => {
  const open = (from: number, to: number) => [{ from: from * 60, to: to * 60 }];
  test.each([
    ['We are open Monday to Friday from nine to five.', 1, open(9, 17)],
    ['Opening hours: Mon-Fri 8:30-17:00, Sat 10-14, Sun closed', 6, open(10, 14)],
    ['Opening hours: Mon-Fri 8:30-17:00, Sat 10-14, Sun closed', 0, []],
    ['Opening hours: Mon-Fri 8:30-17:00, Sat 10-14, Sun closed', 3, open(8.5, 17)],
    ['We are open from 9 a.m. to 6 p.m. on weekdays and closed at weekends.', 6, []],
    ['Open daily from noon to midnight.', 2, open(12, 24)],
    ['Open Tuesday nine to twelve and one to five.', 2, [...open(9, 12), ...open(13, 17)]],
    ['On Fridays the bar is open from eight in the evening to two in the morning.', 5, open(20, 26)],
    ['We open at eight and close at six from Monday to Friday.', 4, open(8, 18)],
    ['We are open 24 hours a day, every day.', 0, open(0, 24)],
    ['We are open on Saturday from half past nine to quarter past one.', 6, [{ from: 570, to: 795 }]],
  ])('%s (day %i)', (sentence, day, ranges) => {
    expect(parseWeek([sentence])?.[day]).toEqual(ranges);
  });

  test('sentences that disagree are not read', () => {
    expect(parseWeek(['Open Monday nine to five.', 'Open Monday ten to four.'])).toBeUndefined();
  });

  test('times are spoken as people say them', () => {
    expect([540, 570, 725, 720, 1440, 1025].map(timeWords)).toEqual([
      'nine',
      'half past nine',
      'twelve oh five',
      'noon',
      'midnight',
      'five oh five',
    ]);
  });
});
