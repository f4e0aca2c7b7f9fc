import { describe, expect, test } from 'vitest';
import { createHeaderList } from './header-list.ts';
import { canonicalHeaderName } from './header-names.ts';

const list = () =>
  createHeaderList([
    ['Via', '1'],
    ['v', '2'],
    ['from', 'f'],
    ['X-Own', 'x'],
  ]);

const shown = (headers: ReturnType<typeof list>) => headers.fields.map(({ name, value }) => `${name}: ${value}`);

describe('a header list', () => {
  test('finds fields by any case and compact form', () => {
    const headers = list();
    expect(headers.get('VIA')).toBe('1');
    expect(headers.all('via')).toEqual(['1', '2']);
    expect(headers.get('f')).toBe('f');
    expect(headers.has('x-own')).toBe(true);
    expect(headers.has('To')).toBe(false);
  });

  test('replaces all fields of a name at the place of the first', () => {
    const headers = list();
    headers.set('v', 'only');
    headers.set('To', 'new');
    expect(shown(headers)).toEqual(['Via: only', 'From: f', 'X-Own: x', 'To: new']);
  });

  test('prepends before the first of a name, and shifts it off again', () => {
    const headers = list();
    headers.prepend('From', 'f0');
    headers.prepend('Route', 'r');
    expect(shown(headers)).toEqual(['Route: r', 'Via: 1', 'Via: 2', 'From: f0', 'From: f', 'X-Own: x']);
    expect(headers.shift('from')).toBe('f0');
    expect(headers.shift('from')).toBe('f');
    expect(headers.shift('from')).toBeUndefined();
  });

  test('removes every field of a name', () => {
    const headers = list();
    headers.remove('VIA');
    expect(shown(headers)).toEqual(['From: f', 'X-Own: x']);
  });

  test('changes apart from its clone', () => {
    const headers = list();
    const clone = headers.clone();
    clone.set('From', 'other');
    clone.append('To', 't');
    expect(shown(headers)).toEqual(shown(list()));
  });

  test.each([
    ['a line break in a value', 'Subject', 'a\r\nInjected: b'],
    ['a NUL in a value', 'Subject', 'a\0'],
    ['a name with a colon', 'Sub:ject', 'a'],
    ['an empty name', '', 'a'],
  ])('refuses %s', (_what, name, value) => {
    const headers = list();
    for (const add of ['set', 'append', 'prepend'] as const) {
      expect(() => headers[add](name, value)).toThrow(expect.objectContaining({ code: 'sip-header-invalid' }));
    }
    expect(shown(headers)).toEqual(shown(list()));
  });
});

test.each([
  ['cseq', 'CSeq'],
  ['CALL-ID', 'Call-ID'],
  ['i', 'Call-ID'],
  ['X', 'Session-Expires'],
  ['www-authenticate', 'WWW-Authenticate'],
  ['p-foo-BAR', 'P-Foo-Bar'],
  ['X-kEPT', 'X-kEPT'],
  ['constructor', 'Constructor'],
])('the header name %s is written %s', (written, usual) => {
  expect(canonicalHeaderName(written)).toBe(usual);
});
