import { describe, expect, test } from 'vitest';
import { formatVia, parseVia } from '../msg/via.ts';
import { losing } from '../transport/memory-network.ts';
import type { RunningTransactionLayer } from './create-transaction-layer.ts';
import type { ClientTransaction } from './transaction-layer.ts';
import { answer, createScene, newRequest, RecordingListener, type Scene, target } from './two-sides.ts';

const LIFE_MS = 64 * 500;

interface Sending {
  readonly listener: RecordingListener;
  readonly transaction: ClientTransaction;
}

function send(layer: RunningTransactionLayer, method: string, transport: 'udp' | 'tcp' = 'udp'): Sending {
  const listener = new RecordingListener();
  return { listener, transaction: layer.send(newRequest(method), target(transport), listener) };
}

function expectNothingLeft({ layer, clock }: Scene): void {
  expect(layer.counters()).toMatchObject({ clientInvite: 0, clientNonInvite: 0, serverNonInvite: 0, timers: 0 });
  expect(clock.pendingCount).toBe(0);
}

describe('an INVITE client transaction', () => {
  test('repeats the INVITE at doubling intervals and gives up after 64*T1 (timers A and B)', async () => {
    const scene = await createScene();
    const { listener } = send(scene.layer, 'INVITE');
    await scene.clock.advance(LIFE_MS - 1);
    expect(listener.failures).toEqual([]);
    await scene.clock.advance(1);
    expect(scene.sentAt(/^INVITE/)).toEqual([0, 500, 1500, 3500, 7500, 15_500, 31_500]);
    expect(listener.failures).toEqual(['timeout']);
    expect(listener.terminations).toBe(1);
    await scene.clock.advance(1);
    expectNothingLeft(scene);
  });

  test('follows configured base timers', async () => {
    const scene = await createScene({ timers: { t1Ms: 100 } });
    const { listener } = send(scene.layer, 'INVITE');
    await scene.clock.advance(6400);
    expect(scene.sentAt(/^INVITE/)).toEqual([0, 100, 300, 700, 1500, 3100, 6300]);
    expect(listener.failures).toEqual(['timeout']);
  });

  test('stops repeating at the first provisional response and then waits without limit', async () => {
    const scene = await createScene();
    scene.peer.onRequest = (request, reply) => reply(answer(request, 180));
    const { listener } = send(scene.layer, 'INVITE');
    await scene.clock.advance(10 * LIFE_MS);
    expect(scene.sentAt(/^INVITE/)).toEqual([0]);
    expect(listener).toMatchObject({ statuses: [180], failures: [], terminations: 0 });
  });

  test('acknowledges a non-2xx itself, with the same branch, the To of the response and the Route of the request', async () => {
    const scene = await createScene();
    scene.peer.onRequest = (request, reply) => {
      if (request.method === 'INVITE') reply(answer(request, 486));
    };
    const listener = new RecordingListener();
    const request = newRequest('INVITE');
    request.headers.append('Route', '<sip:proxy.example;lr>');
    scene.layer.send(request, target(), listener);
    await scene.clock.advance(10);
    const [invite] = scene.peer.requests('INVITE');
    const [ack] = scene.peer.requests('ACK');
    expect(ack?.uri).toBe('sip:them@10.0.0.2');
    expect(ack?.headers.all('Via')).toEqual(invite?.headers.all('Via'));
    expect(ack?.headers.get('To')).toBe('<sip:them@10.0.0.2>;tag=them');
    expect(ack?.headers.get('CSeq')).toBe('7 ACK');
    expect(ack?.headers.get('Route')).toBe('<sip:proxy.example;lr>');
    expect(listener.statuses).toEqual([486]);
  });

  test('acknowledges each repetition of a non-2xx for 32 s, and tells of it once (timer D)', async () => {
    const scene = await createScene();
    const { listener } = send(scene.layer, 'INVITE');
    await scene.clock.advance(2);
    const [invite] = scene.peer.requests('INVITE');
    if (invite === undefined) throw new Error('no INVITE');
    for (let repetition = 0; repetition < 3; repetition++) {
      await scene.peer.send(answer(invite, 486));
      await scene.clock.advance(4000);
    }
    expect(scene.peer.requests('ACK')).toHaveLength(3);
    expect(listener).toMatchObject({ statuses: [486], terminations: 0 });
    await scene.clock.advance(32_000 - 12_000 + 10);
    expect(listener.terminations).toBe(1);
    expectNothingLeft(scene);
  });

  test('passes every 2xx up for 64*T1, also those of other forks (RFC 6026 timer M)', async () => {
    const scene = await createScene();
    const { listener } = send(scene.layer, 'INVITE');
    await scene.clock.advance(2);
    const [invite] = scene.peer.requests('INVITE');
    if (invite === undefined) throw new Error('no INVITE');
    await scene.peer.send(answer(invite, 200));
    await scene.clock.advance(500);
    await scene.peer.send(answer(invite, 200));
    await scene.peer.send(answer(invite, 200, { toTag: 'fork' }));
    await scene.peer.send(answer(invite, 486, { toTag: 'late' }));
    await scene.clock.advance(500);
    expect(listener).toMatchObject({ statuses: [200, 200, 200], terminations: 0 });
    expect(scene.peer.requests('ACK')).toEqual([]);
    await scene.clock.advance(LIFE_MS);
    expect(listener.terminations).toBe(1);
    await scene.peer.send(answer(invite, 200));
    await scene.clock.advance(10);
    expect(listener.statuses).toHaveLength(3);
    expect(scene.handler.strays.map(({ status }) => status)).toEqual([200]);
    expectNothingLeft(scene);
  });

  test('repeats nothing on a stream, and ends at once after a non-2xx', async () => {
    const scene = await createScene();
    const { listener } = send(scene.layer, 'INVITE', 'tcp');
    await scene.clock.advance(20_000);
    expect(scene.sentAt(/^INVITE/)).toEqual([0]);
    const [invite] = scene.peer.requests('INVITE');
    if (invite === undefined) throw new Error('no INVITE');
    await scene.peer.send(answer(invite, 603), 'tcp');
    await scene.clock.advance(5);
    expect(scene.peer.requests('ACK')).toHaveLength(1);
    expect(listener).toMatchObject({ statuses: [603], terminations: 1 });
    expectNothingLeft(scene);
  });

  test('fails at once when nobody listens on a stream address', async () => {
    const scene = await createScene();
    const listener = new RecordingListener();
    scene.layer.send(newRequest('INVITE'), { transport: 'tcp', address: '10.9.9.9', port: 5060 }, listener);
    await scene.clock.advance(0);
    expect(listener).toMatchObject({ failures: ['transport'], terminations: 1 });
    expectNothingLeft(scene);
  });

  test('fails when the connection breaks while it waits', async () => {
    const scene = await createScene();
    const { listener } = send(scene.layer, 'INVITE', 'tcp');
    await scene.clock.advance(10);
    scene.network.disconnect('10.0.0.1', '10.0.0.2');
    await scene.clock.advance(0);
    expect(listener).toMatchObject({ failures: ['transport'], terminations: 1 });
  });

  test('tells what goes out before any response, but never before `send` has returned', async () => {
    const scene = await createScene();
    scene.peer.onRequest = (request, reply) => reply(answer(request, 200));
    const events: string[] = [];
    const listener = { response: () => void events.push('response'), failed: () => {} };
    scene.layer.send(newRequest('INVITE'), target(), listener, (message, flow) => {
      events.push(`sent ${message.headers.get('Via')} ${flow.remoteAddress} ${message.headers.get('Content-Length')}`);
    });
    events.push('returned');
    await scene.clock.advance(10);
    const branch = parseVia(scene.peer.requests('INVITE')[0]?.headers.get('Via') ?? '')?.params.get('branch') ?? '';
    expect(events).toEqual([
      'returned',
      `sent SIP/2.0/UDP 10.0.0.1:5060;branch=${branch};rport 10.0.0.2 0`,
      'response',
    ]);
    expect(branch).toMatch(/^z9hG4bK[0-9a-f]{16}$/);
  });
});

