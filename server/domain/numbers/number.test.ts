import { expect, test } from 'vitest';
import { openFirstHouse } from '../../../test/support/first-house.ts';

async function setUp() {
  const { domain, first } = await openFirstHouse();
  const { agentId, organizationId } = first;
  const { id: otherId } = await domain.agents.create(organizationId, { name: 'Other', systemPrompt: 'P' });
  return { domain, agentId, otherId, organizationId };
}

test('a number of the settings keeps its id over starts, and what was mapped by hand until its line changes', async () => {
  const { domain, agentId, otherId, organizationId } = await setUp();
  const { numbers } = domain;
  const route = (agent: string) => numbers.mirror([{ number: '+4930555', agent }]);
  await route(agentId);
  const [first] = numbers.all();
  await route(agentId);
  expect(numbers.all()).toEqual([first]);
  await numbers.map(organizationId, first?.id ?? '', { agentId: otherId, userId: null });
  await route(agentId);
  expect(numbers.all()).toMatchObject([{ id: first?.id, agentId: otherId }]);
  await route('Other');
  await route(agentId);
  expect(numbers.all()).toMatchObject([{ id: first?.id, agentId }]);
  await numbers.mirror([]);
  expect(numbers.all()).toEqual([]);
});

test('a number that was added by hand outlives every change of the settings, and is there once', async () => {
  const { domain, organizationId } = await setUp();
  const added = await domain.numbers.add({ organizationId, dialled: '+4930555', friendlyName: 'Main' });
  await domain.numbers.mirror([]);
  expect(domain.numbers.all()).toEqual([added]);
  await expect(domain.numbers.add({ organizationId, dialled: '+4930555' })).rejects.toMatchObject({
    code: 'number-taken',
  });
  await expect(
    domain.numbers.add({ organizationId, dialled: '+4930556', agentId: organizationId }),
  ).rejects.toMatchObject({ code: 'agent-not-found' });
});

test('a dialled number finds its agent with and without a plus; an inactive one finds nobody', async () => {
  const { domain, otherId, organizationId } = await setUp();
  const { id } = await domain.numbers.add({ organizationId, dialled: '+4930555', agentId: otherId });
  for (const user of ['+4930555', '4930555']) {
    expect(domain.agents.resolveDialled(user)).toMatchObject({ kind: 'found', by: 'route', agent: { id: otherId } });
  }
  expect(domain.agents.resolveDialled('30555')).toMatchObject({ kind: 'found', by: 'default' });
  await domain.numbers.update(organizationId, id, { isActive: false });
  expect(domain.agents.resolveDialled('+4930555')).toEqual({ kind: 'unknown' });
  expect(domain.numbers.lineOf(organizationId, otherId)).toBeUndefined();
});

test("a number of one organization is never answered by another's default agent", async () => {
  const { domain } = await setUp();
  const { id } = await domain.organizations.create('Others');
  await domain.numbers.add({ organizationId: id, dialled: '+4930777' });
  expect(domain.agents.resolveDialled('+4930777')).toEqual({ kind: 'unknown' });
});

test("an agent's numbers are nobody's when it is deleted", async () => {
  const { domain, otherId, organizationId } = await setUp();
  await domain.numbers.add({ organizationId, dialled: '+4930555', agentId: otherId });
  await domain.agents.delete(organizationId, otherId);
  expect(domain.numbers.ofOrganization(organizationId)).toMatchObject([{ agentId: null, mapping: null }]);
});
