import {
  array,
  assert,
  boolean,
  constant,
  constantFrom,
  dictionary,
  letrec,
  oneof,
  property,
  string,
} from 'fast-check';
import { expect, test } from 'vitest';
import { masked, maskedAll, splitSecrets, unmasked, urlOf, withSecrets } from './integration.ts';

test('a config that is split and put together again is what it was', () => {
  const names = constantFrom('api_key', 'url', 'auth', 'password', 'a/b', 'a~b', 'a.b', 'name');
  const { config } = letrec((tie) => ({
    value: oneof({ maxDepth: 4 }, string(), boolean(), constant(null), tie('config'), array(tie('value'))),
    config: dictionary(names, tie('value'), { maxKeys: 4 }),
  }));
  assert(
    property(config, (sent) => {
      const { open, secrets } = splitSecrets(sent);
      expect(withSecrets(open, secrets)).toEqual(sent);
    }),
  );
});

test('what is named like a secret is one, at any depth, and whatever lies under it', () => {
  const config = {
    url: 'http://crm',
    'X-Api-Key': 'one',
    headers: { Authorization: 'two', accept: 'json' },
    credentials: { user: 'three', pin: 4 },
    list: [{ clientSecret: 'five' }],
    max_tokens: 100,
    token_url: 'http://auth',
  };
  const { open, secrets } = splitSecrets(config);
  expect(Object.values(secrets).sort((a, b) => a.localeCompare(b))).toEqual(['4', 'five', 'one', 'three', 'two']);
  expect(open).toMatchObject({
    url: 'http://crm',
    headers: { accept: 'json' },
    max_tokens: 100,
    token_url: 'http://auth',
  });
  expect(JSON.stringify(open)).not.toMatch(/one|two|three|five/);
});

test('a mask shows the end of long secrets alone, and stands for the secret when it comes back', () => {
  expect([masked('sk-1234567890'), masked('12345678'), masked('')]).toEqual(['****7890', '****', '****']);
  const known = { '/a': 'sk-1234567890', '/b': 'old' };
  const sent = { ...maskedAll(known), '/b': 'new' };
  expect(unmasked(sent, known)).toEqual({ '/a': 'sk-1234567890', '/b': 'new' });
});

test('a service is found by any of the usual names of its address', () => {
  expect(urlOf({ base_url: 'http://crm' })).toBe('http://crm');
  expect(urlOf({ url: 7, endpoint: 'http://crm' })).toBe('http://crm');
  expect(urlOf({})).toBeUndefined();
});
