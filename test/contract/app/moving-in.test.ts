import { readdirSync, readFileSync } from 'node:fs';
import { join } from 'node:path';
import { expect, test } from 'vitest';
import { AppBrowser, AppHouse, setUpAdmin } from './app-house.ts';

const agentId = '11111111-1111-4111-8111-111111111111';
const secondAgentId = '22222222-2222-4222-8222-222222222222';
const numberId = '33333333-3333-4333-8333-333333333333';
const textId = '44444444-4444-4444-8444-444444444444';
const pageId = '55555555-5555-4555-8555-555555555555';
const unknownId = '66666666-6666-4666-8666-666666666666';

const bundle = {
  agents: [
    {
      id: agentId,
      name: 'Front desk',
      system_prompt: 'You answer for the old house.',
      knowledge: 'We are open from nine to five.',
      extras: { kupe: { legacy_flag: true } },
    },
    { id: secondAgentId, name: 'Night desk', system_prompt: 'You answer at night.', enabled: false },
  ],
  numbers: [{ id: numberId, number: '+15550100', friendly_name: 'Main line', agent_id: agentId }],
  files: [
    { id: textId, name: 'prices.txt', text: 'A check up costs fifty dollars.', agent_ids: [agentId] },
    {
      id: pageId,
      name: 'page.html',
      base64: Buffer.from('<p>We moved.</p>').toString('base64'),
      agent_ids: [agentId, secondAgentId],
    },
  ],
};

function importing(root: AppBrowser, body: unknown, query = '') {
  return root.request('POST', `/import${query}`, body);
}

function problemsOf(body: Record<string, unknown>) {
  return (body['details'] as { problems: { field: string; message: string }[] }).problems;
}

function storedFiles(house: AppHouse): readonly string[] {
  try {
    return readdirSync(join(house.dataFolder, 'files'));
  } catch {
    return [];
  }
}

function contentOf(house: AppHouse, fileId: string): string {
  const { path } = house.domain.knowledgeFiles.fileOf(house.first.organizationId, fileId);
  return readFileSync(path, 'utf8');
}

test('a bundle comes in whole, under the ids that clients know', async () => {
  const house = await AppHouse.open();
  const root = await setUpAdmin(house);
  const done = await importing(root, bundle);
  expect([done.status, done.body]).toEqual([
    201,
    { imported: { tools: 0, agents: 2, numbers: 1, files: 2 }, existing: [] },
  ]);
  const { organizationId } = house.first;
  expect(house.domain.agents.get(organizationId, agentId)).toMatchObject({
    name: 'Front desk',
    timeZone: 'Europe/Berlin',
    extras: { kupe: { legacy_flag: true } },
  });
  expect(house.domain.agents.resolveDialled('15550100')).toMatchObject({ kind: 'found', agent: { id: agentId } });
  expect(house.domain.numbers.get(organizationId, numberId)).toMatchObject({ friendlyName: 'Main line', agentId });
  expect(house.domain.knowledgeFiles.get(organizationId, textId)).toMatchObject({
    fileName: 'prices.txt',
    format: 'txt',
  });
  expect(house.domain.knowledgeFiles.agentIdsOf(organizationId, pageId).toSorted()).toEqual([agentId, secondAgentId]);
  expect(contentOf(house, textId)).toBe('A check up costs fifty dollars.');
  expect(contentOf(house, pageId)).toBe('<p>We moved.</p>');
});

test('of the same bundle twice at once, one comes in whole and the other takes nothing away', async () => {
  const house = await AppHouse.open();
  const root = await setUpAdmin(house);
  const replies = await Promise.all([importing(root, bundle), importing(root, bundle), importing(root, bundle)]);
  expect(replies.map(({ status }) => status).toSorted((a, b) => a - b)).toEqual([201, 409, 409]);
  expect(contentOf(house, textId)).toBe('A check up costs fifty dollars.');
  expect(storedFiles(house)).toHaveLength(2);
});

test('every problem of a shape is named at once, and nothing is written', async () => {
  const house = await AppHouse.open();
  const root = await setUpAdmin(house);
  const reply = await importing(root, {
    agents: [{ id: 'not an id', name: '', system_prompt: 'x', mistyped: 1 }],
    numbers: [{ id: numberId, number: 'white space' }],
    files: [{ id: textId, name: 'a.txt' }],
    people: [],
  });
  expect([reply.status, reply.body['code']]).toEqual([400, 'invalid-request']);
  expect(problemsOf(reply.body).map(({ field }) => field)).toEqual([
    'agents.0.id',
    'agents.0.name',
    'agents.0',
    'numbers.0.number',
    'files.0.text',
    'body',
  ]);
});

