import { describe, expect, test } from 'vitest';
import { writtenForm } from './written-form.ts';

function shows(cases: Readonly<Record<string, string>>): void {
  for (const [heard, written] of Object.entries(cases)) expect(writtenForm(heard), heard).toBe(written);
}

describe('what was heard is written the way people write it', () => {
  test('digits said one by one become a number', () =>
    shows({
      'my number is five five five one two three four': 'My number is 5551234',
      'call me back on four six double seven triple oh': 'Call me back on 4677000',
      'extension five four': 'Extension 54',
      "it's oh eight four three": "It's 0843",
    }));

  test('numbers from ten on become figures, a lone small one stays a word', () =>
    shows({
      'there are three hundred and fifty eight miles': 'There are 358 miles',
      'twenty five thousand two hundred thirty seven': '25,237',
      'a hundred and one': '101',
      'i want this one': 'I want this one',
      'room three please': 'Room 3 please',
      'two point five': '2.5',
      'one or two people': 'One or two people',
    }));

  test('times of day', () =>
    shows({
      'at eight forty in the evening': 'At 8:40 in the evening',
      "can i come at three o'clock": 'Can I come at 3:00',
      'half past two': '2:30',
      'a quarter to nine': '8:45',
      'quarter to one': '12:45',
      'nine a m on monday': '9 am on Monday',
      'twelve oh five p m': '12:05 pm',
      'come at five oh five': 'Come at 5:05',
      'extension five oh five': 'Extension 505',
      'tuesday at three thirty': 'Tuesday at 3:30',
    }));

  test('money and shares', () =>
    shows({
      'i was charged forty two dollars and fifty cents': 'I was charged $42.50',
      'i owe six thousand five hundred and ninety five pounds': 'I owe £6595',
      'fifty pence': '£0.50',
      'about five percent': 'About 5%',
      'eight hundred euros': '€800',
    }));

  test('dates', () =>
    shows({
      'may twenty fourth': 'May 24',
      'the third of june twenty twenty six': 'The 3 June 2026',
      'march first nineteen ninety nine': 'March 1, 1999',
      'do you have any openings the thirtieth': 'Do you have any openings the 30th',
      'wait a second': 'Wait a second',
      'the first time': 'The first time',
      'you may go': 'You may go',
    }));

  test('spelled names and codes', () =>
    shows({
      's m i t h': 'Smith',
      'last name p a t e l': 'Last name Patel',
      'j as in juliet c as in charlie': 'JC',
      'the code is f eight nine two e seven z oh': 'The code is F892E7Z0',
      'm i double l e r': 'Miller',
      'i am a friend': 'I am a friend',
      'can i a': 'Can I a',
    }));

  test('e-mail addresses', () =>
    shows({
      'my email is andrea thirty six at outlook dot com': 'My email is andrea36@outlook.com',
      'send it to myers underscore joshua at yahoo dot io please': 'Send it to myers_joshua@yahoo.io please',
      'meet me at noon': 'Meet me at noon',
      'i live at ten harbor drive': 'I live at 10 harbor drive',
    }));

  test('nothing heard stays nothing', () => shows({ '': '', '   ': '' }));
});