describe('cancelling an INVITE', () => {
  test('waits for the first provisional response', async () => {
    const scene = await createScene();
    const { transaction, listener } = send(scene.layer, 'INVITE');
    transaction.cancel([['Reason', 'SIP;cause=200']]);
    await scene.clock.advance(5000);
    expect(scene.peer.requests('CANCEL')).toEqual([]);
    const [invite] = scene.peer.requests('INVITE');
    if (invite === undefined) throw new Error('no INVITE');
    await scene.peer.send(answer(invite, 180));
    await scene.clock.advance(10);
    const [cancel] = scene.peer.requests('CANCEL');
    expect(cancel?.headers.all('Via')).toEqual(invite.headers.all('Via'));
    expect(cancel?.uri).toBe(invite.uri);
    expect(cancel?.headers.get('CSeq')).toBe('7 CANCEL');
    expect(cancel?.headers.get('To')).toBe(invite.headers.get('To'));
    expect(cancel?.headers.get('Reason')).toBe('SIP;cause=200');
    expect(listener.statuses).toEqual([180]);
  });

  test('ends with the 487 of the INVITE; the answer to the CANCEL is not told', async () => {
    const scene = await createScene();
    const { transaction, listener } = send(scene.layer, 'INVITE');
    let invited = newRequest('INVITE');
    scene.peer.onRequest = (request, reply) => {
      if (request.method === 'INVITE') {
        invited = request;
        reply(answer(request, 180));
      } else if (request.method === 'CANCEL') {
        reply(answer(request, 200));
        reply(answer(invited, 487));
      }
    };
    await scene.clock.advance(10);
    transaction.cancel();
    transaction.cancel();
    await scene.clock.advance(10);
    expect(scene.peer.requests('CANCEL')).toHaveLength(1);
    expect(scene.peer.requests('ACK')).toHaveLength(1);
    expect(listener.statuses).toEqual([180, 487]);
    await scene.clock.advance(40_000);
    expectNothingLeft(scene);
  });

  test('is lost to a 200 that crosses it: the 200 is passed up', async () => {
    const scene = await createScene();
    scene.peer.onRequest = (request, reply) => {
      if (request.method === 'INVITE') reply(answer(request, 180));
      if (request.method === 'CANCEL') reply(answer(request, 481));
    };
    const { transaction, listener } = send(scene.layer, 'INVITE');
    await scene.clock.advance(10);
    const [invite] = scene.peer.requests('INVITE');
    if (invite === undefined) throw new Error('no INVITE');
    await scene.peer.send(answer(invite, 200));
    transaction.cancel();
    await scene.clock.advance(10);
    expect(scene.peer.requests('CANCEL')).toHaveLength(1);
    expect(listener.statuses).toEqual([180, 200]);
    expect(listener.failures).toEqual([]);
  });

  test('does nothing after the final response', async () => {
    const scene = await createScene();
    scene.peer.onRequest = (request, reply) => reply(answer(request, 200));
    const { transaction } = send(scene.layer, 'INVITE');
    await scene.clock.advance(10);
    transaction.cancel();
    await scene.clock.advance(1000);
    expect(scene.peer.requests('CANCEL')).toEqual([]);
  });

  test('gives the INVITE up 64*T1 later when no final response comes', async () => {
    const scene = await createScene();
    scene.peer.onRequest = (request, reply) => reply(answer(request, request.method === 'INVITE' ? 180 : 200));
    const { transaction, listener } = send(scene.layer, 'INVITE');
    await scene.clock.advance(10);
    transaction.cancel();
    await scene.clock.advance(LIFE_MS);
    expect(listener).toMatchObject({ statuses: [180], failures: ['timeout'], terminations: 1 });
  });
});

