import { describe, expect, it } from 'vitest';
import { checkDraft, valueOf, withoutDialogHeaders } from './header-policy.ts';

const NO_BODY = Buffer.alloc(0);
const check = (headers: [string, string][], body = '') =>
  checkDraft({ headers, body: Buffer.from(body) }, '192.0.2.1:5060');

describe('headers of the application', () => {
  it('keep their order, without those that the core owns', () => {
    const given: [string, string][] = [
      ['via', 'SIP/2.0/UDP forged'],
      ['X-One', '1'],
      ['Route', '<sip:forged>'],
      ['record-route', '<sip:forged>'],
      ['RSeq', '1'],
      ['content-length', '999'],
      ['X-Two', '2'],
    ];
    expect(check(given)).toMatchObject({
      headers: [
        ['X-One', '1'],
        ['X-Two', '2'],
      ],
    });
  });

  it.each([
    ['From', '"Me" <sip:me@localhost>;tag=a', '"Me" <sip:me@192.0.2.1:5060>;tag=a'],
    ['contact', 'sip:localhost:9999', 'sip:192.0.2.1:5060'],
    ['Contact', '<sip:localhost;transport=tcp>;expires=60', '<sip:192.0.2.1:5060;transport=tcp>;expires=60'],
    ['P-Asserted-Identity', 'sips:me@localhost', 'sips:me@192.0.2.1:5060'],
    ['To', '<sip:localhost@example.com>', '<sip:localhost@example.com>'],
    ['To', '<sip:a@localhost.example>', '<sip:a@localhost.example>'],
    ['Refer-To', '<sip:a@localhost>', '<sip:a@localhost>'],
  ])('%s: %s becomes %s', (name, value, expected) => {
    expect(check([[name, value]])).toMatchObject({ ok: true, headers: [[name, expected]] });
  });

  it.each([
    ['From', 'nonsense<'],
    ['Contact', 'no uri here'],
    ['CSeq', 'one INVITE'],
    ['Expires', 'soon'],
    ['Call-ID', 'a|b'],
    ['Call-ID', 'a b'],
    ['Content-Type', 'sdp'],
    ['Refer-To', '<sip:a@b'],
  ])('make the send fail when malformed: %s: %s', (name, value) => {
    expect(check([[name, value]])).toEqual({ ok: false, reason: `invalid ${name} header` });
  });

  it('need a Content-Type for every body but SDP', () => {
    expect(check([], 'v=0\r\n')).toMatchObject({ ok: true, contentType: 'application/sdp' });
    expect(check([['c', 'text/plain']], 'hello')).toMatchObject({ ok: true, headers: [], contentType: 'text/plain' });
    expect(check([], 'hello')).toEqual({ ok: false, reason: 'missing content-type' });
    expect(checkDraft({ headers: [], body: NO_BODY }, 'h')).toMatchObject({ ok: true, contentType: undefined });
  });

  it('inside a dialog lose what names the dialog', () => {
    const given: [string, string][] = [
      ['f', '<sip:a@b>'],
      ['TO', '<sip:a@b>'],
      ['cseq', '1 BYE'],
      ['i', 'x'],
      ['Reason', 'y'],
    ];
    expect(withoutDialogHeaders(given)).toEqual([['Reason', 'y']]);
    expect(valueOf(given, 'reason')).toBe('y');
  });
});
