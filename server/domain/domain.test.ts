import { readFileSync, statSync } from 'node:fs';
import { join } from 'node:path';
import { expect, test } from 'vitest';
import { openFirstHouse } from '../../test/support/first-house.ts';
import type { TurnDraft } from '../contract/call.ts';
import { VirtualClock } from '../lifetime/virtual-clock.ts';

async function setUp() {
  const clock = new VirtualClock(Date.UTC(2030, 0, 1));
  const { dataFolder, domain, first } = await openFirstHouse({ clock, timeZone: 'Asia/Kolkata' });
  const { organizationId, agentId } = first;
  const identity = { from: '100', to: '200', fromUri: 'sip:100@10.0.0.1', toUri: 'sip:200@10.0.0.2' };
  const begin = (more: { taskId?: string } = {}) =>
    domain.calls.begin({ organizationId, agentId, direction: 'inbound', identity, ...more });
  return { domain, clock, dataFolder, first, organizationId, agentId, identity, begin };
}

const turn: TurnDraft = {
  role: 'caller',
  text: 'Hello?',
  startMs: 1_200,
  endMs: 1_900.5,
  interrupted: true,
  provider: 'starter-stt-en',
  marks: { callerStopped: 5.25, endOfTurn: 600 },
};

test('the first start makes an organization, a default agent and a credential for each API, which only the owner can read', async () => {
  const { domain, dataFolder, first } = await setUp();
  const path = join(dataFolder, 'first-keys.env');
  expect(readFileSync(path, 'utf8')).toBe(
    [
      'LANDLINE_URL=http://127.0.0.1:8080',
      `LANDLINE_VA_KEY=${first.vaKey}`,
      `LANDLINE_KUPE_KEY=${first.kupeKey}`,
      `LANDLINE_VOICERA_EMAIL=${first.email}`,
      `LANDLINE_VOICERA_PASSWORD=${first.password}\n`,
    ].join('\n'),
  );
  for (const file of [path, join(dataFolder, 'secret.key')]) expect(statSync(file).mode & 0o777).toBe(0o600);
  const { organizationId, userId, email } = first;
  expect(domain.credentials.authenticate(first.vaKey)).toMatchObject({ organizationId, userId: null });
  expect(domain.credentials.authenticate(first.kupeKey)).toMatchObject({ organizationId, userId, email });
  const given = { email, password: first.password, remoteAddress: '127.0.0.1' };
  expect((await domain.identity.signIn(given, 'voicera-api')).user).toMatchObject({ id: userId, role: 'org_admin' });
  expect(domain.agents.default()).toMatchObject({ id: first.agentId, recordingEnabled: true });
  expect(await domain.ensureFirstStart({ url: 'http://127.0.0.1' })).toBeUndefined();
});

test('a key is kept as a hash and a prefix only, and its use is noted once a minute', async () => {
  const { domain, clock, first, dataFolder } = await setUp();
  expect(first.vaKey).toMatch(/^va_[A-Za-z0-9_-]{43}$/);
  const lastUsed = async () => {
    const principal = domain.credentials.authenticate(first.vaKey);
    await clock.advance(1);
    return domain.credentials.get(first.organizationId, principal?.credentialId ?? '').lastUsedAtMs;
  };
  const usedAtMs = await lastUsed();
  expect(usedAtMs).toBe(Date.UTC(2030, 0, 1));
  await clock.advance(59_000);
  expect(await lastUsed()).toBe(usedAtMs);
  await clock.advance(1_000);
  expect(await lastUsed()).toBe(clock.now() - 1);
  const stored = ['landline.db', 'landline.db-wal']
    .map((name) => readFileSync(join(dataFolder, name), 'latin1'))
    .join();
  const secrets = [first.vaKey, first.kupeKey, first.password];
  expect(secrets.filter((secret) => stored.includes(secret))).toEqual([]);
  expect(stored.includes(first.vaKey.slice(0, 10))).toBe(true);
});

test('an expired key lets nobody in', async () => {
  const { domain, clock, organizationId } = await setUp();
  const expiresAtMs = clock.now() + 1_000;
  const { key } = await domain.credentials.issue({ organizationId, name: 'Short', expiresAtMs });
  expect(domain.credentials.authenticate(key)).toBeDefined();
  await clock.advance(1_000);
  expect(domain.credentials.authenticate(key)).toBeUndefined();
});

