import { describe, expect, test } from 'vitest';
import { formatNameAddr, parseNameAddr, tagOf } from './name-addr.ts';
import { quote, splitOutside, splitTokens, unquote } from './syntax.ts';
import { escapeUser, formatUri, parseUri, unescapeUri } from './uri.ts';
import { formatVia, parseCSeq, parseVia } from './via.ts';

describe('a URI', () => {
  test.each([
    'sip:example.com',
    'sip:alice@example.com',
    'sips:alice:pass%20word@example.com:5061;transport=tcp;lr?Subject=x&Priority=urgent',
    'sip:+4930123456;ext=7@192.0.2.1;user=phone',
    'sip:*21%23@10.0.0.1',
    'sip:#31#@10.0.0.1',
    'sip:a@[2001:db8::1]:5070',
    'sip:[::1]',
    'tel:+49-30-123456',
    'tel:7042;phone-context=example.com',
  ])('comes back as it was: %s', (text) => {
    const uri = parseUri(text);
    expect(uri && formatUri(uri)).toBe(text);
  });

  test('falls into its parts', () => {
    expect(parseUri('SIP:bob:secret@[2001:db8::1]:5070;Transport=TCP;lr?to=x')).toEqual({
      scheme: 'sip',
      user: 'bob',
      password: 'secret',
      host: '2001:db8::1',
      port: 5070,
      params: new Map([
        ['transport', 'TCP'],
        ['lr', ''],
      ]),
      headers: 'to=x',
    });
  });

  test.each([
    'example.com',
    'mailto:a@b',
    'sip:',
    'sip:@host',
    'sip:a@',
    'sip:a@b@c',
    'sip:a b@c',
    'sip:a@b c',
    'sip:a@b:0',
    'sip:a@b:99999',
    'sip:a@b:',
    'sip:a@b;',
    'sip:a@b;=x',
    'sip:a@b?',
    'sip:a%zz@b',
    'sip:2001:db8::1',
    'sip:[2001:db8::1',
    'sip:[2001:db8::1]x',
    'sip:[nonsense]',
    'sip:-',
    'sip:a@ex ample',
    'sip:<a@b>',
    'tel:',
    'tel:+',
    'tel:call-me',
  ])('is refused: %s', (text) => {
    expect(parseUri(text)).toBeUndefined();
  });

  test('keeps escapes until they are asked for', () => {
    expect(parseUri('sip:user%3Bx%40y@host')?.user).toBe('user%3Bx%40y');
    expect(unescapeUri('user%3Bx%40y')).toBe('user;x@y');
    expect(unescapeUri('100%')).toBe('100%');
    expect(unescapeUri('%ff')).toBe('%ff');
  });

  test('escapes any text into a user part', () => {
    for (const text of ['ä b', 'a@b;c', '*21#', '50%', '"x"<y>']) {
      const escaped = escapeUser(text);
      expect(parseUri(`sip:${escaped}@host`)?.user).toBe(escaped);
      expect(unescapeUri(escaped)).toBe(text);
    }
  });
});

