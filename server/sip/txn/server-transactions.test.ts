import { describe, expect, test } from 'vitest';
import type { SipRequest } from '../msg/sip-message.ts';
import { losing } from '../transport/memory-network.ts';
import type { ServerTransaction } from './transaction-layer.ts';
import { answer, createScene, peerRequest, type Scene } from './two-sides.ts';

const LIFE_MS = 64 * 500;
const BRANCH = 'z9hG4bK-peer-1';

async function receive(
  scene: Scene,
  request: SipRequest,
  transport: 'udp' | 'tcp' = 'udp',
): Promise<ServerTransaction> {
  await scene.peer.send(request, transport);
  await scene.clock.advance(1);
  const transaction = scene.handler.requests.at(-1);
  if (transaction === undefined) throw new Error('The request was not handed up.');
  return transaction;
}

function ackFor(invite: SipRequest, branch = BRANCH): SipRequest {
  return peerRequest('ACK', branch, { toTag: 'them', callId: invite.headers.get('Call-ID') ?? '' });
}

function expectNothingLeft({ layer, clock }: Scene): void {
  expect(layer.counters()).toMatchObject({ serverInvite: 0, serverNonInvite: 0, timers: 0 });
  expect(clock.pendingCount).toBe(0);
}

describe('an INVITE server transaction', () => {
  test('answers 100 at once, before the request is handed up', async () => {
    const scene = await createScene();
    await receive(scene, peerRequest('INVITE', BRANCH));
    expect(scene.sentAt(/^SIP\/2.0 100 Trying/)).toEqual([1]);
  });

  test('notes source address and port in the Via of its request', async () => {
    const scene = await createScene();
    const { request } = await receive(scene, peerRequest('INVITE', BRANCH));
    expect(request.headers.get('Via')).toBe(
      'SIP/2.0/UDP 10.0.0.2:5060;branch=z9hG4bK-peer-1;rport=5060;received=10.0.0.2',
    );
  });

  test('repeats its last provisional response for a repeated INVITE', async () => {
    const scene = await createScene();
    const invite = peerRequest('INVITE', BRANCH);
    const transaction = await receive(scene, invite);
    transaction.respond(answer(transaction.request, 180));
    await scene.peer.send(invite);
    await scene.clock.advance(5);
    expect(scene.peer.statuses).toEqual([100, 180, 180]);
    expect(scene.handler.requests).toHaveLength(1);
    expect(scene.layer.counters().retransmissionsAbsorbed).toBe(1);
  });

  test('repeats a non-2xx with doubling intervals up to T2 until 64*T1 (timers G and H)', async () => {
    const scene = await createScene();
    const transaction = await receive(scene, peerRequest('INVITE', BRANCH));
    let terminations = 0;
    transaction.onTerminated(() => terminations++);
    expect(transaction.respond(answer(transaction.request, 486))).toBe(true);
    await scene.clock.advance(LIFE_MS);
    const steady = [11_501, 15_501, 19_501, 23_501, 27_501, 31_501];
    expect(scene.sentAt(/^SIP\/2.0 486/)).toEqual([1, 501, 1501, 3501, 7501, ...steady]);
    expect(terminations).toBe(1);
    await scene.clock.advance(1);
    expectNothingLeft(scene);
  });

  test('stops repeating with the ACK, absorbs further ACKs for T4, and never hands them up (timer I)', async () => {
    const scene = await createScene();
    const invite = peerRequest('INVITE', BRANCH);
    const transaction = await receive(scene, invite);
    transaction.respond(answer(transaction.request, 486));
    await scene.peer.send(ackFor(invite));
    await scene.peer.send(ackFor(invite));
    await scene.peer.send(invite);
    await scene.clock.advance(4999);
    expect(scene.sentAt(/^SIP\/2.0 486/)).toEqual([1]);
    expect(scene.layer.counters().serverInvite).toBe(1);
    await scene.clock.advance(5);
    expect(scene.handler.acks).toEqual([]);
    expectNothingLeft(scene);
  });

  test('answers a repeated INVITE with the non-2xx again', async () => {
    const scene = await createScene();
    const invite = peerRequest('INVITE', BRANCH);
    const transaction = await receive(scene, invite);
    transaction.respond(answer(transaction.request, 486));
    await scene.clock.advance(100);
    await scene.peer.send(invite);
    await scene.clock.advance(1);
    expect(scene.sentAt(/^SIP\/2.0 486/)).toEqual([1, 102]);
  });

  test('repeats nothing over a stream and ends with the ACK', async () => {
    const scene = await createScene();
    const invite = peerRequest('INVITE', BRANCH, { transport: 'tcp' });
    const transaction = await receive(scene, invite, 'tcp');
    transaction.respond(answer(transaction.request, 486));
    await scene.clock.advance(10_000);
    expect(scene.sentAt(/^SIP\/2.0 486/)).toEqual([1]);
    await scene.peer.send(ackFor(invite), 'tcp');
    await scene.clock.advance(1);
    expectNothingLeft(scene);
  });

  test('absorbs repeated INVITEs for 64*T1 after a 2xx without answering them (RFC 6026 timer L)', async () => {
    const scene = await createScene();
    const invite = peerRequest('INVITE', BRANCH);
    const transaction = await receive(scene, invite);
    transaction.respond(answer(transaction.request, 200));
    for (let repetition = 0; repetition < 4; repetition++) {
      await scene.peer.send(invite);
      await scene.clock.advance(5000);
    }
    expect(scene.peer.statuses).toEqual([100, 200]);
    expect(scene.handler.requests).toHaveLength(1);
    await scene.clock.advance(LIFE_MS - 20_000);
    expectNothingLeft(scene);
  });

  test('hands up the ACK of a 2xx, with a branch of its own or (as some do) that of the INVITE', async () => {
    const scene = await createScene();
    const invite = peerRequest('INVITE', BRANCH);
    const transaction = await receive(scene, invite);
    transaction.respond(answer(transaction.request, 200));
    await scene.peer.send(ackFor(invite, 'z9hG4bK-peer-2'));
    await scene.peer.send(ackFor(invite));
    await scene.clock.advance(1);
    expect(scene.handler.acks).toHaveLength(2);
  });

  test('takes no response after the final one', async () => {
    const scene = await createScene();
    const transaction = await receive(scene, peerRequest('INVITE', BRANCH));
    expect(transaction.finalSent).toBe(false);
    expect(transaction.respond(answer(transaction.request, 200))).toBe(true);
    expect(transaction.finalSent).toBe(true);
    expect(transaction.respond(answer(transaction.request, 200))).toBe(false);
    expect(transaction.respond(answer(transaction.request, 486))).toBe(false);
    expect(scene.sentAt(/^SIP/)).toEqual([1, 1]);
  });

  test('outlives a broken connection after a 2xx, but not after a refusal', async () => {
    const scene = await createScene();
    const accepted = await receive(scene, peerRequest('INVITE', BRANCH, { transport: 'tcp' }), 'tcp');
    const other = peerRequest('INVITE', 'z9hG4bK-peer-2', { transport: 'tcp', callId: 'call-2' });
    const refused = await receive(scene, other, 'tcp');
    scene.network.disconnect('10.0.0.1', '10.0.0.2');
    accepted.respond(answer(accepted.request, 200));
    refused.respond(answer(refused.request, 486));
    await scene.clock.advance(1);
    expect(scene.layer.counters().serverInvite).toBe(1);
  });
});

