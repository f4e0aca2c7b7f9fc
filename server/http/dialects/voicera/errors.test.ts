import { expect, test } from 'vitest';
import { LandlineError } from '../../../contract/errors.ts';
import { toFailure } from './errors.ts';

test.each(['too-busy', 'database-busy', 'cannot-dial'])('%s passes: the client is told to come back', (code) => {
  const failure = toFailure(new LandlineError(code, 'Try again in a second.'), '/auth/login');
  expect(failure).toMatchObject({ status: 503, code: 'SERVER_003', message: 'Try again in a second.' });
});

test('what nobody foresaw tells nothing of the inside', () => {
  const unforeseen = { status: 500, code: 'SERVER_001', message: 'Internal server error', details: null };
  for (const thrown of [
    new TypeError('x of undefined'),
    new LandlineError('unheard-of', 'Secret.', { path: '/etc' }),
  ]) {
    expect(toFailure(thrown, '/agents')).toEqual(unforeseen);
  }
});
