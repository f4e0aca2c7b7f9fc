import { describe, expect, test } from 'vitest';
import { createRequest, createResponse } from './build-message.ts';
import { parseMessage } from './parse-message.ts';
import { serializeMessage } from './serialize-message.ts';
import { hopProblem, unsupportedOptions } from './validate-message.ts';

const invite = (more: Iterable<readonly [string, string]> = [], to = '<sip:b@h>') =>
  createRequest({
    method: 'INVITE',
    uri: 'sip:b@h',
    from: '<sip:a@h>;tag=a',
    to,
    callId: 'c1',
    cseq: 3,
    contact: '<sip:a@1.2.3.4>',
    routes: ['<sip:r1;lr>', '<sip:r2;lr>'],
    headers: [['Via', 'SIP/2.0/UDP h;branch=z9hG4bK1'], ...more],
  });

describe('building a request', () => {
  test('puts in everything a request must have', () => {
    const request = { ...invite(), body: Buffer.from('grün') };
    const text = serializeMessage(request).toString();
    expect(text).toContain('\r\nContent-Length: 5\r\n\r\ngrün');
    const parsed = parseMessage(Buffer.from(text));
    expect(parsed).toMatchObject({ ok: true, message: { method: 'INVITE', uri: 'sip:b@h' } });
    expect(parsed.ok && parsed.message.headers.all('Route')).toEqual(['<sip:r1;lr>', '<sip:r2;lr>']);
    expect(parsed.ok && parsed.message.headers.get('Max-Forwards')).toBe('70');
  });

  test('counts the body anew, whatever Content-Length was set', () => {
    const request = invite([['Content-Length', '999']]);
    expect(
      serializeMessage(request)
        .toString()
        .match(/Content-Length: \d+/g),
    ).toEqual(['Content-Length: 0']);
  });
});

describe('building a response', () => {
  const records = [
    ['Record-Route', '<sip:p1;lr>'],
    ['Record-Route', '<sip:p2;lr>'],
    ['Timestamp', '54'],
  ] as const;

  test('copies what a response must repeat, and tags To', () => {
    const { headers, reason } = createResponse(invite(records), 200, { toTag: 'b', contentType: 'application/sdp' });
    expect(reason).toBe('OK');
    expect(headers.get('To')).toBe('<sip:b@h>;tag=b');
    expect(headers.all('Record-Route')).toEqual(['<sip:p1;lr>', '<sip:p2;lr>']);
    expect(headers.get('Timestamp')).toBeUndefined();
    expect(headers.get('Content-Type')).toBe('application/sdp');
    for (const name of ['Via', 'From', 'Call-ID', 'CSeq']) expect(headers.get(name)).toBe(invite().headers.get(name));
  });

  test('keeps a To tag that is there, and leaves Record-Route out inside a dialog', () => {
    const { headers } = createResponse(invite(records, '<sip:b@h>;tag=old'), 200, { toTag: 'new' });
    expect(headers.get('To')).toBe('<sip:b@h>;tag=old');
    expect(headers.has('Record-Route')).toBe(false);
  });

  test('has Timestamp in a 100 only, and Record-Route in neither 100 nor a refusal', () => {
    expect(createResponse(invite(records), 100).headers.get('Timestamp')).toBe('54');
    expect(createResponse(invite(records), 100).headers.has('Record-Route')).toBe(false);
    expect(createResponse(invite(records), 486).headers.has('Record-Route')).toBe(false);
  });

  test('cannot be split by a line break in the reason', () => {
    expect(createResponse(invite(), 400, { reason: 'a\r\nInjected: b' }).reason).toBe('a  Injected: b');
  });

  test('falls back to the phrase of the class', () => {
    expect(createResponse(invite(), 499).reason).toBe('Bad Request');
    expect(createResponse(invite(), 199).reason).toBe('Early Dialog Terminated');
  });
});

describe('checking what a request asks for', () => {
  test('refuses one without hops left, unless it ends here anyway', () => {
    const spent = [['Max-Forwards', '0']] as const;
    const request = invite();
    request.headers.set('Max-Forwards', '0');
    expect(hopProblem(request)).toEqual({ status: 483, reason: 'Too Many Hops' });
    expect(hopProblem(invite())).toBeUndefined();
    const inDialog = invite(spent, '<sip:b@h>;tag=b');
    inDialog.headers.set('Max-Forwards', '0');
    expect(hopProblem(inDialog)).toBeUndefined();
  });

  test('names the required options that are not supported', () => {
    const request = invite([
      ['Require', 'Timer, nothingSupportsThis'],
      ['Require', '100rel'],
    ]);
    expect(unsupportedOptions(request, new Set(['timer', '100rel']))).toEqual(['nothingSupportsThis']);
    expect(unsupportedOptions(invite(), new Set())).toEqual([]);
  });
});
