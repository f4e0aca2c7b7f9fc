import { afterEach, beforeEach, describe, expect, it } from 'vitest';
import { House, type Srf, type SrfMessage, type SrfReply } from './house.ts';
import { SDP, type SipPeer } from './sip-peer.ts';

describe('requests outside dialogs', { timeout: 20_000 }, () => {
  let house: House;
  let peer: SipPeer;

  beforeEach(async () => {
    house = await House.open('in memory');
    peer = await house.peer();
    house.srf.invite(() => {});
    await house.pass(10);
  });
  afterEach(() => house.close());

  const refusals: [string, string, [string, string][], number][] = [
    ['OPTIONS that nobody routes', 'OPTIONS', [], 200],
    ['OPTIONS that has used up its hops', 'OPTIONS', [['Max-Forwards', '0']], 200],
    ['REGISTER that nobody routes', 'REGISTER', [], 503],
    ['MESSAGE that nobody routes', 'MESSAGE', [], 503],
    ['SUBSCRIBE without Contact', 'SUBSCRIBE', [['Contact', '']], 400],
    ['REFER that nobody routes', 'REFER', [['Refer-To', '<sip:x@example.com>']], 405],
    ['UPDATE', 'UPDATE', [], 481],
    ['BYE', 'BYE', [], 481],
    ['PRACK', 'PRACK', [['RAck', '1 1 INVITE']], 481],
    ['a method that nobody knows', 'BREW', [], 501],
    ['INVITE without Contact', 'INVITE', [['Contact', '']], 400],
    ['INVITE that has used up its hops', 'INVITE', [['Max-Forwards', '0']], 483],
    ['INVITE that requires what nobody has', 'INVITE', [['Require', 'teleport, 100rel']], 420],
    ['INVITE whose Call-ID could pass for two', 'INVITE', [['Call-ID', 'a|b']], 400],
    [
      'INVITE with a session interval that is too short',
      'INVITE',
      [
        ['Session-Expires', '30'],
        ['Supported', 'timer'],
      ],
      422,
    ],
    ['INVITE into a call that nobody knows', 'INVITE', [['To', '<sip:a@b>;tag=gone']], 481],
    ['INVITE to a web page', 'INVITE', [], 416],
  ];

  it.each(refusals)('%s', async (what, method, headers, status) => {
    const uri = what.includes('web page') ? 'http://example.com/' : house.uri;
    peer.ask(method, uri, headers, method === 'INVITE' ? SDP() : '');
    const response = await house.expect(peer, status);
    if (status === 420) expect(response.get('Unsupported')).toBe('teleport');
    if (status === 422) expect(response.get('Min-SE')).toBe('90');
    if (status === 405 || status === 501) expect(response.get('Allow')).toContain('INVITE');
    if (status === 200) {
      expect(response.get('Allow')).toContain('INVITE');
      expect(response.get('Accept')).toBe('application/sdp');
      expect(response.get('Supported')).toContain('100rel');
    }
    expect(response.get('To')).toContain(';tag=');
    expect(house.core.stats().userAgent).toEqual({ dialogs: 0, incoming: 0, outgoingInvites: 0 });
  });

  it('go to the application that routes them, and its answer goes back', async () => {
    const seen: string[] = [];
    for (const method of ['message', 'options', 'register']) {
      house.srf.use(method, (request: SrfMessage, reply: SrfReply) => {
        seen.push(`${request.method} ${request.body}`);
        reply.send(202, { headers: { 'X-Seen': 'yes' } });
      });
    }
    await house.pass(10);
    peer.ask('MESSAGE', house.uri, [['Content-Type', 'text/plain']], 'hallo 📞');
    expect((await house.expect(peer, 202)).get('X-Seen')).toBe('yes');
    peer.ask('OPTIONS', house.uri);
    expect((await house.expect(peer, 202)).get('Contact')).toBe('');
    expect(seen).toEqual(['MESSAGE hallo 📞', 'OPTIONS ']);
  });

  it('from a registered phone behind a NAT are answered along the way its REGISTER came', async () => {
    house.srf.use('register', (_request: SrfMessage, reply: SrfReply) =>
      reply.send(200, { headers: { Expires: '60' } }),
    );
    await house.pass(10);
    peer.ask('REGISTER', house.uri, [['Contact', '<sip:phone@192.168.77.3:5062>']]);
    await house.expect(peer, 200);
    void house.srf.createUAC('sip:phone@192.168.77.3:5062', { localSdp: SDP() }).catch(() => {});
    const invite = await house.expect(peer, 'INVITE');
    expect(invite.start).toBe('INVITE sip:phone@192.168.77.3:5062 SIP/2.0');
  });

  it('reach a subscription: its NOTIFY may overtake the 200, and the last one ends it', async () => {
    const target = `sip:callee@${peer.wire.host}:${peer.wire.port}`;
    const made = house.srf.createUAC(target, { method: 'SUBSCRIBE', headers: { Event: 'presence', Expires: '60' } });
    const subscribe = await house.expect(peer, 'SUBSCRIBE');
    const { PeerLeg } = await import('./sip-peer.ts');
    const leg = PeerLeg.ofInvite(peer, subscribe, 'notifier');
    house.srf.use('notify', (_request: SrfMessage, reply: SrfReply) => reply.send(200));
    await house.pass(10);
    leg.request('NOTIFY', [
      ['Event', 'presence'],
      ['Subscription-State', 'active'],
    ]);
    await house.expect(peer, 200);
    peer.reply(subscribe, 200, { tag: 'notifier', headers: [['Expires', '60']] });
    await house.result(made);
    expect(house.core.stats().userAgent.dialogs).toBe(1);
    leg.request('NOTIFY', [
      ['Event', 'presence'],
      ['Subscription-State', 'terminated;reason=timeout'],
    ]);
    await house.expect(peer, 200);
    await house.until(() => house.core.stats().userAgent.dialogs === 0, 'the subscription is gone');
  });
});

