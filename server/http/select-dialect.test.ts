import { expect, test } from 'vitest';
import { type RequestSigns, selectDialect } from './select-dialect.ts';

const nothing: RequestSigns = {
  owners: [],
  pathOwners: [],
  pinned: undefined,
  apiKey: undefined,
  isKey: (apiKey) => apiKey === 'key',
  authorization: undefined,
  cookie: undefined,
};
const shared: RequestSigns = { ...nothing, owners: ['va', 'kupe'], pathOwners: ['va', 'kupe'] };
const token = (claims: object) => `Bearer x.${Buffer.from(JSON.stringify(claims)).toString('base64url')}.y`;

test("a row that only one API has is that API's, whatever credential of a stranger is shown", () => {
  const signs: RequestSigns = { ...nothing, owners: ['voicera'], pathOwners: ['voicera'] };
  expect(selectDialect(signs)).toBe('voicera');
  expect(selectDialect({ ...signs, authorization: 'Bearer va_key' })).toBe('voicera');
  expect(selectDialect({ ...signs, apiKey: 'key' })).toBe('voicera');
});

test.each([
  ['an API key', { apiKey: 'key' }, 'kupe'],
  ['a va_ key', { authorization: 'Bearer va_key' }, 'va'],
  ['an API key before a va_ key', { apiKey: 'key', authorization: 'Bearer va_key' }, 'kupe'],
  ['a va_ key where the API key lets nobody in', { apiKey: 'wrong', authorization: 'Bearer va_key' }, 'va'],
  ['an API key that lets nobody in, beside a token of nobody', { apiKey: 'wrong', authorization: 'Bearer x' }, 'kupe'],
  ['an API key that lets nobody in', { apiKey: 'wrong' }, 'kupe'],
  ['a va_ key in both headers', { apiKey: 'va_key', authorization: 'Bearer va_key' }, 'va'],
  ['a token for Kupe', { authorization: token({ aud: 'authenticated' }) }, 'kupe'],
  ['a management cookie', { cookie: 'theme=dark; va_session=abc' }, 'va'],
  ['nothing', {}, 'ambiguous'],
  ['a token of nobody', { authorization: 'Bearer a.b.c' }, 'ambiguous'],
] as const)('a shared row goes by %s', (_what, shown, choice) => {
  expect(selectDialect({ ...shared, ...shown })).toBe(choice);
});

test("a credential of an API that has the path by other methods is that API's to refuse", () => {
  const signs: RequestSigns = { ...nothing, owners: ['kupe'], pathOwners: ['va', 'kupe'] };
  expect(selectDialect({ ...signs, authorization: 'Bearer va_key' })).toBe('va');
  expect(selectDialect(signs)).toBe('kupe');
});

test('a path of nobody is answered in the way of the credential, else so that all understand', () => {
  expect(selectDialect({ ...nothing, authorization: token({ aud: 'voicera-api' }) })).toBe('voicera');
  expect(selectDialect(nothing)).toBe('unknown');
});

test('what comes in by a listener of one API speaks it, but for rows that only others have', () => {
  expect(selectDialect({ ...nothing, pinned: 'voicera' })).toBe('voicera');
  expect(selectDialect({ ...shared, pinned: 'va' })).toBe('va');
  expect(selectDialect({ ...nothing, owners: ['va'], pathOwners: ['va'], pinned: 'voicera' })).toBe('va');
});
