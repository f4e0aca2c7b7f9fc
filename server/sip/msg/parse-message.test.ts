import { describe, expect, test } from 'vitest';
import { createResponse } from './build-message.ts';
import { parseMessage } from './parse-message.ts';
import { serializeMessage } from './serialize-message.ts';
import type { SipMessage, SipRequest } from './sip-message.ts';
import { VALID } from './torture-valid.ts';

function parsed(text: string): SipMessage {
  const result = parseMessage(Buffer.from(text));
  if (!result.ok) throw new Error(result.reason);
  return result.message;
}

const OPTIONS = [
  'OPTIONS sip:user@example.com SIP/2.0',
  'v: SIP/2.0/UDP a.example;branch=z9hG4bK1 ,  SIP/2.0/UDP b.example;branch=z9hG4bK2',
  'f: "Smith, \\"J\\"" <sip:smith@example.com>;tag=1',
  't: <sip:user@example.com>',
  'i: abc',
  'CSEQ: 1 OPTIONS',
  'Route: <sip:one.example;lr>, "Two, the second" <sip:two.example;lr>',
  'Route: <sip:three.example;lr>',
  'Date: Sat, 13 Nov 2027 23:29:00 GMT',
  'Subject: first',
  '\t  second   ',
  'p-early-media: x',
  'X-mIxEd: y',
  'l: 3',
  '',
  'abcdef',
].join('\r\n');

describe('parsing a message', () => {
  test('expands compact forms, settles the case of names and unfolds values', () => {
    const { headers } = parsed(OPTIONS);
    const names = headers.fields.map(({ name }) => name);
    expect(names.join(' ')).toBe(
      'Via Via From To Call-ID CSeq Route Route Route Date Subject P-Early-Media X-mIxEd Content-Length',
    );
    expect(headers.get('subject')).toBe('first second');
    expect(headers.get('s')).toBe('first second');
  });

  test('keeps one list element per field where a list is of addresses, and commas that are data', () => {
    const { headers } = parsed(OPTIONS);
    expect(headers.all('Via')).toEqual([
      'SIP/2.0/UDP a.example;branch=z9hG4bK1',
      'SIP/2.0/UDP b.example;branch=z9hG4bK2',
    ]);
    expect(headers.all('Route')).toEqual([
      '<sip:one.example;lr>',
      '"Two, the second" <sip:two.example;lr>',
      '<sip:three.example;lr>',
    ]);
    expect(headers.get('Date')).toBe('Sat, 13 Nov 2027 23:29:00 GMT');
  });

  test('takes as much body as Content-Length says', () => {
    expect(parsed(OPTIONS).body.toString()).toBe('abc');
  });

  test('takes the rest of a datagram that has no Content-Length', () => {
    expect(parsed(OPTIONS.replace('l: 3\r\n', '')).body.toString()).toBe('abcdef');
  });

  test('tells a response from a request', () => {
    const request = parsed(OPTIONS) as SipRequest;
    const response = createResponse(request, 486, { toTag: 'x' });
    expect(parsed(serializeMessage(response).toString())).toMatchObject({
      kind: 'response',
      status: 486,
      reason: 'Busy Here',
    });
  });

  test('reads bytes beyond UTF-8 as Latin-1', () => {
    const latin = VALID.find(({ name }) => name.includes('Latin-1'))?.bytes;
    const result = parseMessage(latin ?? Buffer.alloc(0));
    expect(result.ok && result.message.headers.get('From')).toContain('"Müller"');
  });

  test('gives what is needed to answer a request that is broken elsewhere', () => {
    const result = parseMessage(Buffer.from(OPTIONS.replace('OPTIONS sip:user', 'OPTIONS gopher:user')));
    if (result.ok || result.request === undefined) throw new Error('not answerable');
    const response = createResponse(result.request, result.status, { toTag: 't' });
    expect(response).toMatchObject({ status: 416, reason: 'Unsupported URI Scheme' });
    expect(response.headers.all('Via')).toHaveLength(2);
    expect(response.headers.get('To')).toBe('<sip:user@example.com>;tag=t');
  });

  test('takes a message of 64 kB and refuses one byte more', () => {
    const pad = 65_536 - OPTIONS.length - 'X-Pad: \r\n'.length;
    const padded = (size: number) => OPTIONS.replace('l: 3', `X-Pad: ${'x'.repeat(size)}\r\nl: 3`);
    expect(parseMessage(Buffer.from(padded(pad)))).toMatchObject({ ok: true });
    expect(parseMessage(Buffer.from(padded(pad + 1)))).toMatchObject({ ok: false, status: 513 });
  });

  test('handles 20,000 folded lines in no more than linear time', () => {
    const folded = OPTIONS.replace('Subject: first', `Subject: first${'\r\n x'.repeat(15_000)}`);
    expect(parsed(folded).headers.get('Subject')).toHaveLength(30_000 + 'first second'.length);
  });
});
