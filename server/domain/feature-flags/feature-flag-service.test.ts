import { expect, test } from 'vitest';
import { openAccountsHouse } from '../../../test/support/accounts-house.ts';
import { defaultFlags } from './feature-flag.ts';

async function setUp() {
  const house = await openAccountsHouse();
  const admin = await house.person('org_admin');
  const member = await house.person('developer');
  return { ...house, flags: house.domain.featureFlags, admin, member };
}

test('flags begin as allowed, and a change keeps the others', async () => {
  const { flags, admin, member } = await setUp();
  expect(flags.mine(member)).toEqual(defaultFlags);
  await flags.set(admin, member.userId, { outbound: false, billing: false });
  const changed = await flags.set(admin, member.userId, { billing: true });
  expect(changed).toEqual({ ...defaultFlags, outbound: false });
  expect(flags.get(member, member.userId)).toEqual(changed);
  expect([flags.isOn(member, 'outbound'), flags.isOn(admin, 'outbound')]).toEqual([false, true]);
  expect(flags.mine({ ...member, userId: null })).toEqual(defaultFlags);
});

test('a name that is no flag, a markup or a value that is no boolean is refused, and nothing is changed', async () => {
  const { flags, admin, member } = await setUp();
  const unknown = flags.set(admin, member.userId, { outbound: false, markup_percentage: 5, fly: true });
  await expect(unknown).rejects.toMatchObject({
    code: 'flag-unknown',
    details: { unknown: ['markup_percentage', 'fly'] },
  });
  const wrong = flags.set(admin, member.userId, { outbound: false, inbound: 'no', billing: 0 });
  await expect(wrong).rejects.toMatchObject({ code: 'invalid-argument', details: { wrong: ['inbound', 'billing'] } });
  expect(flags.mine(member)).toEqual(defaultFlags);
});

test('only admins change flags, and nobody sees those of another organization', async () => {
  const house = await setUp();
  const { flags, superAdmin, admin, member } = house;
  const { id } = await house.domain.organizations.create('Strangers');
  const stranger = await house.person('org_admin', id);
  await expect(flags.set(member, member.userId, { billing: true })).rejects.toMatchObject({ code: 'forbidden' });
  expect(() => flags.get(member, admin.userId)).toThrow(expect.objectContaining({ code: 'forbidden' }) as Error);
  const unknown = { code: 'user-not-found' };
  expect(() => flags.get(stranger, member.userId)).toThrow(expect.objectContaining(unknown) as Error);
  await expect(flags.set(stranger, member.userId, { billing: true })).rejects.toMatchObject(unknown);
  await expect(flags.set(superAdmin, 'nobody', {})).rejects.toMatchObject(unknown);
  await flags.set(superAdmin, stranger.userId, { tools: false });
  expect(flags.mine(stranger).tools).toBe(false);
});
