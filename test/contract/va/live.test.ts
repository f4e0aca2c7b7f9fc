import { expect, onTestFinished, test } from 'vitest';
import { WebSocket } from 'ws';
import { VirtualClock } from '../../../server/lifetime/virtual-clock.ts';
import { VaHouse } from './va-house.ts';

interface LiveMessage {
  readonly type: string;
  readonly call_id: string;
  readonly error: string;
  readonly data: {
    readonly status: string;
    readonly transcript: { message: string }[];
    readonly latest: { message: string; role: string };
    readonly is_final: boolean;
  };
}

/** A client that keeps what it gets; `next` waits for the message after the last one it gave. */
class Viewer {
  readonly socket: WebSocket;
  readonly closed: Promise<number>;
  readonly #messages: LiveMessage[] = [];
  #wake: (() => void) | undefined;
  #read = 0;

  constructor(url: string) {
    this.socket = new WebSocket(url);
    this.socket.on('message', (text: Buffer) => {
      this.#messages.push(JSON.parse(text.toString()) as LiveMessage);
      this.#wake?.();
    });
    this.closed = new Promise((resolve) => this.socket.once('close', resolve));
    onTestFinished(() => this.socket.terminate());
  }

  async next(): Promise<LiveMessage> {
    while (this.#messages.length <= this.#read) {
      await new Promise<void>((resolve) => {
        this.#wake = resolve;
      });
    }
    return this.#messages[this.#read++] as LiveMessage;
  }
}

const socketUrl = (house: VaHouse, callId: string, query: string) =>
  `${house.server.url.replace('http', 'ws')}/ws/calls/${callId}?${query}`;

test('a late viewer gets what has been said, then every committed turn with the whole transcript, then the end', async () => {
  const house = await VaHouse.open();
  const callId = await house.startedCall();
  await house.say(callId, 'agent', 'Hello.', 0);
  const viewer = new Viewer(socketUrl(house, callId, `api_key=${house.key}`));
  const connected = await viewer.next();
  expect(connected).toMatchObject({ type: 'connected', call_id: callId, data: { status: 'initiated' } });
  expect(connected.data.transcript.map(({ message }) => message)).toEqual(['Hello.']);

  await house.domain.calls.answered(callId, 1_000);
  expect(await viewer.next()).toMatchObject({ type: 'call_status_update', data: { status: 'in_progress' } });
  await house.say(callId, 'caller', 'Are you open?', 2_000);
  const update = await viewer.next();
  expect(update).toMatchObject({ type: 'transcript_update', data: { is_final: true, latest: { role: 'user' } } });
  expect(update.data.transcript.map(({ message }) => message)).toEqual(['Hello.', 'Are you open?']);
  await house.telephone.end(callId, 'end');
  expect(await viewer.next()).toMatchObject({ type: 'call_status_update', data: { status: 'completed' } });
});

test('what is being said just now is shown as latest and never in the transcript', async () => {
  const house = await VaHouse.open();
  const callId = await house.startedCall();
  const viewer = new Viewer(socketUrl(house, callId, `api_key=${house.key}`));
  await viewer.next();
  house.domain.calls.partial(callId, 'caller', 'Are you');
  expect((await viewer.next()).data).toMatchObject({
    transcript: [],
    latest: { role: 'user', message: 'Are you' },
    is_final: false,
  });
});

test('of a confidential agent’s call only the status is told', async () => {
  const house = await VaHouse.open();
  const callId = await house.startedCall();
  const agentId = house.domain.calls.find(callId)?.agentId ?? '';
  await house.say(callId, 'agent', 'Hello.', 0);
  await house.domain.agents.update(house.organizationId, agentId, { isConfidential: true });
  const viewer = new Viewer(socketUrl(house, callId, `api_key=${house.key}`));
  expect((await viewer.next()).data).toEqual({ status: 'initiated', transcript: [], redacted: true });
  house.domain.calls.partial(callId, 'caller', 'The test');
  await house.say(callId, 'caller', 'The test was positive.', 2_000);
  await house.domain.calls.answered(callId, 1_000);
  expect(await viewer.next()).toMatchObject({ type: 'call_status_update', data: { status: 'in_progress' } });
});

test('a session token opens its own call only, and only for five minutes', async () => {
  const clock = new VirtualClock(Date.UTC(2030, 0, 1));
  const house = await VaHouse.open({ clock });
  const [callId, otherId] = [await house.startedCall(), await house.startedCall()];
  const { data } = (await house.request('GET', `/calls/${callId}/live`)).body;
  const query = `session_token=${encodeURIComponent(String(data['temp_token']))}`;
  expect((await new Viewer(socketUrl(house, callId, query)).next()).type).toBe('connected');
  expect(await new Viewer(socketUrl(house, otherId, query)).closed).toBe(4401);
  await clock.advance(5 * 60_000);
  const late = new Viewer(socketUrl(house, callId, query));
  expect(await late.next()).toMatchObject({ type: 'error', error: expect.stringContaining('session_token') as string });
  expect(await late.closed).toBe(4401);
});

