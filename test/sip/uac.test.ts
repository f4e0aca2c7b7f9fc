import { afterEach, beforeEach, describe, expect, it } from 'vitest';
import { House, type SrfDialog, type SrfMessage, type SrfReply, type World } from './house.ts';
import { PeerLeg, type PeerMessage, SDP, type SipPeer, tagIn } from './sip-peer.ts';

const worlds: readonly World[] = ['in memory', 'over loopback sockets'];

interface Failure {
  readonly status: number;
  readonly res: SrfMessage;
}

describe.each(worlds)('a drachtio-srf application that calls, %s', { timeout: 20_000 }, (world) => {
  let house: House;
  let peer: SipPeer;

  beforeEach(async () => {
    house = await House.open(world);
    peer = await house.peer();
  });
  afterEach(() => house.close());

  const target = (to = peer): string => `sip:callee@${to.wire.host}:${to.wire.port}`;

  function call(options: object = {}, progress: object = {}): Promise<SrfDialog> {
    const made = house.srf.createUAC(target(), { localSdp: SDP(), ...options }, progress);
    made.catch(() => {});
    return made;
  }

  /** How a call that must not succeed fails. */
  async function failure(attempt: Promise<unknown>): Promise<Failure> {
    return await house.result(
      attempt.then(
        () => {
          throw new Error('the call was answered');
        },
        (refused: Failure) => refused,
      ),
    );
  }

  async function answered(): Promise<{ dialog: SrfDialog; leg: PeerLeg; invite: PeerMessage }> {
    const attempt = call();
    const invite = await house.expect(peer, 'INVITE');
    peer.reply(invite, 200, { tag: 'callee', body: SDP(50_000) });
    const dialog = await house.result(attempt);
    await house.expect(peer, 'ACK');
    return { dialog, leg: PeerLeg.ofInvite(peer, invite, 'callee'), invite };
  }

  it('sends an INVITE with everything that the application left out', async () => {
    void call({ callingNumber: '100', headers: { 'X-Own': 'grüß 📞', 'p-asserted-identity': '<sip:me@localhost>' } });
    const invite = await house.expect(peer, 'INVITE');
    const own = `127.0.0.1:${house.port}`;
    expect(invite.start).toBe(`INVITE ${target()} SIP/2.0`);
    expect(invite.get('Via')).toMatch(new RegExp(`^SIP/2\\.0/UDP ${own};branch=z9hG4bK[^;]+;rport`));
    expect(invite.get('From')).toMatch(new RegExp(`^<?sip:100@${own}>?;tag=\\w+$`));
    expect(invite.get('To')).toBe(`<${target()}>`);
    expect(invite.get('Contact')).toBe(`sip:100@${own}`);
    expect(invite.get('P-Asserted-Identity')).toBe(`<sip:me@${own}>`);
    expect(invite.get('Max-Forwards')).toBe('70');
    expect(invite.get('X-Own')).toBe('grüß 📞');
    expect(invite.get('Content-Type')).toBe('application/sdp');
    expect(invite.body).toBe(SDP());
  });

  it('reaches the dialog through provisional responses and acknowledges the answer', async () => {
    const seen: number[] = [];
    let request: SrfMessage | undefined;
    const attempt = call(
      {},
      {
        cbRequest: (_error: unknown, sent: SrfMessage) => {
          request = sent;
        },
        cbProvisional: (response: SrfMessage) => seen.push(response.status),
      },
    );
    const invite = await house.expect(peer, 'INVITE');
    await house.until(() => request !== undefined, 'the application sees what was sent');
    expect(request?.get('call-id')).toBe(invite.get('Call-ID'));
    for (const status of [100, 180, 183])
      peer.reply(invite, status, { tag: 'callee', body: status === 183 ? SDP() : '' });
    peer.reply(invite, 200, { tag: 'callee', body: SDP(50_000) });
    const dialog = await house.result(attempt);
    expect(seen).toEqual([100, 180, 183]);
    expect(dialog.remote.sdp).toBe(SDP(50_000));
    expect(dialog.id).toBe(`${invite.get('Call-ID')};from-tag=${tagIn(invite.get('From'))}`);
    const ack = await house.expect(peer, 'ACK');
    expect(ack.get('CSeq')).toBe(invite.get('CSeq').replace('INVITE', 'ACK'));
    expect(ack.get('To')).toContain(';tag=callee');
    expect(ack.start).toContain(`sip:peer@${peer.wire.host}`);
  });

  it('repeats the ACK for every repeated 200', async () => {
    const attempt = call();
    const invite = await house.expect(peer, 'INVITE');
    peer.reply(invite, 200, { tag: 'callee', body: SDP() });
    await house.result(attempt);
    const first = await house.expect(peer, 'ACK');
    peer.reply(invite, 200, { tag: 'callee', body: SDP() });
    peer.reply(invite, 200, { tag: 'callee', body: SDP() });
    expect((await house.expect(peer, 'ACK')).text).toBe(first.text);
    expect((await house.expect(peer, 'ACK')).text).toBe(first.text);
  });

  it('sends INVITE again until something comes back, on the timer of RFC 3261', async () => {
    void call();
    await house.expect(peer, 'INVITE');
    await house.pass(house.t1Ms * 7.5);
    const again = peer.inbox.filter(({ method }) => method === 'INVITE').length;
    expect(again).toBeGreaterThanOrEqual(3);
  });

  it('hears 408 when nobody answers at all', async () => {
    const attempt = call();
    await house.pass(house.t1Ms * 64);
    const { status, res } = await failure(attempt);
    expect(status).toBe(408);
    expect(res.source_address).toBe('');
  });

  it('hears 503 at once when a connection is refused, and can go on to the next gateway', async () => {
    const dead = await failure(house.srf.createUAC('sip:callee@127.0.0.9:9;transport=tcp', { localSdp: SDP() }));
    expect(dead.status).toBe(503);
    const { dialog } = await answered();
    expect(dialog.sip.remoteTag).toBe('callee');
  });

  it('hears a refusal, and the core has acknowledged it', async () => {
    const attempt = call();
    const invite = await house.expect(peer, 'INVITE');
    peer.reply(invite, 486, { tag: 'callee', headers: [['X-Why', 'lunch']] });
    const { status, res } = await failure(attempt);
    expect(status).toBe(486);
    expect(res.get('x-why')).toBe('lunch');
    const ack = await house.expect(peer, 'ACK');
    expect(ack.get('Via')).toBe(invite.get('Via'));
    expect(house.core.stats().userAgent).toEqual({ dialogs: 0, incoming: 0, outgoingInvites: 0 });
  });

  it('gives up a ringing call by CANCEL and hears 487', async () => {
    let request: SrfMessage | undefined;
    const attempt = call({}, { cbRequest: (_error: unknown, sent: SrfMessage) => (request = sent) });
    const invite = await house.expect(peer, 'INVITE');
    await house.until(() => request !== undefined, 'the application sees what was sent');
    request?.cancel();
    await house.pass(house.t1Ms / 2);
    expect(peer.take(({ method }) => method === 'CANCEL')).toBeUndefined();
    peer.reply(invite, 180, { tag: 'callee' });
    const cancel = await house.expect(peer, 'CANCEL');
    expect(cancel.get('Via')).toBe(invite.get('Via'));
    peer.reply(cancel, 200);
    peer.reply(invite, 487, { tag: 'callee' });
    expect((await failure(attempt)).status).toBe(487);
  });

  it('acknowledges and ends an answer that beat its CANCEL, and the application hears 487', async () => {
    let request: SrfMessage | undefined;
    const attempt = call({}, { cbRequest: (_error: unknown, sent: SrfMessage) => (request = sent) });
    const invite = await house.expect(peer, 'INVITE');
    peer.reply(invite, 180, { tag: 'callee' });
    await house.until(() => request !== undefined, 'the application sees what was sent');
    request?.cancel();
    await house.expect(peer, 'CANCEL');
    peer.reply(invite, 200, { tag: 'callee', body: SDP() });
    expect((await failure(attempt)).status).toBe(487);
    await house.expect(peer, 'ACK');
    const bye = await house.expect(peer, 'BYE');
    peer.reply(bye, 200);
    await house.until(() => house.core.stats().userAgent.dialogs === 0, 'the dialog is gone');
  });

  it('keeps the first of two forked answers and ends the other', async () => {
    const attempt = call();
    const invite = await house.expect(peer, 'INVITE');
    peer.reply(invite, 180, { tag: 'one' });
    peer.reply(invite, 180, { tag: 'two' });
    peer.reply(invite, 200, { tag: 'two', body: SDP() });
    const dialog = await house.result(attempt);
    expect(dialog.sip.remoteTag).toBe('two');
    await house.expect(peer, 'ACK', ({ text }) => text.includes('tag=two'));
    peer.reply(invite, 200, { tag: 'three', body: SDP() });
    await house.expect(peer, 'ACK', ({ text }) => text.includes('tag=three'));
    const bye = await house.expect(peer, 'BYE', ({ text }) => text.includes('tag=three'));
    peer.reply(bye, 200);
    await house.until(() => house.core.stats().userAgent.dialogs === 1, 'only the first answer is left');
  });

  it('answers a challenge with the same Call-ID and From tag, and the next CSeq', async () => {
    const attempt = call({ auth: { username: 'me', password: 'secret' } });
    const first = await house.expect(peer, 'INVITE');
    peer.reply(first, 401, { tag: 'x', headers: [['WWW-Authenticate', 'Digest realm="r", nonce="n", qop="auth"']] });
    await house.expect(peer, 'ACK');
    const second = await house.expect(peer, 'INVITE');
    expect(second.get('Call-ID')).toBe(first.get('Call-ID'));
    expect(second.get('From')).toBe(first.get('From'));
    expect(Number.parseInt(second.get('CSeq'), 10)).toBe(Number.parseInt(first.get('CSeq'), 10) + 1);
    expect(second.get('Authorization')).toContain('username="me"');
    peer.reply(second, 200, { tag: 'callee', body: SDP() });
    await house.result(attempt);
    const ack = await house.expect(peer, 'ACK');
    expect(ack.get('Authorization')).toBe(second.get('Authorization'));
    expect(house.core.trace(first.get('Call-ID')).some(({ text }) => text.includes('username="me"'))).toBe(false);
  });

  it('sends to the outbound proxy that the application names', async () => {
    const proxy = await house.peer('udp', '127.0.0.4');
    const made = house.srf.createUAC('sip:callee@unreachable.invalid', {
      localSdp: SDP(),
      proxy: `sip:${proxy.wire.host}:${proxy.wire.port}`,
    });
    made.catch(() => {});
    const invite = await house.expect(proxy, 'INVITE');
    expect(invite.start).toBe('INVITE sip:callee@unreachable.invalid SIP/2.0');
    proxy.reply(invite, 200, { tag: 'callee', body: SDP() });
    await house.result(made);
  });

  it('acknowledges early answers by PRACK and ignores a repeated one', async () => {
    const provisionals: number[] = [];
    const attempt = call(
      { headers: { Supported: '100rel' } },
      { cbProvisional: (response: SrfMessage) => provisionals.push(response.status) },
    );
    const invite = await house.expect(peer, 'INVITE');
    const reliable = {
      tag: 'callee',
      headers: [
        ['Require', '100rel'],
        ['RSeq', '7'],
      ] as const,
      body: SDP(),
    };
    peer.reply(invite, 183, reliable);
    const prack = await house.expect(peer, 'PRACK');
    expect(prack.get('RAck')).toBe(`7 ${invite.get('CSeq')}`);
    expect(prack.get('To')).toContain(';tag=callee');
    peer.reply(invite, 183, reliable);
    peer.reply(prack, 200);
    peer.reply(invite, 200, { tag: 'callee', body: SDP() });
    await house.result(attempt);
    expect(provisionals).toEqual([183]);
    const others = peer.inbox.filter(({ method, status }) => method === 'PRACK' && status === 0);
    expect(others.filter((other) => other.get('CSeq') !== prack.get('CSeq'))).toEqual([]);
  });

  it('puts the answer into the ACK when the other side makes the offer', async () => {
    const attempt = house.result(
      house.srf.createUAC(target(), { noAck: true }) as unknown as Promise<{
        sdp: string;
        ack: (sdp: string) => Promise<SrfDialog>;
      }>,
    );
    const invite = await house.expect(peer, 'INVITE');
    expect(invite.body).toBe('');
    peer.reply(invite, 200, { tag: 'callee', body: SDP(50_000) });
    const offered = await attempt;
    expect(offered.sdp).toBe(SDP(50_000));
    await offered.ack(SDP(51_000));
    const ack = await house.expect(peer, 'ACK');
    expect(ack.body).toBe(SDP(51_000));
    expect(ack.get('Content-Type')).toBe('application/sdp');
  });

  it('keeps its route set backwards, also for REFER, and follows a new Contact', async () => {
    const first = await house.peer('udp', '127.0.0.4');
    const attempt = call();
    const invite = await house.expect(peer, 'INVITE');
    const hops = [
      '<sip:third.example;lr>',
      '<sip:second.example;lr>',
      `<sip:${first.wire.host}:${first.wire.port};lr>`,
    ];
    peer.reply(invite, 200, { tag: 'callee', body: SDP(), headers: hops.map((hop) => ['Record-Route', hop] as const) });
    const dialog = await house.result(attempt);
    const ack = await house.expect(first, 'ACK');
    expect(ack.all('Route')).toEqual(hops.toReversed());
    void dialog.request({ method: 'REFER', headers: { 'Refer-To': 'sip:x@example.com' } });
    const refer = await house.expect(first, 'REFER');
    expect(refer.all('Route')).toEqual(hops.toReversed());
    expect(refer.get('Contact')).toBe(`<sip:127.0.0.1:${house.port}>`);
  });

  it('sends through a strict router the old way', async () => {
    const strict = await house.peer('udp', '127.0.0.4');
    const attempt = call();
    const invite = await house.expect(peer, 'INVITE');
    const route = `<sip:${strict.wire.host}:${strict.wire.port}>`;
    peer.reply(invite, 200, { tag: 'callee', body: SDP(), headers: [['Record-Route', route]] });
    await house.result(attempt);
    const ack = await house.expect(strict, 'ACK');
    expect(ack.start).toBe(`ACK ${route.slice(1, -1)} SIP/2.0`);
    expect(ack.all('Route')).toEqual([`<sip:peer@${peer.wire.host}:${peer.wire.port}>`]);
  });

  it('is held and hung up by the other side', async () => {
    const { dialog, leg } = await answered();
    const offers: string[] = [];
    dialog.on('modify', (request: SrfMessage, reply: SrfReply) => {
      offers.push(request.body);
      reply.send(200, { body: SDP(40_000, 'recvonly') });
    });
    leg.request('INVITE', [], SDP(50_000, 'sendonly'));
    await house.expect(peer, 200, ({ method }) => method === 'INVITE');
    leg.ack();
    expect(offers).toEqual([SDP(50_000, 'sendonly')]);
    let isOver = false;
    dialog.on('destroy', () => (isOver = true));
    leg.request('BYE');
    await house.expect(peer, 200, ({ method }) => method === 'BYE');
    expect(isOver).toBe(true);
  });

  it('hears that the other side lost the call when a re-INVITE meets 481', async () => {
    const { dialog } = await answered();
    let isOver = false;
    dialog.on('destroy', () => (isOver = true));
    const modified = dialog.modify(SDP(41_000));
    modified.catch(() => {});
    peer.reply(await house.expect(peer, 'INVITE'), 481);
    await house.until(() => isOver, 'the application hears the end');
    const late = await house.result(dialog.request({ method: 'INFO' }).catch((error: { code: string }) => error));
    expect(late).toMatchObject({ code: 'ENODIALOG' });
  });

  it('keeps a call whose BYE is challenged', async () => {
    const { dialog } = await answered();
    const ended = dialog.request({ method: 'BYE' });
    peer.reply(await house.expect(peer, 'BYE'), 407);
    expect((await house.result(ended)).status).toBe(407);
    expect(house.core.stats().userAgent.dialogs).toBe(1);
  });

  it('registers again and again under one Call-ID with growing CSeq numbers', async () => {
    const numbers: number[] = [];
    for (let round = 0; round < 3; round++) {
      const sent = await house.result(
        house.srf.request(target(), {
          method: 'REGISTER',
          headers: { 'call-id': 'fixed', Contact: '<sip:me@localhost>', Expires: '60' },
        }),
      );
      const responses: number[] = [];
      sent.on('response', (response: SrfMessage) => responses.push(response.status));
      const register = await house.expect(peer, 'REGISTER');
      expect(register.get('Call-ID')).toBe('fixed');
      expect(register.get('Contact')).toBe(`<sip:me@127.0.0.1:${house.port}>`);
      numbers.push(Number.parseInt(register.get('CSeq'), 10));
      peer.reply(register, 200);
      await house.until(() => responses.length === 1, 'the application gets its response');
    }
    expect(numbers[1]).toBeGreaterThan(numbers[0] ?? 0);
    expect(numbers[2]).toBeGreaterThan(numbers[1] ?? 0);
  });

  it('is told what is wrong with a request that cannot go out', async () => {
    const attempts: [object, RegExp][] = [
      [{ method: 'MESSAGE', body: 'text without type' }, /content-type/],
      [{ method: 'MESSAGE', headers: { From: 'nonsense<' } }, /From/i],
      [{ method: 'MESSAGE', headers: { CSeq: 'x' } }, /CSeq/i],
      [{ method: 'BYE' }, /unable to find dialog/],
    ];
    for (const [options, reason] of attempts) {
      const error = await house.result(house.srf.request(target(), options).catch((thrown: Error) => thrown));
      expect(error).toBeInstanceOf(Error);
      expect((error as unknown as Error).message).toMatch(reason);
    }
  });
});