describe('RFC 2543 senders, whose branch lacks the magic cookie', () => {
  test('are matched by Request-URI, tags, Call-ID, CSeq and Via', async () => {
    const scene = await createScene();
    const invite = peerRequest('INVITE', '1');
    const transaction = await receive(scene, invite);
    await scene.peer.send(invite);
    await scene.clock.advance(1);
    expect(scene.handler.requests).toHaveLength(1);
    transaction.respond(answer(transaction.request, 486));
    await scene.peer.send(ackFor(invite, '1'));
    await scene.clock.advance(LIFE_MS);
    expect(scene.sentAt(/^SIP\/2.0 486/)).toHaveLength(1);
    expectNothingLeft(scene);
  });

  test('begin a new transaction for another call with the same branch', async () => {
    const scene = await createScene();
    await receive(scene, peerRequest('INVITE', '1'));
    await receive(scene, peerRequest('INVITE', '1', { callId: 'call-2' }));
    expect(scene.handler.requests).toHaveLength(2);
  });
});

describe('a CANCEL', () => {
  test('is answered 200 with the To tag of the INVITE, and handed up with it', async () => {
    const scene = await createScene();
    const transaction = await receive(scene, peerRequest('INVITE', BRANCH));
    transaction.respond(answer(transaction.request, 180));
    await scene.peer.send(peerRequest('CANCEL', BRANCH));
    await scene.clock.advance(2);
    expect(scene.handler.cancels).toHaveLength(1);
    expect(scene.handler.cancels[0]?.invite).toBe(transaction);
    const answered = scene.peer.received.find((message) => message.headers.get('CSeq') === '7 CANCEL');
    expect(answered).toMatchObject({ status: 200 });
    expect(answered?.headers.get('To')).toContain('tag=them');
    expect(transaction.respond(answer(transaction.request, 487))).toBe(true);
    expect(scene.handler.requests).toHaveLength(1);
  });

  test('is handed up once however often it comes', async () => {
    const scene = await createScene();
    await receive(scene, peerRequest('INVITE', BRANCH));
    for (let copy = 0; copy < 3; copy++) await scene.peer.send(peerRequest('CANCEL', BRANCH));
    await scene.clock.advance(2);
    expect(scene.handler.cancels).toHaveLength(1);
    expect(scene.peer.statuses).toEqual([100, 200, 200, 200]);
  });

  test('gets 481 when there is nothing to cancel', async () => {
    const scene = await createScene();
    await scene.peer.send(peerRequest('CANCEL', BRANCH));
    await scene.clock.advance(2);
    expect(scene.peer.statuses).toEqual([481]);
    expect(scene.handler.cancels).toEqual([]);
  });

  test('gets 481 when it crosses the 2xx, and is handed up so that the call can be ended', async () => {
    const scene = await createScene();
    const transaction = await receive(scene, peerRequest('INVITE', BRANCH));
    transaction.respond(answer(transaction.request, 200));
    await scene.peer.send(peerRequest('CANCEL', BRANCH));
    await scene.clock.advance(2);
    expect(scene.peer.statuses).toEqual([100, 200, 481]);
    expect(scene.handler.cancels[0]?.invite.finalSent).toBe(true);
  });

  test('gets 200 and changes nothing when it crosses a refusal', async () => {
    const scene = await createScene();
    const transaction = await receive(scene, peerRequest('INVITE', BRANCH));
    transaction.respond(answer(transaction.request, 486));
    await scene.peer.send(peerRequest('CANCEL', BRANCH));
    await scene.clock.advance(2);
    expect(scene.peer.statuses).toEqual([100, 486, 200]);
    expect(scene.handler.cancels).toEqual([]);
  });
});

