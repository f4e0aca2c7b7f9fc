import { expect, test } from 'vitest';
import { callEvents } from './answer-events.ts';

const targets = [{ name: 'billing', target: 'sip:billing@example.com' }];

test('the model hangs up', () => {
  expect(callEvents({ name: 'end_call', params: {} }, targets)).toEqual([{ kind: 'end-call' }]);
});

test('a transfer goes to a configured target only', () => {
  expect(callEvents({ name: 'transfer', params: { target: 'billing' } }, targets)).toEqual([
    { kind: 'transfer', target: targets[0] },
  ]);
  expect(callEvents({ name: 'transfer', params: { target: 'sip:evil@example.com' } }, targets)).toEqual([]);
});

test('a message is stored and remembered', () => {
  const call = { name: 'take_message', params: { name: 'Doe', number: '5550199' } } as const;
  expect(callEvents(call, targets)).toEqual([
    { kind: 'message-taken', message: { name: 'Doe', number: '5550199', reason: '' } },
    { kind: 'slots', slots: { message_taken: 'Doe, 5550199' } },
  ]);
});
