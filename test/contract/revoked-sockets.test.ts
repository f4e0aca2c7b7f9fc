import { expect, onTestFinished, test } from 'vitest';
import { WebSocket } from 'ws';
import type { WebCall, WebCalls } from '../../server/domain/calls/web-calls.ts';
import type { CredentialKind } from '../../server/domain/credentials/credential.ts';
import type { Principal } from '../../server/domain/credentials/principal.ts';
import type { User } from '../../server/domain/users/user.ts';
import { realClock } from '../../server/lifetime/clock.ts';
import { VirtualClock } from '../../server/lifetime/virtual-clock.ts';
import { openServedHouse, type ServedHouse } from '../support/served-house.ts';

/** Web calls that are on until they are hung up. */
class OpenCalls implements WebCalls {
  opened = 0;
  hungUp = 0;

  async open(): Promise<WebCall> {
    const callId = `00000000-0000-4000-8000-${String(++this.opened).padStart(12, '0')}`;
    const hangUp = async () => {
      this.hungUp++;
    };
    return { callId, audio: () => {}, digit: () => {}, hold: () => {}, hangUp };
  }
}

/** A client that keeps what it gets. */
class Client {
  readonly socket: WebSocket;
  readonly closed: Promise<number>;
  readonly messages: Readonly<Record<string, unknown>>[] = [];

  constructor(url: string, headers: Readonly<Record<string, string>> = {}) {
    this.socket = new WebSocket(url, { headers });
    this.socket.on('message', (data: Buffer, isBinary) => {
      if (!isBinary) this.messages.push(JSON.parse(data.toString()) as Record<string, unknown>);
    });
    this.closed = new Promise((resolve) => this.socket.once('close', resolve));
    onTestFinished(() => this.socket.terminate());
  }

  async opened(): Promise<this> {
    await new Promise((resolve, reject) => this.socket.once('open', resolve).once('error', reject));
    return this;
  }

  get isOpen(): boolean {
    return this.socket.readyState === WebSocket.OPEN;
  }
}

interface Key {
  readonly key: string;
  readonly id: string;
}

/** A house with somebody in it who has keys and sessions, an agent, and a call that is on. */
class House {
  readonly parts: ServedHouse;
  readonly calls: OpenCalls;
  readonly clock: VirtualClock | typeof realClock;
  readonly person: User;
  readonly agentId: string;

  private constructor(parts: Pick<House, 'parts' | 'calls' | 'clock' | 'person' | 'agentId'>) {
    this.parts = parts.parts;
    this.calls = parts.calls;
    this.clock = parts.clock;
    this.person = parts.person;
    this.agentId = parts.agentId;
  }

  static async open(clock: VirtualClock | typeof realClock = realClock): Promise<House> {
    const calls = new OpenCalls();
    const parts = await openServedHouse({ http: { webCalls: calls, clock }, domain: { clock } });
    const { domain, first } = parts;
    const { organizationId } = first;
    const who = { email: 'clerk@example.com', password: 'Clerk-Password', role: 'developer' } as const;
    const person = await domain.users.create({ organizationId, ...who });
    const agent = await domain.agents.create(organizationId, { name: 'Desk', systemPrompt: 'You answer.' });
    return new House({ parts, calls, clock, person, agentId: agent.id });
  }

  get url(): string {
    return this.parts.server.url.replace('http', 'ws');
  }

  async key(kind: CredentialKind, more: { readonly expiresAtMs?: number } = {}): Promise<Key> {
    const { id: userId, organizationId } = this.person;
    const issued = await this.parts.domain.credentials.issue({ kind, organizationId, userId, name: 'Key', ...more });
    return { key: issued.key, id: issued.credential.id };
  }

  async session(
    audience: 'authenticated' | 'voicera-api',
  ): Promise<{ readonly token: string; readonly principal: Principal }> {
    const signIn = { email: 'clerk@example.com', password: 'Clerk-Password', remoteAddress: '127.0.0.1' };
    const { accessToken, principal } = await this.parts.domain.identity.signIn(signIn, audience);
    return { token: accessToken, principal };
  }