describe('a non-INVITE server transaction', () => {
  test('absorbs repetitions, and repeats its final response for 64*T1 (timer J)', async () => {
    const scene = await createScene();
    const request = peerRequest('OPTIONS', BRANCH);
    const transaction = await receive(scene, request);
    await scene.peer.send(request);
    await scene.clock.advance(10);
    expect(scene.peer.statuses).toEqual([]);
    expect(transaction.respond(answer(transaction.request, 200))).toBe(true);
    expect(transaction.respond(answer(transaction.request, 200))).toBe(false);
    await scene.peer.send(request);
    await scene.clock.advance(LIFE_MS - 1);
    expect(scene.peer.statuses).toEqual([200, 200]);
    expect(scene.layer.counters()).toMatchObject({ serverNonInvite: 1, retransmissionsAbsorbed: 2 });
    await scene.clock.advance(1);
    expect(scene.handler.requests).toHaveLength(1);
    expectNothingLeft(scene);
  });

  test('repeats its last provisional response', async () => {
    const scene = await createScene();
    const request = peerRequest('OPTIONS', BRANCH);
    const transaction = await receive(scene, request);
    transaction.respond(answer(transaction.request, 100));
    await scene.peer.send(request);
    await scene.clock.advance(2);
    expect(scene.peer.statuses).toEqual([100, 100]);
  });

  test('ends with its response on a stream', async () => {
    const scene = await createScene();
    const transaction = await receive(scene, peerRequest('OPTIONS', BRANCH, { transport: 'tcp' }), 'tcp');
    transaction.respond(answer(transaction.request, 200));
    await scene.clock.advance(1);
    expectNothingLeft(scene);
  });

  test('ends silently when nobody answers it for 64*T1', async () => {
    const scene = await createScene();
    const transaction = await receive(scene, peerRequest('OPTIONS', BRANCH));
    await scene.clock.advance(LIFE_MS);
    expect(scene.peer.statuses).toEqual([]);
    expect(transaction.respond(answer(transaction.request, 200))).toBe(false);
    expectNothingLeft(scene);
  });
});

describe('server transactions over a lossy network', () => {
  const drops = [0, 1, 2, 3, 4, 5];

  test.each(drops)('a refusal reaches the caller although it is lost %i times', async (count) => {
    const scene = await createScene({ script: losing(count, /^SIP\/2.0 486/) });
    const invite = peerRequest('INVITE', BRANCH);
    const transaction = await receive(scene, invite);
    transaction.respond(answer(transaction.request, 486));
    await scene.clock.advance(LIFE_MS);
    expect(scene.peer.statuses.filter((status) => status === 486).length).toBeGreaterThan(0);
    expectNothingLeft(scene);
  });

  test.each(drops)('a refusal is repeated once for each of %i lost ACKs', async (count) => {
    const scene = await createScene({ script: losing(count, /^ACK/) });
    const invite = peerRequest('INVITE', BRANCH);
    const transaction = await receive(scene, invite);
    let acknowledged = 0;
    transaction.respond(answer(transaction.request, 486));
    for (let waitedMs = 0; waitedMs < 40_000; waitedMs += 50) {
      await scene.clock.advance(50);
      for (; acknowledged < scene.peer.statuses.filter((status) => status === 486).length; acknowledged++) {
        await scene.peer.send(ackFor(invite));
      }
    }
    expect(scene.sentAt(/^SIP\/2.0 486/)).toHaveLength(count + 1);
    expectNothingLeft(scene);
  });
});