test('every wrong reference and repetition is named at once, and nothing is written', async () => {
  const house = await AppHouse.open();
  const root = await setUpAdmin(house);
  const reply = await importing(root, {
    agents: [...bundle.agents, { ...bundle.agents[0], owner_email: 'nobody@example.com' }],
    numbers: [{ ...bundle.numbers[0], agent_id: unknownId }],
    files: [{ ...bundle.files[0], agent_ids: [agentId, unknownId] }],
  });
  expect([reply.status, reply.body['code']]).toEqual([400, 'bundle-invalid']);
  expect(problemsOf(reply.body)).toMatchObject([
    { field: 'agents.2.id', message: 'repeats agents.0.id' },
    { field: 'agents.2.owner_email' },
    { field: 'numbers.0.agent_id' },
    { field: 'files.0.agent_ids.1' },
  ]);
  expect(() => house.domain.agents.get(house.first.organizationId, agentId)).toThrow();
});

test('files that nobody could read are named at once, and none of the others stays behind', async () => {
  const house = await AppHouse.open();
  const root = await setUpAdmin(house);
  const [good] = bundle.files;
  const reply = await importing(root, {
    agents: bundle.agents,
    files: [
      good,
      { id: pageId, name: 'program.exe', text: 'MZ' },
      { id: unknownId, name: 'scan.pdf', text: 'this is no PDF' },
    ],
  });
  expect([reply.status, reply.body['code']]).toEqual([400, 'bundle-invalid']);
  expect(problemsOf(reply.body).map(({ field }) => field)).toEqual(['files.1', 'files.2']);
  expect(storedFiles(house)).toEqual([]);
  expect(() => house.domain.agents.get(house.first.organizationId, agentId)).toThrow();
});

test('what exists already is reported; nothing comes in unless it is to be skipped', async () => {
  const house = await AppHouse.open();
  const root = await setUpAdmin(house);
  await importing(root, { agents: [bundle.agents[0]], numbers: [{ id: unknownId, number: '+15550100' }] });
  const refused = await importing(root, bundle);
  expect([refused.status, refused.body['code']]).toEqual([409, 'bundle-conflict']);
  const existing = [
    { field: 'agents.0.id', message: 'exists here already' },
    { field: 'numbers.0.number', message: 'exists here already' },
  ];
  expect(problemsOf(refused.body)).toEqual(existing);
  expect(storedFiles(house)).toEqual([]);
  const skipped = await importing(root, bundle, '?existing=skip');
  expect(skipped.body).toEqual({ imported: { tools: 0, agents: 1, numbers: 0, files: 2 }, existing });
  const again = await importing(root, bundle, '?existing=skip');
  expect(again.body).toMatchObject({ imported: { tools: 0, agents: 0, numbers: 0, files: 0 } });
});

test('ids of another organization, also of an agent deleted there, are taken and tell nothing of it', async () => {
  const house = await AppHouse.open();
  const root = await setUpAdmin(house);
  await importing(root, { agents: bundle.agents });
  await house.domain.agents.delete(house.first.organizationId, secondAgentId);
  const { id: organizationId } = await house.domain.organizations.create('Second');
  const chief = { email: 'chief@example.com', password: 'Chief-Password', role: 'org_admin' };
  await root.request('POST', '/users', { ...chief, organization_id: organizationId });
  await root.request('POST', '/session', { email: chief.email, password: chief.password });
  const taken = await importing(root, { agents: bundle.agents });
  expect(problemsOf(taken.body).map(({ field }) => field)).toEqual(['agents.0.id', 'agents.1.id']);
  const foreign = await importing(root, { numbers: bundle.numbers });
  expect([foreign.status, problemsOf(foreign.body)[0]?.field]).toEqual([400, 'numbers.0.agent_id']);
});

test('only administrators bring something in, and too large a bundle is refused', async () => {
  const house = await AppHouse.open();
  const root = await setUpAdmin(house);
  await root.request('POST', '/users', { email: 'dev@example.com', password: 'Dev-Password', role: 'developer' });
  const asRoot = root.cookie;
  await root.signIn('dev@example.com', 'Dev-Password');
  expect((await importing(root, bundle)).status).toBe(403);
  root.cookie = asRoot;
  const large = { files: [{ id: textId, name: 'large.txt', text: 'x'.repeat(33 * 1024 * 1024) }] };
  expect((await importing(root, large)).status).toBe(413);
});