  async get(path: string, headers: Readonly<Record<string, string>>): Promise<Readonly<Record<string, unknown>>> {
    return (await (await fetch(`${this.parts.server.url}${path}`, { headers })).json()) as Record<string, unknown>;
  }

  async callId(): Promise<string> {
    const { organizationId } = this.person;
    const order = { organizationId, agentId: this.agentId, to: '+15550142' };
    const identity = { from: 'landline', to: order.to, fromUri: 'sip:landline@127.0.0.1', toUri: 'sip:x@127.0.0.1' };
    const { id } = await this.parts.domain.calls.beginOutgoing(
      { ...order, direction: 'outbound', identity, brain: 'x' },
      order.to,
    );
    return id;
  }

  /** Everything that a key of Kupe's or of `va_` opens, one way after another. */
  async openedBy(kupe: Key, va: Key): Promise<readonly Client[]> {
    const callId = await this.callId();
    const { data } = await this.get(`/api/v1/calls/${callId}/live`, { Authorization: `Bearer ${va.key}` });
    const liveToken = encodeURIComponent(String((data as Record<string, unknown>)['temp_token']));
    const voiceToken = String((await this.get('/api/call/auth/token', { 'x-api-key': kupe.key }))['token']);
    const live = `${this.url}/ws/calls/${callId}`;
    const media = `${this.url}/api/call`;
    return Promise.all(
      [
        new Client(`${live}?api_key=${va.key}`),
        new Client(`${live}?session_token=${liveToken}`),
        new Client(`${media}/web-media-stream?agent_id=${this.agentId}`, { 'x-api-key': kupe.key }),
        new Client(`${media}/web-media-stream?agent_id=${this.agentId}&token=${voiceToken}`),
        new Client(`${media}/media-stream/agents/${this.agentId}?api_key=${kupe.key}`),
      ].map((client) => client.opened()),
    );
  }

  /** By tokens of sessions: Kupe's media socket and VoiceERA's. */
  async openedByTokens(kupe: string, voicera: string): Promise<readonly Client[]> {
    const media = new Client(`${this.url}/api/call/web-media-stream?agent_id=${this.agentId}&token=${kupe}`);
    const voice = new Client(`${this.url}/voice`);
    await Promise.all([media.opened(), voice.opened()]);
    voice.socket.send(JSON.stringify({ type: 'auth', token: voicera, agent_id: this.agentId }));
    await expect.poll(() => voice.messages.some(({ type }) => type === 'ready')).toBe(true);
    return [media, voice];
  }
}

function codesOf(clients: readonly Client[]): Promise<readonly number[]> {
  return Promise.all(clients.map(({ closed }) => closed));
}

/** Long enough for a media socket's first words to have been waited for. */
async function callsAreOn(house: House, count: number): Promise<void> {
  await expect.poll(() => house.calls.opened, { timeout: 5_000 }).toBe(count);
}

test('a key that is revoked closes what it opened, whichever way, and nothing else', async () => {
  const house = await House.open();
  const { domain } = house.parts;
  const { organizationId } = house.person;
  const [kupe, va] = [await house.key('kupe'), await house.key('va')];
  const clients = await house.openedBy(kupe, va);
  const others = await house.openedBy(await house.key('kupe'), await house.key('va'));
  await callsAreOn(house, 4);
  await domain.credentials.rename(organizationId, kupe.id, 'Another name');
  expect(clients.every(({ isOpen }) => isOpen)).toBe(true);
  await domain.credentials.revoke(organizationId, va.id);
  await domain.credentials.revoke(organizationId, kupe.id);
  expect(await codesOf(clients)).toEqual([4401, 4401, 4401, 4401, 4401]);
  expect(clients[0]?.messages.at(-1)).toMatchObject({
    type: 'error',
    error: expect.stringContaining('no longer valid'),
  });
  expect(clients[2]?.messages.at(-1)).toMatchObject({ type: 'error', message: expect.stringContaining('no longer') });
  await expect.poll(() => house.calls.hungUp).toBe(2);
  expect(others.map(({ isOpen }) => isOpen)).toEqual([true, true, true, true, true]);
});

