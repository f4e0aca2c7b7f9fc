import { expect, test } from 'vitest';
import { areDigits, OutgoingTelephoneEvent, parseTelephoneEvent, TelephoneEventReceiver } from './telephone-event.ts';

function payload(event: number, duration: number, isEnd = false): Buffer {
  return Buffer.from([event, isEnd ? 0x8a : 0x0a, duration >> 8, duration & 0xff]);
}

test('many packets are one digit, whichever of them arrive', () => {
  const packets = [160, 320, 480].map((duration) => payload(5, duration));
  const ends = [1, 2, 3].map(() => payload(5, 800, true));
  for (const lost of [0, 1, 5]) {
    const receiver = new TelephoneEventReceiver();
    const digits = [...packets, ...ends].slice(lost).map((packet) => receiver.receive(packet, 1_000));
    expect(digits.filter((digit) => digit !== undefined)).toEqual(['5']);
  }
});

test('the same key pressed twice is two digits', () => {
  const receiver = new TelephoneEventReceiver();
  const heard = [
    receiver.receive(payload(11, 160), 1_000),
    receiver.receive(payload(11, 800, true), 1_000),
    receiver.receive(payload(11, 160), 2_600),
  ];
  expect(heard).toEqual(['#', undefined, '#']);
});

test('a very long press that goes on under new timestamps stays one digit', () => {
  const receiver = new TelephoneEventReceiver();
  expect(receiver.receive(payload(1, 0xffff), 1_000)).toBe('1');
  expect(receiver.receive(payload(1, 160), 1_000 + 0xffff)).toBeUndefined();
  expect(receiver.receive(payload(1, 800, true), 1_000 + 0xffff)).toBeUndefined();
});

test('packets of an earlier digit that come late are not another press', () => {
  const receiver = new TelephoneEventReceiver();
  receiver.receive(payload(1, 800, true), 1_000);
  receiver.receive(payload(2, 160), 3_000);
  expect(receiver.receive(payload(1, 800, true), 1_000)).toBeUndefined();
});

test('events that are no digits and cut-off payloads are left alone', () => {
  const receiver = new TelephoneEventReceiver();
  expect(receiver.receive(payload(16, 160), 1)).toBeUndefined();
  expect(receiver.receive(Buffer.from([1, 2, 3]), 2)).toBeUndefined();
});

test('an outgoing digit grows for 100 ms and ends three times', () => {
  const event = new OutgoingTelephoneEvent('*', 160);
  const packets = [];
  while (!event.isDone) {
    const packet = Buffer.alloc(4);
    event.write(packet, 0);
    packets.push(parseTelephoneEvent(packet));
  }
  expect(packets.map((packet) => [packet?.event, packet?.duration, packet?.isEnd])).toEqual([
    ...[160, 320, 480, 640, 800].map((duration) => [10, duration, false]),
    ...[800, 800, 800].map((duration) => [10, duration, true]),
  ]);
});

test('only what a keypad has can be sent', () => {
  expect(['1', '#*0', 'abcd'].map(areDigits)).toEqual([true, true, true]);
  expect(['', '1x', '1 2', '+49'].map(areDigits)).toEqual([false, false, false, false]);
});
