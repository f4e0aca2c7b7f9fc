import { describe, expect, it } from 'vitest';
import { parseChallenges } from '../digest/challenge.ts';
import { MediaSession } from '../offer-answer/media-session.ts';
import { identityOf } from './identity.ts';
import { infoDigit } from './info-digit.ts';
import { sdpBodyOf } from './sdp-body.ts';
import { sessionTimerHeaders } from './session-timer.ts';
import { parseNameAddress, parseSipUri } from './sip-uri.ts';

function message(headers: Readonly<Record<string, string>>) {
  return { get: (name: string) => headers[name] };
}

describe('parseSipUri', () => {
  it('takes a URI apart', () => {
    expect(parseSipUri('sip:+49;phone-context=x:pw@[2001:db8::1]:5062;transport=TCP;lr?a=b')).toEqual({
      scheme: 'sip',
      user: '+49;phone-context=x',
      host: '[2001:db8::1]',
      port: 5_062,
      parameters: { transport: 'TCP', lr: '' },
    });
  });

  it.each(['sip:a@b:99999', 'sip:a@@b', 'http://b', 'sip:a@b\n', 'sip:a@b c', 'sip:<a>@b', 'sip:'])(
    'refuses %j',
    (uri) => {
      expect(parseSipUri(uri)).toBeUndefined();
    },
  );
});

describe('everything that reads what strangers write', () => {
  it.each([
    ['a URI', () => parseSipUri(`sip:${'a;'.repeat(30_000)}@`)],
    ['a URI with spaces', () => parseSipUri(`sip:${'a.'.repeat(30_000)} `)],
    ['an open quote', () => parseNameAddress(`"${'\\a'.repeat(30_000)}`)],
    ['only spaces', () => parseNameAddress(`${' '.repeat(60_000)}x`)],
    ['a digit body of empty lines', () => infoDigit('application/dtmf-relay', '\n'.repeat(60_000))],
    ['a challenge', () => parseChallenges(`Digest ${'a '.repeat(8_000)}=`)],
    ['SDP with empty lines', () => new MediaSession(['PCMU']).preview(`v=0${'\n'.repeat(60_000)}x`)],
    [
      'SDP with a long name',
      () => new MediaSession(['PCMU']).preview(`v=0\no=- 1 1 IN IP4 x\nc=IN IP4 ${'a'.repeat(60_000)}!`),
    ],
  ])('is quick about %s of 60 kB', (_what, read) => {
    const startMs = performance.now();
    read();
    expect(performance.now() - startMs).toBeLessThan(250);
  });
});

describe('identityOf', () => {
  it.each([
    ['sip:+4930@x;tag=1', '+4930', 'sip:+4930@x'],
    ['<sip:+4930@x;user=phone>;tag=1', '+4930', 'sip:+4930@x;user=phone'],
    ['<tel:+49-30;ext=1>;tag=1', '+49-30', 'tel:+49-30;ext=1'],
    ['Anonymous <sip:anonymous.invalid>;tag=1', 'sip:anonymous.invalid', 'sip:anonymous.invalid'],
    ['"broken', '"broken', '"broken'],
  ])('reads From %j', (from, user, uri) => {
    const identity = identityOf({ uri: 'sip:100@here', ...message({ From: from }) });
    expect(identity).toMatchObject({ from: user, fromUri: uri, to: '100' });
  });
});

describe('infoDigit', () => {
  it.each([
    ['application/dtmf-relay', 'Signal=5\r\nDuration=160\r\n', '5'],
    ['Application/DTMF-Relay; x=y', 'Duration=100\nsignal = a', 'A'],
    ['application/dtmf-relay', 'Signal=11', '#'],
    ['application/dtmf', ' * ', '*'],
    ['application/dtmf', '16', undefined],
    ['application/dtmf', '55', undefined],
    ['application/dtmf-relay', 'Duration=160', undefined],
    ['text/plain', '5', undefined],
    [undefined, undefined, undefined],
  ])('reads %j %j', (type, body, digit) => {
    expect(infoDigit(type, body)).toBe(digit);
  });
});

describe('sdpBodyOf', () => {
  it('finds a session description inside a multipart body, without the closing boundary', () => {
    const payload = [
      { type: 'application/isup', content: 'x' },
      { type: 'application/sdp', content: 'v=0\r\no=x\r\n--b--' },
    ];
    const found = sdpBodyOf({ ...message({ 'Content-Type': 'multipart/mixed;boundary=b' }), body: 'whole', payload });
    expect(found).toEqual({ kind: 'sdp', text: 'v=0\r\no=x' });
  });

  it.each([
    [undefined, undefined, 'none'],
    ['application/sdp', ' \r\n', 'none'],
    ['Application/SDP; charset=utf-8', 'anything', 'sdp'],
    [undefined, 'v=0', 'sdp'],
    ['text/plain', 'v=0', 'other'],
  ])('takes type %j with body %j for %s', (type, body, kind) => {
    expect(sdpBodyOf({ ...message(type === undefined ? {} : { 'Content-Type': type }), body }).kind).toBe(kind);
  });
});

describe('sessionTimerHeaders', () => {
  it.each([
    [{}, {}],
    [{ 'Session-Expires': 'soon' }, {}],
    [
      { 'Session-Expires': '900', Supported: '100rel, timer' },
      { 'Session-Expires': '900;refresher=uac', Require: 'timer' },
    ],
    [
      { 'Session-Expires': '900;refresher=uas', Require: 'timer' },
      { 'Session-Expires': '900;refresher=uas', Require: 'timer' },
    ],
    [{ 'Session-Expires': '900;refresher=uac' }, { 'Session-Expires': '900;refresher=uas' }],
  ])('answer %o with %o', (asked, answered) => {
    expect(sessionTimerHeaders(message(asked))).toEqual(answered);
  });
});
