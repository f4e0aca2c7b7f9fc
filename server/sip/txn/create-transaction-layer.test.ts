import { describe, expect, test } from 'vitest';
import {
  answer,
  createScene,
  newRequest,
  peerRequest,
  RecordingHandler,
  RecordingListener,
  target,
} from './two-sides.ts';

/** A sound request; `change` breaks it. */
function rawOptions(change: (text: string) => string = (text) => text): string {
  return change(
    [
      'OPTIONS sip:us@10.0.0.1 SIP/2.0',
      'Via: SIP/2.0/UDP 10.0.0.2:5060;branch=z9hG4bKraw',
      'From: <sip:them@10.0.0.2>;tag=1',
      'To: <sip:us@10.0.0.1>',
      'Call-ID: raw',
      'CSeq: 1 OPTIONS',
      '',
      '',
    ].join('\r\n'),
  );
}

describe('the transaction layer', () => {
  test('answers a malformed request 400 without handing it up, the same way each time', async () => {
    const { peer, clock, handler, layer } = await createScene();
    await peer.send(rawOptions((text) => text.replace('To:', 'Max-Forwards: 1000\r\nTo:')));
    await peer.send(rawOptions((text) => text.replace('OPTIONS sip', 'OPTIONS  sip')));
    await peer.send(rawOptions((text) => text.replace('1 OPTIONS', '1 INFO')));
    await clock.advance(2);
    const tags = peer.received.map(({ headers }) => toTagOf(headers.get('To')));
    expect(peer.statuses).toEqual([400, 400, 400]);
    expect(new Set(tags).size).toBe(1);
    expect(tags[0]).toMatch(/^\w{8,}$/);
    expect(handler.requests).toEqual([]);
    expect(layer.counters()).toMatchObject({ malformed: 3, serverNonInvite: 0, timers: 0 });
  });

  test.each([
    [505, 'OPTIONS sip:us@10.0.0.1 SIP/7.0'],
    [416, 'OPTIONS mailto:us@10.0.0.1 SIP/2.0'],
  ])('answers %i to "%s"', async (status, requestLine) => {
    const { peer, clock } = await createScene();
    await peer.send(rawOptions((text) => text.replace(/^.*\r\n/, `${requestLine}\r\n`)));
    await clock.advance(2);
    expect(peer.statuses).toEqual([status]);
  });

  test('keeps silent on noise: garbage, keep-alives, broken responses, a broken ACK', async () => {
    const { peer, clock, network, layer } = await createScene();
    const brokenAck = rawOptions((text) => text.replaceAll('OPTIONS', 'ACK').replace('Call-ID', 'X-Other'));
    const noise = ['garbage', '\r\n\r\n', '\0\0\0\0', 'SIP/2.0 200 OK\r\n\r\n', brokenAck];
    for (const text of noise) await peer.send(text);
    await clock.advance(2);
    expect(network.log).toHaveLength(noise.length);
    expect(layer.counters()).toMatchObject({ malformed: 3, timers: 0 });
  });

  test('answers a second copy of a call attempt that came over another path 482', async () => {
    const { peer, clock, handler } = await createScene();
    await peer.send(peerRequest('INVITE', 'z9hG4bK-path-1'));
    await peer.send(peerRequest('INVITE', 'z9hG4bK-path-2'));
    await clock.advance(2);
    expect(handler.requests).toHaveLength(1);
    expect(peer.statuses).toEqual([100, 482]);
    await peer.send(peerRequest('ACK', 'z9hG4bK-path-2', { toTag: toTagOf(peer.received.at(-1)?.headers.get('To')) }));
    await clock.advance(2);
    expect(handler.acks).toEqual([]);
    handler.requests[0]?.respond(answer(peerRequest('INVITE', 'z9hG4bK-path-1'), 200));
    await clock.advance(32_000);
    await peer.send(peerRequest('INVITE', 'z9hG4bK-path-3'));
    await clock.advance(2);
    expect(handler.requests).toHaveLength(2);
  });

  test('asks the filter before it parses, and counts what that drops', async () => {
    const seen: string[] = [];
    const filter = (flow: { remoteAddress: string }) => {
      seen.push(flow.remoteAddress);
      return false;
    };
    const { peer, clock, handler, layer } = await createScene({ filter });
    await peer.send(peerRequest('INVITE', 'z9hG4bK1'));
    await clock.advance(2);
    expect(seen).toEqual(['10.0.0.2']);
    expect(handler.requests).toEqual([]);
    expect(layer.counters()).toMatchObject({ dropped: 1, malformed: 0 });
  });

  test('shows the tap every message in and out, repetitions and broken ones too', async () => {
    const taps: string[] = [];
    const { peer, clock, layer } = await createScene({
      tap: (direction, _flow, bytes, message) =>
        taps.push(`${direction} ${message?.kind ?? 'broken'} ${bytes.toString('latin1').split(/[ \r]/, 2).join(' ')}`),
    });
    await peer.send(peerRequest('INVITE', 'z9hG4bK1'));
    await peer.send(peerRequest('INVITE', 'z9hG4bK1'));
    await peer.send('broken message');
    await clock.advance(2);
    layer.send(newRequest('OPTIONS'), target(), new RecordingListener());
    await clock.advance(600);
    expect(taps).toEqual([
      'in request INVITE sip:them@10.0.0.2',
      'out response SIP/2.0 100',
      'in request INVITE sip:them@10.0.0.2',
      'out response SIP/2.0 100',
      'in broken broken message',
      'out request OPTIONS sip:them@10.0.0.2',
      'out request OPTIONS sip:them@10.0.0.2',
    ]);
  });

  test('drops new requests beyond its limit, and serves those it has', async () => {
    const { peer, clock, handler, layer } = await createScene({ serverLimit: 2 });
    for (const call of ['a', 'b', 'c']) await peer.send(peerRequest('OPTIONS', `z9hG4bK${call}`, { callId: call }));
    await clock.advance(2);
    expect(handler.requests).toHaveLength(2);
    expect(layer.counters()).toMatchObject({ serverNonInvite: 2, dropped: 1 });
  });

  test('answers 500 when the one above fails, and lives on', async () => {
    const { peer, clock, handler, layer } = await createScene();
    const failing = new RecordingHandler();
    failing.request = () => {
      throw new Error('broken above');
    };
    layer.setHandler(failing);
    await peer.send(peerRequest('OPTIONS', 'z9hG4bK1'));
    await clock.advance(2);
    layer.setHandler(handler);
    await peer.send(peerRequest('OPTIONS', 'z9hG4bK2'));
    await clock.advance(2);
    expect(peer.statuses).toEqual([500]);
    expect(handler.requests).toHaveLength(1);
  });

  test('sends an ACK for a 2xx with a branch of its own, and repeats it unchanged', async () => {
    const { peer, clock, layer } = await createScene();
    const ack = layer.sendAck(newRequest('ACK', { toTag: 'them' }), target());
    layer.repeatAck(ack, target());
    await clock.advance(2);
    const [first, second] = peer.requests('ACK');
    expect(first?.headers.get('Via')).toMatch(/^SIP\/2\.0\/UDP 10\.0\.0\.1:5060;branch=z9hG4bK\w+;rport$/);
    expect(second?.headers.fields).toEqual(first?.headers.fields);
  });

  test('repeats a 2xx for the core above', async () => {
    const { peer, clock, layer, handler } = await createScene();
    await peer.send(peerRequest('INVITE', 'z9hG4bK1'));
    await clock.advance(2);
    const [transaction] = handler.requests;
    if (transaction === undefined) throw new Error('no INVITE');
    const ok = answer(transaction.request, 200);
    transaction.respond(ok);
    layer.repeatResponse(ok, transaction.flow);
    await clock.advance(2);
    expect(peer.statuses).toEqual([100, 200, 200]);
    expect(layer.counters().retransmissionsSent).toBe(1);
  });

  test('leaves no timer behind when it stops', async () => {
    const { peer, clock, layer, handler } = await createScene();
    await peer.send(peerRequest('INVITE', 'z9hG4bK1'));
    await peer.send(peerRequest('OPTIONS', 'z9hG4bK2'));
    const listener = new RecordingListener();
    layer.send(newRequest('INVITE'), target(), listener);
    await clock.advance(2);
    expect(handler.requests).toHaveLength(2);
    await layer.stop();
    expect(layer.counters()).toMatchObject({ serverInvite: 0, serverNonInvite: 0, clientInvite: 0, timers: 0 });
    expect(listener).toMatchObject({ failures: [], terminations: 1 });
    await clock.advance(5);
    expect(clock.pendingCount).toBe(0);
  });
});

function toTagOf(to: string | undefined): string {
  return /tag=(.*)/.exec(to ?? '')?.[1] ?? '';
}