test('a bad key closes with 4401, a foreign call with 4403, an unknown one with 4404', async () => {
  const house = await VaHouse.open();
  const callId = await house.startedCall();
  const unknown = '00000000-0000-4000-8000-000000000000';
  const closed = (id: string, query: string) => new Viewer(socketUrl(house, id, query)).closed;
  expect(await closed(callId, 'api_key=va_wrong')).toBe(4401);
  expect(await closed(callId, '')).toBe(4401);
  expect(await closed(callId, `api_key=${await house.strangersKey()}`)).toBe(4403);
  expect(await closed(unknown, `api_key=${house.key}`)).toBe(4404);
  expect(await closed('x', `api_key=${house.key}`)).toBe(4404);
});

test('a ping is answered by a pong, anything else by an error, and the socket stays', async () => {
  const house = await VaHouse.open();
  const viewer = new Viewer(socketUrl(house, await house.startedCall(), `api_key=${house.key}`));
  await viewer.next();
  for (const [sent, type] of [
    ['{"type":"ping"}', 'pong'],
    ['{"type":"hang-up"}', 'error'],
    ['}{', 'error'],
    ['null', 'error'],
  ] as const) {
    viewer.socket.send(sent);
    expect((await viewer.next()).type).toBe(type);
  }
  viewer.socket.send('x'.repeat(5_000));
  expect(await viewer.closed).toBe(1009);
});

test('five seconds after the end the socket closes normally', async () => {
  const clock = new VirtualClock(Date.UTC(2030, 0, 1));
  const house = await VaHouse.open({ clock });
  const callId = await house.startedCall();
  const viewer = new Viewer(socketUrl(house, callId, `api_key=${house.key}`));
  await viewer.next();
  await house.telephone.end(callId, 'cancel');
  expect((await viewer.next()).data.status).toBe('failed');
  await clock.advance(4_900);
  expect(viewer.socket.readyState).toBe(WebSocket.OPEN);
  await clock.advance(200);
  expect(await viewer.closed).toBe(1000);
});

test('a viewer that is silent for a minute is cut off; one that answers pings stays', async () => {
  const clock = new VirtualClock(Date.UTC(2030, 0, 1));
  const house = await VaHouse.open({ clock });
  const callId = await house.startedCall();
  const alive = new Viewer(socketUrl(house, callId, `api_key=${house.key}`));
  const dead = new Viewer(socketUrl(house, callId, `api_key=${house.key}`));
  await Promise.all([alive.next(), dead.next()]);
  dead.socket.pause();
  for (let pings = 0; pings < 3; pings++) {
    const pinged = new Promise((resolve) => alive.socket.once('ping', resolve));
    await clock.advance(30_000);
    await pinged;
    alive.socket.send('{"type":"ping"}');
    await alive.next();
  }
  dead.socket.resume();
  expect(await dead.closed).toBe(1006);
  expect(alive.socket.readyState).toBe(WebSocket.OPEN);
});

test('the sockets are also on the extra port, which has nothing else', async () => {
  const house = await VaHouse.open({ extraPorts: { vaSocketPort: 0, voicePort: null, voiceraPort: null } });
  const origin = `127.0.0.1:${house.server.openExtraPorts.vaSocketPort}`;
  const viewer = new Viewer(`ws://${origin}/ws/calls/${await house.startedCall()}?api_key=${house.key}`);
  expect((await viewer.next()).type).toBe('connected');
  expect((await fetch(`http://${origin}/api/v1/agents`)).status).toBe(404);
  const nowhere = new Viewer(`ws://${origin}/ws/elsewhere`);
  const refused = await new Promise<Error>((resolve) => nowhere.socket.once('error', resolve));
  expect(refused.message).toContain('404');
});

test('stopping the server closes the sockets as going away', async () => {
  const house = await VaHouse.open();
  const viewer = new Viewer(socketUrl(house, await house.startedCall(), `api_key=${house.key}`));
  await viewer.next();
  await house.server.stop();
  expect(await viewer.closed).toBe(1001);
});

test('a key opens the live sockets only where its scopes cover calls', async () => {
  const house = await VaHouse.open();
  const callId = await house.startedCall();
  const { organizationId } = house.domain.calls.find(callId) ?? { organizationId: '' };
  const keyFor = async (pathPrefix: string) => {
    const scopes = [{ pathPrefix, method: 'GET' }];
    return (await house.domain.credentials.issue({ kind: 'va', organizationId, userId: null, name: 'N', scopes })).key;
  };
  const covered = new Viewer(socketUrl(house, callId, `api_key=${await keyFor('/api/v1/calls')}`));
  expect((await covered.next()).type).toBe('connected');
  const refused = new Viewer(socketUrl(house, callId, `api_key=${await keyFor('/api/v1/agents')}`));
  expect((await refused.next()).type).toBe('error');
  expect(await refused.closed).toBe(4403);
});