describe('an application that is lost', { timeout: 20_000 }, () => {
  let house: House;
  let peer: SipPeer;

  beforeEach(async () => {
    house = await House.open('in memory');
    peer = await house.peer();
  });
  afterEach(() => house.close());

  it('leaves nothing behind: BYE to live calls, an end to pending ones both ways, 503 to new ones', async () => {
    const { srf } = house;
    let calls = 0;
    srf.invite((request, reply) => {
      if (++calls === 1) void srf.createUAS(request, reply, { localSdp: SDP() });
    });
    await house.pass(10);
    const live = peer.ask('INVITE', house.uri, [], SDP());
    live.learn(await house.expect(peer, 200));
    live.ack();
    peer.ask('INVITE', house.uri, [], SDP());
    await house.until(() => calls === 2, 'the second call rings');
    srf.createUAC(`sip:callee@${peer.wire.host}`, { localSdp: SDP() }).catch(() => {});
    const outgoing = await house.expect(peer, 'INVITE');
    peer.reply(outgoing, 180, { tag: 'callee' });
    await house.pass(10);
    srf.disconnect();
    const bye = await house.expect(peer, 'BYE');
    expect(bye.get('Reason')).toContain('application lost');
    peer.reply(bye, 200);
    await house.expect(peer, 487);
    await house.expect(peer, 'CANCEL');
    peer.reply(outgoing, 487, { tag: 'callee' });
    await house.pass(50);
    expect(house.core.stats().userAgent).toEqual({ dialogs: 0, incoming: 0, outgoingInvites: 0 });
    peer.ask('INVITE', house.uri, [], SDP());
    const refusal = await house.expect(peer, 503);
    expect(Number(refusal.get('Retry-After'))).toBeGreaterThan(0);
    peer.ask('OPTIONS', house.uri);
    await house.expect(peer, 200);
  });

  it('leaves no answer without ACK: one that it had not acknowledged gets it before the BYE', async () => {
    const target = `sip:callee@${peer.wire.host}`;
    house.srf.createUAC(target, { noAck: true }).catch(() => {});
    const invite = await house.expect(peer, 'INVITE');
    peer.reply(invite, 200, { tag: 'callee', body: SDP() });
    await house.pass(10);
    expect(peer.inbox).toEqual([]);
    house.srf.disconnect();
    await house.pass(10);
    expect(peer.inbox.map(({ method }) => method)).toEqual(['ACK', 'BYE']);
  });

  it('is followed by the next one, which gets the next call', async () => {
    house.srf.disconnect();
    await house.pass(10);
    const { createRequire } = await import('node:module');
    const next = new (createRequire(import.meta.url)('drachtio-srf') as new () => Srf)();
    next.invite((_request, reply) => reply.send(486));
    await house.connect(next);
    await house.pass(10);
    peer.ask('INVITE', house.uri, [], SDP());
    await house.expect(peer, 486);
    next.disconnect();
  });
});