test('a client that moves in changes nothing but its base URL', async () => {
  const house = await AppHouse.open();
  const root = await setUpAdmin(house);
  const people = { email: 'owner@old.example', password: 'A-New-Password', role: 'org_admin' };
  const { id: userId } = (await root.request('POST', '/users', people)).body;
  const kupeKey = 'kH3xQ9vT2mLp8RsW4nYb6ZcD1fGj7KaE';
  const vaKey = 'va_their-own-key-from-the-old-house-0042';
  await root.request('POST', '/credentials', { kind: 'kupe', name: 'Old', key: kupeKey, user_id: userId });
  await root.request('POST', '/credentials', { kind: 'va', name: 'Old', key: vaKey });
  const owned = bundle.agents.map((agent) => ({ ...agent, owner_email: people.email }));
  expect((await importing(root, { ...bundle, agents: owned })).status).toBe(201);

  const kupe = { 'x-api-key': kupeKey };
  expect((await house.request('GET', `/api/v1/agents/${agentId}`, undefined, kupe)).body).toMatchObject({
    agent: { id: agentId, name: 'Front desk' },
  });
  const listed = await house.request('GET', '/api/v1/agents', undefined, kupe);
  const ids = (listed.body as unknown as { id: string }[]).map(({ id }) => id);
  expect(ids).toEqual(expect.arrayContaining([agentId, secondAgentId]));
  const va = { Authorization: `Bearer ${vaKey}` };
  expect((await house.request('GET', `/api/v1/agents/${agentId}`, undefined, va)).body).toMatchObject({
    data: { id: agentId, system_prompt: 'You answer for the old house.' },
  });
  const { email, password } = people;
  const { token } = (await house.request('POST', '/auth/login', { email, password })).body;
  const voicera = { Authorization: `Bearer ${String(token)}` };
  expect((await house.request('GET', `/agents/${agentId}`, undefined, voicera)).body).toMatchObject({ id: agentId });
});

test('who registered brings numbers in only when an administrator has raised them and lets them dial', async () => {
  const house = await AppHouse.open();
  const root = await setUpAdmin(house);
  const stranger = { email: 'stranger@example.com', password: 'SecurePass123!', first_name: 'Sam', last_name: 'Stone' };
  await house.request('POST', '/auth/register', stranger);
  const { id, organizationId } = house.domain.users.findByEmail(stranger.email) ?? { id: '', organizationId: '' };
  const own = new AppBrowser(house);
  await own.signIn(stranger.email, stranger.password);
  expect((await importing(own, { agents: bundle.agents })).status).toBe(403);
  expect((await root.request('PATCH', `/users/${id}`, { role: 'org_admin' })).status).toBe(200);
  const withNumbers = { agents: bundle.agents, numbers: bundle.numbers };
  const refused = await importing(own, withNumbers);
  expect([refused.status, refused.body['error']]).toEqual([403, expect.stringContaining('may not have numbers yet')]);
  expect(house.domain.agents.find(agentId)).toBeUndefined();
  await root.request('PATCH', `/organizations/${organizationId}/outbound-rules`, { may_dial: true });
  expect((await importing(own, withNumbers)).status).toBe(201);
  expect(house.domain.agents.resolveDialled('15550100')).toMatchObject({ kind: 'found', agent: { organizationId } });
});

test("leaving out an agent that is another organization's brings it neither files nor numbers", async () => {
  const house = await AppHouse.open();
  const root = await setUpAdmin(house);
  await importing(root, { agents: [bundle.agents[0]] });
  const { id: organizationId } = await house.domain.organizations.create('Second');
  const chief = { email: 'chief@example.com', password: 'Chief-Password', role: 'org_admin' };
  await root.request('POST', '/users', { ...chief, organization_id: organizationId });
  await root.request('POST', '/session', { email: chief.email, password: chief.password });
  const refused = await importing(root, bundle, '?existing=skip');
  expect([refused.status, refused.body['code']]).toEqual([400, 'bundle-invalid']);
  expect(problemsOf(refused.body).map(({ field }) => field)).toEqual([
    'numbers.0.agent_id',
    'files.0.agent_ids.0',
    'files.1.agent_ids.0',
  ]);
  expect(storedFiles(house)).toEqual([]);
  expect(house.domain.agents.find(secondAgentId)).toBeUndefined();
});