describe('a non-INVITE client transaction', () => {
  test('repeats at doubling intervals up to T2 and gives up after 64*T1 (timers E and F)', async () => {
    const scene = await createScene();
    const { listener } = send(scene.layer, 'OPTIONS');
    await scene.clock.advance(LIFE_MS);
    const steady = [11_500, 15_500, 19_500, 23_500, 27_500, 31_500];
    expect(scene.sentAt(/^OPTIONS/)).toEqual([0, 500, 1500, 3500, 7500, ...steady]);
    expect(listener).toMatchObject({ failures: ['timeout'], terminations: 1 });
    expectNothingLeft(scene);
  });

  test('repeats every T2 after a provisional response, and still gives up', async () => {
    const scene = await createScene();
    scene.peer.onRequest = (request, reply) => reply(answer(request, 100));
    const { listener } = send(scene.layer, 'OPTIONS');
    await scene.clock.advance(LIFE_MS);
    expect(scene.sentAt(/^OPTIONS/)).toEqual([0, 4002, 8002, 12_002, 16_002, 20_002, 24_002, 28_002]);
    expect(listener.failures).toEqual(['timeout']);
  });

  test('tells the final response once and absorbs its repetitions for T4 (timer K)', async () => {
    const scene = await createScene();
    const { listener } = send(scene.layer, 'OPTIONS');
    await scene.clock.advance(2);
    const [options] = scene.peer.requests('OPTIONS');
    if (options === undefined) throw new Error('no OPTIONS');
    await scene.peer.send(answer(options, 200));
    await scene.peer.send(answer(options, 200));
    await scene.clock.advance(4999);
    expect(listener).toMatchObject({ statuses: [200], terminations: 0 });
    await scene.clock.advance(5);
    expect(listener).toMatchObject({ statuses: [200], terminations: 1 });
    await scene.peer.send(answer(options, 200));
    await scene.clock.advance(2);
    expect(listener.statuses).toEqual([200]);
    expect(scene.layer.counters().dropped).toBe(1);
    expectNothingLeft(scene);
  });

  test('repeats nothing on a stream and ends with the response', async () => {
    const scene = await createScene();
    scene.peer.onRequest = (request, reply) => reply(answer(request, 200));
    const { listener } = send(scene.layer, 'OPTIONS', 'tcp');
    await scene.clock.advance(3);
    expect(scene.sentAt(/^OPTIONS/)).toEqual([0]);
    expect(listener).toMatchObject({ statuses: [200], terminations: 1 });
    expectNothingLeft(scene);
  });
});

