import { describe, expect, it } from 'vitest';
import { parseClientMessage } from './client-message.ts';

const parse = (text: string) => parseClientMessage(Buffer.from(text));

describe('the SIP text of a client', () => {
  it('has its body to the end of the frame, whatever Content-Length says', () => {
    const message = parse('MESSAGE sip:a@b SIP/2.0\r\ncontent-length: 2\r\nX-A:  b \r\n\r\nbody\r\n\r\n📞');
    expect(message).toMatchObject({ kind: 'request', method: 'MESSAGE', uri: 'sip:a@b' });
    expect(message?.headers).toEqual([
      ['content-length', '2'],
      ['X-A', 'b'],
    ]);
    expect(message?.body.toString()).toBe('body\r\n\r\n📞');
  });

  it('may be a response with or without reason, and may end without an empty line', () => {
    expect(parse('SIP/2.0 486 Busy Here\r\nto: x\r\n\r\n')).toMatchObject({
      kind: 'response',
      status: 486,
      reason: 'Busy Here',
    });
    expect(parse('SIP/2.0 200')).toMatchObject({ status: 200, reason: '', headers: [] });
  });

  it('may fold its header lines', () => {
    expect(parse('SIP/2.0 200 OK\r\nA: one\r\n  two\r\n\tthree\r\n\r\n')?.headers).toEqual([['A', 'one two three']]);
  });

  it.each([
    '',
    'GET / HTTP/1.1\r\n\r\n',
    'SIP/2.0 99 Low\r\n\r\n',
    'INVITE sip:a b SIP/2.0\r\n\r\n',
    'SIP/2.0 200 OK\r\nno colon here\r\n\r\n',
    'SIP/2.0 200 OK\r\nA: b\nInjected: c\r\n\r\n',
    'SIP/2.0 200 OK\r\nA: b\0c\r\n\r\n',
    `SIP/2.0 200 OK\r\n${'A: b\r\n'.repeat(201)}\r\n`,
  ])('is refused when it is none: %j', (text) => expect(parse(text)).toBeUndefined());
});
