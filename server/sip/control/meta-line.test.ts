import { describe, expect, it } from 'vitest';
import {
  isToken,
  type MessageSource,
  parseCommandFrame,
  requestEchoLine,
  responseEchoLine,
  resultLine,
  sipLine,
  timeToken,
} from './meta-line.ts';

const source: MessageSource = {
  source: 'network',
  bytes: 412,
  transport: 'udp',
  address: '10.0.0.7',
  port: 5060,
  timeMs: Date.UTC(2026, 0, 2, 3, 4, 5, 67) + 0.089,
};
const UUID = /^[0-9a-f-]{36}$/;

describe('the meta line', () => {
  it('shows UTC time of day with microseconds', () => {
    expect(timeToken(Date.UTC(2026, 0, 2, 23, 59, 59, 7) + 0.25)).toBe('23:59:59.007250');
    expect(timeToken(Date.UTC(2026, 0, 2))).toBe('00:00:00.000000');
  });

  it('puts transaction and dialog of a network message at positions 8 and 9, the receiving address at 10 and 11', () => {
    const tokens = sipLine(source, 'txn', 'call;from-tag=a', { address: '10.0.0.1', port: 5060 }).split('|');
    expect(tokens[0]).toMatch(UUID);
    expect(tokens.slice(1, 7)).toEqual(['sip', 'network', '412', 'udp', '10.0.0.7', '5060']);
    expect(tokens.slice(8)).toEqual(['txn', 'call;from-tag=a', '10.0.0.1', '5060', '']);
  });

  it('puts the transaction of an echoed request at 10 and "Msg sent:" at 11', () => {
    const tokens = requestEchoLine('m1', source, 'txn').split('|');
    expect(tokens.slice(1, 4)).toEqual(['response', 'm1', 'OK']);
    expect(tokens.slice(10)).toEqual(['txn', 'Msg sent:', '']);
  });

  it('puts the dialog of an echoed response at 11 and "Msg sent:" at 13', () => {
    const tokens = responseEchoLine('m1', source, 'txn', 'dlg').split('|');
    expect(tokens.slice(10)).toEqual(['txn', 'dlg', '', 'Msg sent:']);
  });

  it('answers a command by its message id', () => {
    expect(resultLine('m9', 'NOK', 'unable to find dialog').split('|').slice(1)).toEqual([
      'response',
      'm9',
      'NOK',
      'unable to find dialog',
    ]);
  });

  it('refuses separators inside a token', () => {
    expect(isToken('abc@host;tag=1')).toBe(true);
    for (const bad of ['a|b', 'a\rb', 'a\nb']) expect(isToken(bad)).toBe(false);
  });
});

describe('a client frame', () => {
  it('is its tokens and, after the first line break, the message bytes', () => {
    const frame = parseCommandFrame(Buffer.from('m1|sip|txn|\r\nSIP/2.0 200 OK\r\n\r\nü'));
    expect(frame?.messageId).toBe('m1');
    expect(frame?.tokens).toEqual(['sip', 'txn', '']);
    expect(frame?.message?.toString()).toBe('SIP/2.0 200 OK\r\n\r\nü');
  });

  it('without command or message id is refused', () => {
    expect(parseCommandFrame(Buffer.from('only-an-id'))).toBeUndefined();
    expect(parseCommandFrame(Buffer.from('|ping'))).toBeUndefined();
  });
});