describe('time', { timeout: 20_000 }, () => {
  let house: House;
  let peer: SipPeer;

  beforeEach(async () => {
    house = await House.open('in memory');
    peer = await house.peer();
  });
  afterEach(() => house.close());

  it('ends an INVITE that the application never answers', async () => {
    let isCancelled = false;
    house.srf.invite((request) => request.on('cancel', () => (isCancelled = true)));
    await house.pass(10);
    peer.ask('INVITE', house.uri, [], SDP());
    await house.pass(64_000);
    await house.expect(peer, 503);
    expect(isCancelled).toBe(true);
  });

  it('refreshes a session by UPDATE when that is our part, and ends it when nobody answers', async () => {
    const { srf } = house;
    const reasons: string[] = [];
    srf.invite((request, reply) => {
      void srf
        .createUAS(request, reply, {
          localSdp: SDP(),
          headers: { 'Session-Expires': '90;refresher=uas', Require: 'timer' },
        })
        .then((dialog) => dialog.on('destroy', (_bye: unknown, reason: string) => reasons.push(reason)));
    });
    await house.pass(10);
    const leg = peer.ask(
      'INVITE',
      house.uri,
      [
        ['Allow', 'INVITE, UPDATE'],
        ['Supported', 'timer'],
      ],
      SDP(),
    );
    leg.learn(await house.expect(peer, 200));
    leg.ack();
    await house.pass(45_000);
    const update = await house.expect(peer, 'UPDATE');
    expect(update.get('Session-Expires')).toBe('90;refresher=uac');
    expect(update.body).toBe('');
    peer.reply(update, 200, { headers: [['Session-Expires', '90;refresher=uac']] });
    await house.pass(45_000);
    expect(reasons).toEqual([]);
    await house.expect(peer, 'UPDATE');
    await house.pass(33_000);
    await house.expect(peer, 'BYE');
    expect(reasons).toHaveLength(1);
  });

  it('refreshes by re-INVITE with the session that stands where UPDATE is not understood', async () => {
    const { srf } = house;
    srf.invite((request, reply) => {
      void srf.createUAS(request, reply, { localSdp: SDP(47_000), headers: { 'Session-Expires': '90;refresher=uas' } });
    });
    await house.pass(10);
    const leg = peer.ask(
      'INVITE',
      house.uri,
      [
        ['Allow', 'INVITE, ACK, BYE'],
        ['Supported', 'timer'],
      ],
      SDP(),
    );
    leg.learn(await house.expect(peer, 200));
    leg.ack();
    await house.pass(45_000);
    const reinvite = await house.expect(peer, 'INVITE');
    expect(reinvite.body).toBe(SDP(47_000));
    peer.reply(reinvite, 200, { body: SDP(), headers: [['Session-Expires', '90;refresher=uac']] });
    await house.expect(peer, 'ACK');
    await house.pass(45_000);
    await house.expect(peer, 'INVITE');
  });

  it('ends a session that the other side was to refresh and did not', async () => {
    const { srf } = house;
    const reasons: string[] = [];
    srf.invite((request, reply) => {
      void srf
        .createUAS(request, reply, { localSdp: SDP(), headers: { 'Session-Expires': '90;refresher=uac' } })
        .then((dialog) => dialog.on('destroy', (_bye: unknown, reason: string) => reasons.push(reason)));
    });
    await house.pass(10);
    const leg = peer.ask('INVITE', house.uri, [['Supported', 'timer']], SDP());
    leg.learn(await house.expect(peer, 200));
    leg.ack();
    await house.pass(59_000);
    expect(peer.inbox.some(({ method }) => method === 'BYE')).toBe(false);
    await house.pass(2_000);
    await house.expect(peer, 'BYE');
    expect(reasons).toEqual(['session timer expired']);
  });

  it('leaves no transaction, dialog or timer behind when all calls are over', async () => {
    const { srf } = house;
    srf.invite((request, reply) => void srf.createUAS(request, reply, { localSdp: SDP() }));
    await house.pass(10);
    for (let round = 0; round < 20; round++) {
      const leg = peer.ask('INVITE', house.uri, [], SDP());
      leg.learn(await house.expect(peer, 200));
      leg.ack();
      leg.request('BYE');
      await house.expect(peer, 200);
    }
    await house.pass(60_000);
    const { transactions, userAgent, timers } = house.core.stats();
    expect(userAgent).toEqual({ dialogs: 0, incoming: 0, outgoingInvites: 0 });
    expect(timers).toBe(0);
    expect(transactions).toMatchObject({
      serverInvite: 0,
      serverNonInvite: 0,
      clientInvite: 0,
      clientNonInvite: 0,
      timers: 0,
    });
  });
});
