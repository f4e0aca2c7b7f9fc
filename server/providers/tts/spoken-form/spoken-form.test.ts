import { describe, expect, test } from 'vitest';
import { spokenForm } from './spoken-form.ts';

function reads(cases: Readonly<Record<string, string>>): void {
  for (const [written, spoken] of Object.entries(cases)) {
    expect(spokenForm(written), written).toBe(spoken);
    expect(spokenForm(spoken), `${spoken}, a second time`).toBe(spoken);
  }
}

describe('what is to be said is written the way it is read aloud', () => {
  test('phone numbers digit by digit, in groups', () =>
    reads({
      'Call +1 (555) 123-4567 now.': 'Call plus one, five five five, one two three, four five six seven now.',
      'Dial 555-0199.': 'Dial 555-0199.'.replace('555-0199', 'five five five, zero one nine nine'),
      'My number is 0171 2345678': 'My number is zero one seven one, two three four, five six seven eight',
      'It is 5551234567.': 'It is five five five, one two three, four five six seven.',
    }));

  test('dates', () =>
    reads({
      'On 2026-11-22.': 'On November twenty second, twenty twenty six.',
      'On 3/4/2026 we close': 'On March fourth, twenty twenty six we close',
      'On 22.11.2026': 'On November twenty second, twenty twenty six',
      'On May 24th at noon': 'On May twenty fourth at noon',
      'the 3rd of June': 'the third of June',
      'on 22 November 2026.': 'on the twenty second of November, twenty twenty six.',
      'You may 3 times': 'You may three times',
      'Since 1999': 'Since nineteen ninety nine',
    }));

  test('times of day', () =>
    reads({
      'at 14:30': 'at two thirty p m',
      'at 9am or 9:05 a.m.': 'at nine a m or nine oh five a m',
      'at 9:00': "at nine o'clock",
      'We are open 9:00-17:00.': "We are open nine o'clock to five p m.",
      'from 8 am - 6 pm': 'from eight a m to six p m',
      'at 00:15': 'at twelve fifteen a m',
    }));

  test('money, shares, ordinals and plain numbers', () =>
    reads({
      'It costs $42.50.': 'It costs forty two dollars and fifty cents.',
      'It costs £1,200': 'It costs one thousand two hundred pounds',
      '5 €': 'five euros',
      '$0.01': 'one cent',
      '2.5% of 300': 'two point five percent of three hundred',
      'the 2nd floor': 'the second floor',
      'There are 12, maybe 13.': 'There are twelve, maybe thirteen.',
      '20°C': 'twenty degrees Celsius',
    }));

  test('e-mail and web addresses', () =>
    reads({
      'Write to jane.doe42@example.com.': 'Write to jane dot doe four two at example dot com.',
      'See https://www.example.org/help now': 'See example dot org slash help now',
    }));

  test('order numbers and codes', () =>
    reads({
      'Your order 4711 is ready': 'Your order four seven one one is ready',
      'Code AB12-C9': 'Code A B one two, C nine',
      'PIN: 0042': 'PIN: zero zero four two',
      'Room 204': 'Room two hundred four',
      'account number 12345678': 'account number one two three four five six seven eight',
    }));

  test('typography and mark-up that no voice can read', () =>
    reads({
      'It’s “fine” — really…': 'It\'s "fine" , really...',
      '**Bold** and *soft*': 'Bold and soft',
      'Café & bar, e.g. Zoë’s 🙂': "Cafe and bar, for example, Zoe's",
      'Dr. Miller is here': 'Doctor Miller is here',
    }));

  test('plain sentences stay as they are', () =>
    reads({
      'We are open from nine to five, Monday to Friday.': 'We are open from nine to five, Monday to Friday.',
      '': '',
    }));
});