test('a dialled number goes to the agent with that id, else by route, else to the default agent', async () => {
  const { domain, organizationId, agentId } = await setUp();
  const sales = await domain.agents.create(organizationId, { name: 'Sales', systemPrompt: 'Sell.' });
  const asleep = await domain.agents.create(organizationId, { name: 'Asleep', systemPrompt: '', enabled: false });
  await domain.numbers.mirror([
    { number: '4711', agent: 'Sales' },
    { number: '4712', agent: asleep.id },
  ]);
  const dialled = (user: string) => {
    const found = domain.agents.resolveDialled(user);
    return found.kind === 'found' ? [found.agent.id, found.by] : [found.kind];
  };
  expect(dialled(sales.id)).toEqual([sales.id, 'id']);
  expect(dialled('4711')).toEqual([sales.id, 'route']);
  expect(dialled('4712')).toEqual(['disabled']);
  expect(dialled('anything')).toEqual([agentId, 'default']);

  await domain.agents.makeDefault('Sales');
  expect(dialled('anything')).toEqual([sales.id, 'default']);
  await domain.agents.delete(organizationId, sales.id);
  expect(dialled('4711')).toEqual(['unknown']);
});

test('a route or default that names nobody is refused by name, and the routes stay as they were', async () => {
  const { domain, agentId } = await setUp();
  await domain.numbers.mirror([{ number: '1', agent: agentId }]);
  await expect(domain.numbers.mirror([{ number: '2', agent: 'Nobody' }])).rejects.toMatchObject({
    code: 'route-agent-unknown',
    message: expect.stringContaining('Nobody') as string,
  });
  expect(domain.numbers.all()).toMatchObject([{ dialled: '1' }]);
  await expect(domain.agents.makeDefault('Nobody')).rejects.toMatchObject({ code: 'default-agent-unknown' });
});

test('a new agent without a time zone gets that of the house', async () => {
  const { domain, organizationId } = await setUp();
  const draft = { name: 'A', systemPrompt: '' };
  expect((await domain.agents.create(organizationId, draft)).timeZone).toBe('Asia/Kolkata');
  expect((await domain.agents.create(organizationId, { ...draft, timeZone: 'UTC' })).timeZone).toBe('UTC');
});

test('peers are mirrored without their passwords', async () => {
  const { domain, dataFolder } = await setUp();
  const peer = {
    name: 'pbx',
    host: '10.0.0.9',
    port: 5060,
    transport: 'udp',
    allowedSources: ['10.0.0.0/24'],
  } as const;
  await domain.peers.mirror([{ ...peer, username: 'ada', password: 'tell-nobody-4711' }]);
  expect(domain.peers.all()).toEqual([{ ...peer, username: 'ada' }]);
  expect(readFileSync(join(dataFolder, 'landline.db-wal'), 'latin1')).not.toContain('tell-nobody-4711');
  await domain.peers.mirror([]);
  expect(domain.peers.all()).toEqual([]);
});

test('knowledge is found by content words in any form, the agent’s own only, and follows its changes', async () => {
  const { domain, organizationId } = await setUp();
  const draft = { name: 'A', systemPrompt: '' };
  const knowledge = 'A haircut costs thirty dollars. We close at six!\nParking is behind the house.';
  const agent = await domain.agents.create(organizationId, { ...draft, knowledge });
  const other = await domain.agents.create(organizationId, { ...draft, knowledge: 'Parking costs nothing.' });
  const texts = async (id: string, question: string) =>
    (await domain.knowledge.search(id, question, 3)).map(({ text }) => text);

  expect(await texts(agent.id, 'Where can I park?')).toEqual(['Parking is behind the house.']);
  expect(await texts(agent.id, 'what does a haircut cost')).toEqual(['A haircut costs thirty dollars.']);
  expect(await texts(other.id, 'haircut')).toEqual([]);
  expect(await texts(agent.id, '"); DROP sentence:* NEAR(')).toEqual([]);
  expect(await texts(agent.id, '')).toEqual([]);
  await domain.agents.update(organizationId, agent.id, { knowledge: 'Parking is full.' });
  expect(await texts(agent.id, 'parking')).toEqual(['Parking is full.']);
});

test('passages are ranked by how much of the question they hold, on a scale from 0 to 1', async () => {
  const { domain, agentId } = await setUp();
  const passages = await domain.knowledge.search(agentId, 'How much does a blood test cost?', 5);
  expect(passages[0]?.text).toContain('blood test costs thirty');
  const scores = passages.map(({ score }) => score);
  expect(scores).toEqual([...scores].sort((a, b) => b - a));
  expect(Math.max(...scores)).toBeLessThanOrEqual(1);
  expect(Math.min(...scores)).toBeGreaterThan(0);
});

