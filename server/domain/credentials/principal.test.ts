import { expect, test } from 'vitest';
import { makeKey, requireFitKey } from './credential.ts';
import { hasRole, isWithinScopes, roles } from './principal.ts';

test('without scopes a key may do everything, with scopes only what one of them covers', () => {
  const scopes = [
    { pathPrefix: '/api/v1/agents', method: 'GET' },
    { pathPrefix: '/api/call/', method: '*' },
  ];
  const rows = [
    ['GET', '/api/v1/agents', true],
    ['GET', '/api/v1/agents/1/tools', true],
    ['HEAD', '/api/v1/agents', true],
    ['POST', '/api/v1/agents', false],
    ['GET', '/api/v1/agents-files', false],
    ['GET', '/api/v1', false],
    ['POST', '/api/call/create_call', true],
    ['GET', '/api/call', false],
  ] as const;
  for (const [method, path, isAllowed] of rows) {
    expect([method, path, isWithinScopes(scopes, method, path)]).toEqual([method, path, isAllowed]);
  }
  expect(isWithinScopes([], 'DELETE', '/anything')).toBe(true);
});

test('each role holds for itself and all below it', () => {
  expect(roles.map((role) => roles.filter((least) => hasRole(role, least)).length)).toEqual([4, 3, 2, 1]);
});

test('keys that are made here fit their kind and no other, and are never alike', () => {
  for (const kind of ['va', 'kupe'] as const) {
    const keys = Array.from({ length: 200 }, () => makeKey(kind));
    expect(new Set(keys).size).toBe(200);
    for (const key of keys) {
      expect(() => requireFitKey(key, kind)).not.toThrow();
      expect(() => requireFitKey(key, kind === 'va' ? 'kupe' : 'va')).toThrow(/begin with "va_"/);
    }
  }
});
