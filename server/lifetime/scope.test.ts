import { expect, test } from 'vitest';
import { Scope, type ScopeEnded } from './scope.ts';

test('ending a scope ends its children first and runs clean-ups in reverse order', () => {
  const order: string[] = [];
  const call = new Scope('call');
  const turn = call.child('turn');
  call.onEnd(() => order.push('call 1'));
  call.onEnd(() => order.push('call 2'));
  turn.onEnd(() => order.push('turn'));
  call.end('hangup');
  expect(order).toEqual(['turn', 'call 2', 'call 1']);
  expect(turn.ended).toBe('hangup');
  expect((call.signal.reason as ScopeEnded).end).toBe('hangup');
});

test('the first reason stays', () => {
  const scope = new Scope('turn');
  scope.end('barge-in');
  scope.end('done');
  expect(scope.ended).toBe('barge-in');
});

test('a child that ended is forgotten by its parent, so a long call keeps nothing of its turns', () => {
  const call = new Scope('call');
  for (let turn = 0; turn < 1_000; turn++) call.child('turn').end();
  expect(call.childCount).toBe(0);
});

test('a child of an ended scope is born ended, and its clean-ups run at once', () => {
  const call = new Scope('call');
  call.end('shutdown');
  const late = call.child('turn');
  let cleaned = false;
  late.onEnd(() => {
    cleaned = true;
  });
  expect(late.ended).toBe('shutdown');
  expect(cleaned).toBe(true);
});

test('a clean-up that throws does not keep the others from running', () => {
  const scope = new Scope('call');
  let ran = false;
  scope.onEnd(() => {
    ran = true;
  });
  scope.onEnd(() => {
    throw new Error('broken');
  });
  expect(() => scope.end()).toThrow(AggregateError);
  expect(ran).toBe(true);
});

test('a clean-up that was taken back does not run', () => {
  const scope = new Scope('call');
  let ran = false;
  scope.onEnd(() => {
    ran = true;
  })();
  scope.end();
  expect(ran).toBe(false);
});