test('a call keeps who called, what was said with its marks, and the message', async () => {
  const { domain, organizationId, agentId, clock } = await setUp();
  const identity = {
    from: '+15550100',
    to: '200',
    fromUri: 'sip:+15550100@carrier.example',
    toUri: 'sip:200@10.0.0.2',
    fromDisplayName: 'Ada',
    pAssertedIdentity: '<sip:+15550101@carrier.example>',
    diversion: '<sip:300@10.0.0.2>;reason=no-answer',
  };
  const draft = {
    organizationId,
    agentId,
    direction: 'inbound',
    identity,
    sipCallId: 'x@y',
    brain: 'b',
    stt: 's',
  } as const;
  const { id } = await domain.calls.begin(draft);
  await domain.calls.answered(id, clock.now() + 0.4);
  expect(await domain.calls.addTurn(id, turn)).toMatchObject({ seq: 1 });
  expect(await domain.calls.addTurn(id, { ...turn, role: 'agent' })).toMatchObject({ seq: 2 });
  const message = { name: 'Ada', number: '555', reason: 'call back' };
  await domain.calls.messageTaken(id, message);
  const call = await domain.calls.finish(id, {
    status: 'completed',
    endReason: 'caller-hangup',
    endedAtMs: clock.now(),
  });
  expect(call).toEqual(domain.calls.get(organizationId, id));
  expect(call).toMatchObject({ identity, message, extracted: { message }, brain: 'b', stt: 's', tts: null });
  expect(domain.calls.turns(id)[0]).toMatchObject(turn);
});

test('the end of a call is told once: later ends and answers change nothing', async () => {
  const { domain, begin, clock } = await setUp();
  const { id } = await begin();
  const ended = await domain.calls.finish(id, { status: 'failed', endReason: 'busy', endedAtMs: clock.now() });
  await clock.advance(1_000);
  const again = { status: 'completed', endReason: 'agent-hangup', endedAtMs: clock.now() } as const;
  expect(await domain.calls.finish(id, again)).toEqual(ended);
  expect(await domain.calls.answered(id, clock.now())).toEqual(ended);
  const ends = domain.eventLog.after(0, 100).filter(({ fact }) => fact.kind === 'call-ended');
  expect(ends).toHaveLength(1);
});

test('calls and tasks that a crash left open are failed as interrupted, as of their last sign of life', async () => {
  const { domain, begin, clock, organizationId, agentId } = await setUp();
  const draft = { agentId, name: 'Call', toNumber: '+15550142' };
  const tasks = [await domain.tasks.create(organizationId, draft), await domain.tasks.create(organizationId, draft)];
  for (const { id } of tasks) await domain.tasks.claim(organizationId, id);
  const withCall = await begin({ taskId: tasks[0]?.id ?? '' });
  await domain.calls.answered(withCall.id, clock.now());
  await clock.advance(20_000);
  await domain.calls.addTurn(withCall.id, turn);
  const lastSignMs = clock.now();
  const ringing = await begin();
  await clock.advance(3_600_000);

  expect(await domain.calls.closeInterrupted()).toBe(2);
  expect(await domain.calls.closeInterrupted()).toBe(0);
  const interrupted = { status: 'failed', endReason: 'interrupted' };
  expect(domain.calls.find(withCall.id)).toMatchObject({ ...interrupted, endedAtMs: lastSignMs });
  expect(domain.calls.find(ringing.id)).toMatchObject({ ...interrupted, endedAtMs: ringing.startedAtMs });
  expect(tasks.map(({ id }) => domain.tasks.find(id)?.status)).toEqual(['failed', 'failed']);
  expect(domain.tasks.find(tasks[1]?.id ?? '')).toMatchObject({ errorMessage: 'interrupted' });
});

test('an agent with a call in progress cannot be deleted', async () => {
  const { domain, begin, organizationId, agentId, clock } = await setUp();
  const { id } = await begin();
  await expect(domain.agents.delete(organizationId, agentId)).rejects.toMatchObject({ code: 'agent-in-use' });
  await domain.calls.finish(id, { status: 'completed', endReason: 'caller-hangup', endedAtMs: clock.now() });
  await domain.agents.delete(organizationId, agentId);
  expect(domain.calls.get(organizationId, id).agentId).toBe(agentId);
});

test('an e-mail address belongs to one user', async () => {
  const { domain, organizationId } = await setUp();
  const draft = { organizationId, email: 'ada@example.com', fullName: 'Ada', role: 'developer' } as const;
  const user = await domain.users.create(draft);
  expect(domain.users.findByEmail('ADA@example.com')).toEqual(user);
  await expect(domain.users.create({ ...draft, email: 'Ada@Example.com' })).rejects.toMatchObject({
    code: 'email-taken',
  });
});
