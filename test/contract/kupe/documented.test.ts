import { expect, test } from 'vitest';
import { DocumentedAnswers } from './documented-answers.ts';
import { KupeHouse } from './kupe-house.ts';

test('every operation of this API says what it is for, where it belongs and what it answers', async () => {
  const house = await KupeHouse.open();
  const { paths } = (await house.request('GET', '/openapi.json?api=kupe')).body as {
    readonly paths: Record<string, Record<string, { summary?: string; tags?: string[]; responses: object }>>;
  };
  const bare = Object.entries(paths).flatMap(([path, methods]) =>
    Object.entries(methods)
      .filter(([, { responses, summary, tags }]) => !summary || !tags || Object.keys(responses).length < 2)
      .map(([method]) => `${method} ${path}`),
  );
  expect(bare).toEqual([]);
});

test('an answer that is not documented would be noticed by every test of this folder', async () => {
  const house = await KupeHouse.open();
  const documented = await DocumentedAnswers.load(house.server.url);
  const wallet = await house.request('GET', '/api/v1/wallets/me');
  const problem = (body: unknown, status = 200) => documented.problemWith('GET', '/api/v1/wallets/me', status, body);
  expect(problem(wallet.body)).toBeUndefined();
  expect(problem({ ...Object(wallet.body), monthly_cap_usd: '5' })).toContain('monthly_cap_usd');
  expect(problem({})).toContain('wallet_id');
  expect(problem(wallet.body, 201)).toContain('201');
  expect(documented.problemWith('GET', '/api/v1/nothing', 200, {})).toContain('not in the contract document');
});