test('a key that is replaced closes what was opened with the old one; the new one opens again', async () => {
  const house = await House.open();
  const { credentials } = house.parts.domain;
  const [kupe, va] = [await house.key('kupe'), await house.key('va')];
  const clients = await house.openedBy(kupe, va);
  const [newKupe, newVa] = [
    await credentials.regenerate(house.person.organizationId, kupe.id),
    await credentials.regenerate(house.person.organizationId, va.id),
  ];
  expect(await codesOf(clients)).toEqual([4401, 4401, 4401, 4401, 4401]);
  const again = await house.openedBy({ ...kupe, key: newKupe.key }, { ...va, key: newVa.key });
  expect(again.map(({ isOpen }) => isOpen)).toEqual([true, true, true, true, true]);
});

test('signing out closes what the session opened, each in the manner of its API', async () => {
  const house = await House.open();
  const { identity } = house.parts.domain;
  const [kupe, voicera] = [await house.session('authenticated'), await house.session('voicera-api')];
  const staying = await house.session('authenticated');
  const clients = await house.openedByTokens(kupe.token, voicera.token);
  const [other] = await house.openedByTokens(staying.token, (await house.session('voicera-api')).token);
  await callsAreOn(house, 4);
  await identity.signOut(kupe.principal);
  await identity.signOut(voicera.principal);
  expect(await codesOf(clients)).toEqual([4401, 1008]);
  expect(clients[1]?.messages.at(-1)).toMatchObject({ type: 'error', error_code: 'AUTH_FAILED' });
  await expect.poll(() => house.calls.hungUp).toBe(2);
  expect(other?.isOpen).toBe(true);
});

test('switching somebody off closes all that they opened; a change of their name closes nothing', async () => {
  const house = await House.open();
  const { users } = house.parts.domain;
  const clients = [
    ...(await house.openedBy(await house.key('kupe'), await house.key('va'))),
    ...(await house.openedByTokens(
      (
        await house.session('authenticated')
      ).token,
      (
        await house.session('voicera-api')
      ).token,
    )),
  ];
  const { organizationId } = house.person;
  const root: Principal = {
    organizationId,
    userId: null,
    email: null,
    role: 'super_admin',
    via: 'session',
    credentialId: 'root',
    scopes: [],
  };
  await users.update(root, house.person.id, { fullName: 'Another Name' });
  expect(clients.every(({ isOpen }) => isOpen)).toBe(true);
  await users.update(root, house.person.id, { isActive: false });
  expect(await codesOf(clients)).toEqual([4401, 4401, 4401, 4401, 4401, 4401, 1008]);
});

test('a key that runs out closes what it opened within ten seconds', async () => {
  const clock = new VirtualClock(Date.UTC(2030, 0, 1));
  const house = await House.open(clock);
  const expiresAtMs = clock.now() + 15_000;
  const keys = [await house.key('kupe', { expiresAtMs }), await house.key('va', { expiresAtMs })] as const;
  const clients = await house.openedBy(...keys);
  await clock.advance(14_000);
  expect(clients.map(({ isOpen }) => isOpen)).toEqual([true, true, true, true, true]);
  await clock.advance(7_000);
  expect(await codesOf(clients)).toEqual([4401, 4401, 4401, 4401, 4401]);
});

test('a client that does not answer the close is cut off, and its call is over', async () => {
  const house = await House.open();
  const kupe = await house.key('kupe');
  const [, , browser] = await house.openedBy(kupe, await house.key('va'));
  await callsAreOn(house, 2);
  browser?.socket.pause();
  await house.parts.domain.credentials.revoke(house.person.organizationId, kupe.id);
  await expect.poll(() => house.calls.hungUp, { timeout: 5_000 }).toBe(2);
});