describe('matching responses', () => {
  test('drops a response with a foreign branch, another method or a second Via', async () => {
    const scene = await createScene();
    const { listener } = send(scene.layer, 'OPTIONS');
    await scene.clock.advance(2);
    const [options] = scene.peer.requests('OPTIONS');
    if (options === undefined) throw new Error('no OPTIONS');
    const foreign = answer(options, 200);
    const via = parseVia(foreign.headers.get('Via') ?? '');
    if (via === undefined) throw new Error('no Via');
    foreign.headers.set('Via', formatVia({ ...via, params: new Map([['branch', 'z9hG4bKother']]) }));
    const otherMethod = answer(options, 200);
    otherMethod.headers.set('CSeq', '7 INFO');
    const twoVias = answer(options, 200);
    twoVias.headers.append('Via', 'SIP/2.0/UDP 10.0.0.7');
    for (const response of [foreign, otherMethod, twoVias]) await scene.peer.send(response);
    await scene.clock.advance(10);
    expect(listener.statuses).toEqual([]);
    expect(scene.layer.counters().dropped).toBe(3);
  });
});

describe('client transactions over a lossy network', () => {
  const cases = [0, 1, 2, 3, 4, 5].flatMap((drops) =>
    (['request', 'response'] as const).map((lost) => ({ drops, lost })),
  );

  test.each(cases)('an OPTIONS is answered although its $lost is lost $drops times', async ({ drops, lost }) => {
    const scene = await createScene({ script: losing(drops, lost === 'request' ? /^OPTIONS/ : /^SIP/) });
    scene.peer.onRequest = (request, reply) => reply(answer(request, 200));
    const { listener } = send(scene.layer, 'OPTIONS');
    await scene.clock.advance(LIFE_MS + 5100);
    expect(listener).toMatchObject({ statuses: [200], failures: [], terminations: 1 });
    expect(scene.sentAt(/^OPTIONS/)).toHaveLength(drops + 1);
    expectNothingLeft(scene);
  });

  test.each(cases)('an INVITE is refused although its $lost is lost $drops times', async ({ drops, lost }) => {
    const scene = await createScene({ script: losing(drops, lost === 'request' ? /^INVITE/ : /^SIP/) });
    scene.peer.onRequest = (request, reply) => {
      if (request.method === 'INVITE') reply(answer(request, 404));
    };
    const { listener } = send(scene.layer, 'INVITE');
    await scene.clock.advance(2 * LIFE_MS + 100);
    expect(listener).toMatchObject({ statuses: [404], failures: [], terminations: 1 });
    expect(scene.peer.requests('ACK')).toHaveLength(1);
    expectNothingLeft(scene);
  });
});