describe('an address with parameters', () => {
  test.each([
    ['<sip:a@b>', undefined, 'sip:a@b', {}],
    ['<sip:a@b;lr>;tag=1', undefined, 'sip:a@b;lr', { tag: '1' }],
    ['sip:a@b;tag=1', undefined, 'sip:a@b', { tag: '1' }],
    ['sip:a@b ; TAG = 1', undefined, 'sip:a@b', { tag: '1' }],
    ['Alice Smith <sip:a@b>', 'Alice Smith', 'sip:a@b', {}],
    ['Alice<sip:a@b>', 'Alice', 'sip:a@b', {}],
    ['Jürgen <sip:a@b>', 'Jürgen', 'sip:a@b', {}],
    ['"Smith, \\"Al\\" <x>" <sip:a@b>;x="1;2,3"', 'Smith, "Al" <x>', 'sip:a@b', { x: '"1;2,3"' }],
    ['"" <sip:a@b>', '', 'sip:a@b', {}],
    ['<isbn:123>', undefined, 'isbn:123', {}],
    ['<sip:a@b>;+sip.instance="<urn:uuid:1>"', undefined, 'sip:a@b', { '+sip.instance': '"<urn:uuid:1>"' }],
  ])('is understood: %s', (text, displayName, uri, params) => {
    expect(parseNameAddr(text)).toEqual({ displayName, uri, params: new Map(Object.entries(params)) });
  });

  test.each([
    '',
    '<>',
    '<sip:a@b',
    'sip:a@b>',
    '"Al <sip:a@b>',
    '"Al" x <sip:a@b>',
    'Smith, Al <sip:a@b>',
    '< sip:a@b >',
    '<sip:a@b> x',
    '<sip:a@b>;',
    '<sip:a@b>;;x',
    '<sip:a@b>;x="1',
    '<sip:a@b>;x=a b',
    'sip:a@b?x=y',
    'alice',
    '<alice>',
  ])('is refused: %s', (text) => {
    expect(parseNameAddr(text)).toBeUndefined();
  });

  test.each(['plain tokens', 'with "quotes" and \\', 'Jürgen', 'a,b;c<d>', ''])(
    'keeps the display name %s',
    (displayName) => {
      const address = { displayName, uri: 'sip:a@b', params: new Map([['tag', 'x']]) };
      expect(parseNameAddr(formatNameAddr(address))).toEqual(address);
    },
  );

  test('has its tag found in any case, and not inside other values', () => {
    expect(tagOf('<sip:a@b>;TAG=x')).toBe('x');
    expect(tagOf('"tag=y" <sip:a@b;tag=z>')).toBeUndefined();
    expect(tagOf(undefined)).toBeUndefined();
  });
});

describe('a Via', () => {
  test('may have white space around every separator', () => {
    const via = parseVia('SIP / 2.0 / UDP   [2001:db8::1] : 5070 ; branch = z9hG4bK1 ; rport ; received=2001:db8::2');
    expect(via).toEqual({
      transport: 'UDP',
      host: '2001:db8::1',
      port: 5070,
      params: new Map([
        ['branch', 'z9hG4bK1'],
        ['rport', ''],
        ['received', '2001:db8::2'],
      ]),
    });
    expect(via && formatVia(via)).toBe('SIP/2.0/UDP [2001:db8::1]:5070;branch=z9hG4bK1;rport;received=2001:db8::2');
  });

  test.each([
    '',
    'SIP/2.0/UDP',
    'SIP/2.0 host',
    'UDP host',
    'SIP/2.0/UDP host:x',
    'SIP/2.0/UDP host;;',
    'SIP/2.0/UDP a b',
  ])('is refused: %s', (text) => {
    expect(parseVia(text)).toBeUndefined();
  });
});

describe('a CSeq', () => {
  test('is a 32-bit number and a method', () => {
    expect(parseCSeq('0009   INVITE')).toEqual({ number: 9, method: 'INVITE' });
    expect(parseCSeq('4294967295 BYE')).toEqual({ number: 4_294_967_295, method: 'BYE' });
    for (const text of ['4294967296 BYE', '-1 BYE', 'BYE', '1', '1 BY E', '1.5 BYE'])
      expect(parseCSeq(text)).toBeUndefined();
  });
});

describe('shared grammar', () => {
  test('splits outside quotes and brackets only', () => {
    expect(splitOutside('a, "b,c\\",d" , <e,f>,', ',')).toEqual(['a', '"b,c\\",d"', '<e,f>', '']);
    expect(splitOutside('"open', ',')).toBeUndefined();
    expect(splitOutside('<open', ',')).toBeUndefined();
  });

  test('collects the tokens of several fields', () => {
    expect(splitTokens(['timer, 100rel', ' ,replaces,'])).toEqual(['timer', '100rel', 'replaces']);
  });

  test('quotes and unquotes any text', () => {
    for (const text of ['', 'a', 'a"b', 'a\\b', '\\"', 'ü "x" \\\\']) expect(unquote(quote(text))).toBe(text);
    expect(unquote('not quoted')).toBe('not quoted');
  });
});
