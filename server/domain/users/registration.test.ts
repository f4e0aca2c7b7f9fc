import { expect, test } from 'vitest';
import { openFirstHouse } from '../../../test/support/first-house.ts';
import { Passwords } from './password.ts';

test('ten registrations with one address at once make one person and one organization', async () => {
  const { domain } = await openFirstHouse();
  const draft = { email: 'twin@example.com', password: 'Twin-Password', remoteAddress: '127.0.0.1' };
  const results = await Promise.allSettled(
    Array.from({ length: 10 }, (_none, at) => {
      const email = at % 2 === 0 ? draft.email : draft.email.toUpperCase();
      return domain.identity.register({ ...draft, email });
    }),
  );
  expect(results.filter(({ status }) => status === 'fulfilled')).toHaveLength(1);
  const root = await domain.setup.complete({
    token: domain.setup.offerToken() ?? '',
    email: 'root@example.com',
    password: 'Root-Password',
  });
  const { principal } = await domain.identity.signIn(
    { email: root.email, password: 'Root-Password', remoteAddress: '127.0.0.1' },
    'authenticated',
  );
  expect(domain.organizations.list(principal, { limit: 10, offset: 0 }).total).toBe(2);
});

test('two people with the setup token at once make one super administrator', async () => {
  const { domain } = await openFirstHouse();
  const token = domain.setup.offerToken() ?? '';
  const complete = (email: string) => domain.setup.complete({ token, email, password: 'Root-Password' });
  const results = await Promise.allSettled([complete('one@example.com'), complete('two@example.com')]);
  expect(results.map(({ status }) => status).filter((status) => status === 'fulfilled')).toHaveLength(1);
  expect(domain.users.countSuperAdmins()).toBe(1);
});

test('a name is settled from its parts, and its parts from a name', async () => {
  const { domain, first } = await openFirstHouse();
  const { organizationId } = first;
  const create = (names: object, email: string) =>
    domain.users.create({ organizationId, email, role: 'user', ...names });
  expect(await create({ fullName: 'Grace Brewster Hopper' }, 'g@example.com')).toMatchObject({
    firstName: 'Grace',
    lastName: 'Brewster Hopper',
  });
  const ada = await create({ firstName: 'Ada', lastName: 'Byron' }, 'a@example.com');
  expect(ada.fullName).toBe('Ada Byron');
  expect(await create({}, 'n@example.com')).toMatchObject({ firstName: null, lastName: null, fullName: null });
  const self = {
    organizationId,
    userId: ada.id,
    email: ada.email,
    role: 'user',
    via: 'session',
    credentialId: 'x',
    scopes: [],
  } as const;
  expect(await domain.users.update(self, ada.id, { lastName: 'Lovelace' })).toMatchObject({ fullName: 'Ada Lovelace' });
  expect(await domain.users.update(self, ada.id, { fullName: 'Countess' })).toMatchObject({
    firstName: 'Countess',
    lastName: null,
  });
});

test('checking the password of nobody does the same work as checking a wrong one', async () => {
  const passwords = new Passwords();
  const hash = await passwords.hash('the right password');
  expect(await passwords.isRight(hash, 'the right password')).toBe(true);
  await passwords.isRight(null, 'warm up');
  const wrongMs: number[] = [];
  const nobodyMs: number[] = [];
  for (let round = 0; round < 9; round++) {
    wrongMs.push(await taken(() => passwords.isRight(hash, 'a wrong password')));
    nobodyMs.push(await taken(() => passwords.isRight(null, 'a wrong password')));
  }
  const ratio = median(nobodyMs) / median(wrongMs);
  expect(ratio).toBeGreaterThan(0.4);
  expect(ratio).toBeLessThan(2.5);
});

test('a flood of passwords is refused, not queued for ever', async () => {
  const passwords = new Passwords();
  const asked = Array.from({ length: 70 }, () => passwords.isRight(null, 'x'));
  const results = await Promise.allSettled(asked);
  const refused = results.filter(({ status }) => status === 'rejected');
  expect(refused.length).toBeGreaterThan(0);
  expect(passwords.counters).toEqual({ waiting: 0, refused: refused.length });
});

async function taken(work: () => Promise<unknown>): Promise<number> {
  const startedMs = performance.now();
  await work();
  return performance.now() - startedMs;
}

function median(values: readonly number[]): number {
  return values.toSorted((a, b) => a - b)[Math.floor(values.length / 2)] ?? Number.NaN;
}
