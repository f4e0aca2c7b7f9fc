import { expect, test } from 'vitest';
import { keypadOf, ruleFor } from './keypad-rules.ts';

const rules = [
  { digit: 1, action: 'say', value: 'We are open from nine to five.' },
  { digit: '2', action: 'transfer', value: '+15550100', description: 'sales' },
  { pattern: '9XX', action: 'end_call', value: 'Goodbye.' },
  { pattern: '911', action: 'say', value: 'Hang up and dial again.' },
];

test('the rules of an agent are found by the keys that were pressed', () => {
  const keypad = keypadOf({ enabled: true, timeout_seconds: 1.5, rules });
  expect(keypad.gapMs).toBe(1_500);
  expect(ruleFor('1', keypad.rules)?.action).toEqual({ kind: 'say', text: 'We are open from nine to five.' });
  expect(ruleFor('2', keypad.rules)?.action).toEqual({ kind: 'transfer', target: '+15550100', name: 'sales' });
  expect(ruleFor('950', keypad.rules)?.action).toEqual({ kind: 'end-call', text: 'Goodbye.' });
  expect(ruleFor('911', keypad.rules)?.action.kind).toBe('say');
  for (const keys of ['3', '12', '9*1', '']) expect(ruleFor(keys, keypad.rules)).toBeUndefined();
});

test.each([
  [
    { action: 'send_dtmf', value: '1 2-3*#a' },
    { kind: 'send-digits', digits: '123*#A' },
  ],
  [
    { action: 'set_variable', value: 'language = de' },
    { kind: 'set-variable', name: 'language', value: 'de' },
  ],
  [
    { action: 'set_variable', value: 'de', description: 'language' },
    { kind: 'set-variable', name: 'language', value: 'de' },
  ],
  [
    { action: 'set_variable', value: 'a=b=c', description: 'x' },
    { kind: 'set-variable', name: 'a', value: 'b=c' },
  ],
])('%j is understood', (rule, action) => {
  expect(keypadOf({ rules: [{ digit: '1', ...rule }] }).rules).toEqual([{ keys: '1', action }]);
});

test.each(['#', '*'])('a lone %s is a key like others', (digit) => {
  const { rules } = keypadOf({ rules: [{ digit, action: 'say', value: 'Hello.' }] });
  expect(ruleFor(digit, rules)?.action).toEqual({ kind: 'say', text: 'Hello.' });
});

test.each([
  null,
  {},
  { rules: 'none' },
  { enabled: false, rules },
  { rules: [null, 7, 'x', {}, { digit: '1' }, { digit: '1', action: 'say' }, { digit: '(a+)+$', action: 'end_call' }] },
  {
    rules: [
      { digit: '1', action: 'play_music', value: '5' },
      { digit: '1#', action: 'say', value: 'x' },
    ],
  },
  {
    rules: [
      { digit: '1', action: 'send_dtmf', value: 'five' },
      { digit: '2', action: 'set_variable', value: 'x y=1' },
    ],
  },
])('what is no rule does nothing: %j', (sent) => {
  expect(keypadOf(sent).rules).toEqual([]);
});
