import { afterEach, beforeEach, describe, expect, it } from 'vitest';
import { House, type SrfDialog, type SrfMessage, type SrfReply, type World } from './house.ts';
import { type PeerLeg, SDP, type SipPeer } from './sip-peer.ts';

const worlds: readonly World[] = ['in memory', 'over loopback sockets'];

describe.each(worlds)('a drachtio-srf application that is called, %s', { timeout: 20_000 }, (world) => {
  let house: House;
  let peer: SipPeer;

  beforeEach(async () => {
    house = await House.open(world);
    peer = await house.peer();
  });
  afterEach(() => house.close());

  /** The peer calls and the application answers at once; both sides are connected. */
  async function answeredCall(options: object = { localSdp: SDP() }): Promise<{ leg: PeerLeg; dialog: SrfDialog }> {
    const { srf } = house;
    let dialog: SrfDialog | undefined;
    srf.invite((request, reply) => {
      void srf.createUAS(request, reply, options).then((made) => {
        dialog = made;
      });
    });
    await house.pass(10);
    const leg = peer.ask('INVITE', house.uri, [], SDP());
    leg.learn(await house.expect(peer, 200));
    leg.ack();
    await house.until(() => dialog !== undefined, 'the application has its dialog');
    return { leg, dialog: dialog as unknown as SrfDialog };
  }

  /** The peer calls; what the application was given. */
  async function ringing(
    headers: [string, string][] = [],
  ): Promise<{ leg: PeerLeg; request: SrfMessage; reply: SrfReply }> {
    const seen: { request: SrfMessage; reply: SrfReply }[] = [];
    house.srf.invite((request, reply) => seen.push({ request, reply }));
    await house.pass(10);
    const leg = peer.ask('INVITE', house.uri, headers, SDP());
    await house.expect(peer, 100);
    await house.until(() => seen.length === 1, 'the application is called');
    const [first] = seen;
    if (first === undefined) throw new Error('no call');
    return { leg, ...first };
  }

  it('hears where the call came from and on which address it arrived', async () => {
    const { request, leg } = await ringing();
    expect(request.source_address).toBe(peer.wire.host);
    expect(request.source_port).toBe(peer.wire.port);
    expect(request.protocol).toBe('udp');
    expect(request.receivedOn).toBe(`127.0.0.1:${house.port}`);
    expect(request.stackDialogId).toBe('');
    expect(request.get('call-id')).toBe(leg.callId);
    expect(request.body).toBe(SDP());
  });

  it('answers, and the 200 carries the Contact of the flow and a tag that stays', async () => {
    const { leg, dialog } = await answeredCall();
    expect(leg.target).toBe(`sip:127.0.0.1:${house.port}`);
    expect(dialog.sip.localTag).toBe(leg.remoteTag);
    expect(dialog.id).toBe(`${leg.callId};from-tag=${leg.localTag}`);
    expect(house.core.stats().userAgent).toEqual({ dialogs: 1, incoming: 0, outgoingInvites: 0 });
  });

  it('can read a caller whose display name lacks its quotes', async () => {
    const { srf } = house;
    let dialog: SrfDialog | undefined;
    srf.invite((request, reply) => {
      void srf.createUAS(request, reply, { localSdp: SDP() }).then((made) => {
        dialog = made;
      });
    });
    await house.pass(10);
    const from = 'Jürgen Groß <sip:100@example.com>;tag=abc';
    const leg = peer.ask('INVITE', house.uri, [['From', from]], SDP());
    expect((await house.expect(peer, 200)).get('From')).toBe(from);
    await house.until(() => dialog !== undefined, 'the application has its dialog');
    expect(dialog?.sip.remoteTag).toBe('abc');
    expect(dialog?.id).toBe(`${leg.callId};from-tag=abc`);
  });

  it('repeats a 200 until its ACK comes', async () => {
    const { srf } = house;
    srf.invite((request, reply) => void srf.createUAS(request, reply, { localSdp: SDP() }));
    await house.pass(10);
    const leg = peer.ask('INVITE', house.uri, [], SDP());
    const first = await house.expect(peer, 200);
    await house.pass(house.t1Ms * 3.5);
    const repeats = peer.inbox.filter(({ status }) => status === 200);
    expect(repeats.length).toBeGreaterThanOrEqual(2);
    expect(repeats.every(({ text }) => text === first.text)).toBe(true);
    leg.learn(first);
    leg.ack();
    await house.pass(house.t1Ms);
    peer.inbox.length = 0;
    await house.pass(house.t1Ms * 10);
    expect(peer.inbox).toEqual([]);
  });

  it('hangs up a call whose ACK never comes, and the application hears why', async () => {
    const { srf } = house;
    const reasons: string[] = [];
    srf.invite((request, reply) => {
      void srf.createUAS(request, reply, { localSdp: SDP() }).then((dialog) => {
        dialog.on('destroy', (_bye: unknown, reason: string) => reasons.push(reason));
      });
    });
    await house.pass(10);
    peer.ask('INVITE', house.uri, [], SDP());
    await house.expect(peer, 200);
    await house.pass(house.t1Ms * 64);
    const bye = await house.expect(peer, 'BYE');
    expect(reasons).toEqual(['ACK timeout']);
    peer.reply(bye, 200);
    await house.until(() => house.core.stats().userAgent.dialogs === 0, 'the dialog is gone');
  });

  it('refuses, and the refusal is repeated until its ACK comes', async () => {
    const { leg, reply } = await ringing();
    reply.send(486);
    const refusal = await house.expect(peer, 486);
    await house.expect(peer, 486);
    leg.ackRefusal(refusal);
    await house.pass(house.t1Ms);
    peer.inbox.length = 0;
    await house.pass(house.t1Ms * 10);
    expect(peer.inbox).toEqual([]);
    expect(house.core.stats().userAgent.dialogs).toBe(0);
  });

  it('is told of a CANCEL and its late answer is turned down', async () => {
    const { leg, request, reply } = await ringing();
    let isCancelled = false;
    request.on('cancel', () => {
      isCancelled = true;
    });
    leg.cancel();
    await house.expect(peer, 200, ({ method }) => method === 'CANCEL');
    const terminated = await house.expect(peer, 487);
    leg.ackRefusal(terminated);
    await house.until(() => isCancelled, 'the application hears the cancel');
    const answers: unknown[] = [];
    reply.send(200, { body: SDP() }, (error) => answers.push(error));
    await house.until(() => answers.length === 1, 'the application gets an answer');
    expect(answers[0]).toMatch(/transaction/);
  });

  it('hangs up when a CANCEL loses against its answer', async () => {
    const { leg, reply } = await ringing();
    reply.send(200, { body: SDP() });
    const ok = await house.expect(peer, 200, ({ method }) => method === 'INVITE');
    leg.cancel();
    await house.expect(peer, 481, ({ method }) => method === 'CANCEL');
    leg.learn(ok);
    leg.ack();
    await house.expect(peer, 'BYE');
  });

  it('hears the other side hang up', async () => {
    const { leg, dialog } = await answeredCall();
    let isOver = false;
    dialog.on('destroy', () => {
      isOver = true;
    });
    leg.request('BYE');
    await house.expect(peer, 200, ({ method }) => method === 'BYE');
    expect(isOver).toBe(true);
    await house.until(() => house.core.stats().userAgent.dialogs === 0, 'the dialog is gone');
    leg.request('BYE');
    await house.expect(peer, 481);
  });

  it('hangs up itself', async () => {
    const { leg, dialog } = await answeredCall();
    const ended = dialog.destroy({ headers: { 'X-Why': 'done' } });
    const bye = await house.expect(peer, 'BYE');
    expect(bye.get('X-Why')).toBe('done');
    expect(bye.start).toBe(`BYE sip:peer@${peer.wire.host}:${peer.wire.port} SIP/2.0`);
    expect(bye.get('To')).toContain(`;tag=${leg.localTag}`);
    expect(bye.get('From')).toContain(`;tag=${leg.remoteTag}`);
    peer.reply(bye, 200);
    await house.until(() => house.core.stats().userAgent.dialogs === 0, 'the dialog is gone');
    await house.result(ended);
  });

  it('may hang up before the ACK: the BYE waits for it', async () => {
    const { srf } = house;
    srf.invite((request, reply) => {
      void srf.createUAS(request, reply, { localSdp: SDP() }).then((dialog) => dialog.destroy());
    });
    await house.pass(10);
    const leg = peer.ask('INVITE', house.uri, [], SDP());
    leg.learn(await house.expect(peer, 200));
    await house.pass(house.t1Ms / 2);
    expect(peer.inbox.some(({ method, status }) => status === 0 && method === 'BYE')).toBe(false);
    leg.ack();
    await house.expect(peer, 'BYE');
  });

  it('has both sides hang up at once', async () => {
    const { leg, dialog } = await answeredCall();
    const ended = dialog.destroy();
    const bye = await house.expect(peer, 'BYE');
    leg.request('BYE');
    await house.expect(peer, 200, ({ method }) => method === 'BYE');
    peer.reply(bye, 481);
    await house.result(ended);
    await house.until(() => house.core.stats().userAgent.dialogs === 0, 'the dialog is gone');
  });

  it('answers a re-INVITE whose 200 is repeated until the ACK, and follows its new Contact', async () => {
    const { leg, dialog } = await answeredCall();
    const other = await house.peer('udp', '127.0.0.3');
    dialog.on('modify', (request: SrfMessage, reply: SrfReply) => {
      expect(request.stackDialogId).toBe(dialog.id);
      reply.send(200, { body: SDP(41_000, 'recvonly') });
    });
    leg.request('INVITE', [['Contact', other.contact]], SDP(40_000, 'sendonly'));
    await house.expect(peer, 100);
    const ok = await house.expect(peer, 200);
    expect(ok.body).toContain('a=recvonly');
    await house.expect(peer, 200, ({ text }) => text === ok.text);
    leg.ack();
    await house.pass(house.t1Ms);
    void dialog.destroy();
    const bye = await house.expect(other, 'BYE');
    other.reply(bye, 200);
  });

  it('takes a re-INVITE without offer and finds the answer in the ACK', async () => {
    const { leg, dialog } = await answeredCall();
    const acks: string[] = [];
    dialog.on('ack', (ack: SrfMessage) => acks.push(ack.body));
    dialog.on('modify', (_request: SrfMessage, reply: SrfReply) => reply.send(200, { body: SDP(41_000) }));
    leg.request('INVITE');
    const ok = await house.expect(peer, 200, ({ method }) => method === 'INVITE');
    expect(ok.body).toBe(SDP(41_000));
    leg.ack(SDP(42_000));
    await house.until(() => acks.includes(SDP(42_000)), 'the application reads the answer');
  });

  it('answers an UPDATE', async () => {
    const { leg, dialog } = await answeredCall();
    dialog.on('update', (_request: SrfMessage, reply: SrfReply) => reply.send(200, { body: SDP(43_000) }));
    leg.request('UPDATE', [], SDP(40_002));
    const ok = await house.expect(peer, 200, ({ method }) => method === 'UPDATE');
    expect(ok.body).toBe(SDP(43_000));
    expect(ok.get('Contact')).toBe(`<sip:127.0.0.1:${house.port}>`);
  });

  it('refuses a second re-INVITE while the first is open with 500 and Retry-After', async () => {
    const { leg, dialog } = await answeredCall();
    dialog.on('modify', () => {});
    leg.request('INVITE', [], SDP());
    await house.expect(peer, 100);
    leg.request('INVITE', [], SDP());
    const refusal = await house.expect(peer, 500);
    expect(Number(refusal.get('Retry-After'))).toBeLessThanOrEqual(10);
  });

  it('meets a re-INVITE of the other side with 491 while its own is open', async () => {
    const { leg, dialog } = await answeredCall();
    const modified = dialog.modify(SDP(45_000));
    const reinvite = await house.expect(peer, 'INVITE');
    leg.request('INVITE', [], SDP());
    await house.expect(peer, 491);
    peer.reply(reinvite, 200, { body: SDP() });
    expect(await house.result(modified)).toBe(SDP());
    const ack = await house.expect(peer, 'ACK');
    expect(ack.get('CSeq')).toBe(reinvite.get('CSeq').replace('INVITE', 'ACK'));
  });

  it('hangs up while its own re-INVITE is open: CANCEL, BYE, and an answer that wins is acknowledged', async () => {
    const { dialog } = await answeredCall();
    dialog.modify(SDP(45_000)).catch(() => {});
    const reinvite = await house.expect(peer, 'INVITE');
    peer.reply(reinvite, 100);
    await house.pass(10);
    void dialog.destroy();
    const bye = await house.expect(peer, 'BYE');
    await house.expect(peer, 'CANCEL');
    peer.reply(reinvite, 200, { body: SDP() });
    await house.expect(peer, 'ACK');
    peer.reply(bye, 200);
    await house.until(() => house.core.stats().userAgent.dialogs === 0, 'the dialog is gone');
  });

  it('gets INFO, REFER, MESSAGE and NOTIFY inside the call', async () => {
    const { leg, dialog } = await answeredCall();
    const seen: string[] = [];
    for (const name of ['info', 'refer', 'message', 'notify']) {
      dialog.on(name, (request: SrfMessage, reply: SrfReply) => {
        seen.push(`${request.method} ${request.body}`);
        reply.send(request.method === 'REFER' ? 202 : 200);
      });
    }
    leg.request('INFO', [['Content-Type', 'application/dtmf-relay']], 'Signal=5\r\nDuration=160\r\n');
    await house.expect(peer, 200, ({ method }) => method === 'INFO');
    leg.request('REFER', [['Refer-To', '<sip:other@example.com>']]);
    const accepted = await house.expect(peer, 202);
    expect(accepted.get('Contact')).not.toBe('');
    leg.request('MESSAGE', [['Content-Type', 'text/plain; charset=utf-8']], 'grüß dich 📞');
    await house.expect(peer, 200, ({ method }) => method === 'MESSAGE');
    leg.request('NOTIFY', [
      ['Event', 'talk'],
      ['Subscription-State', 'active'],
    ]);
    await house.expect(peer, 200, ({ method }) => method === 'NOTIFY');
    expect(seen).toEqual(['INFO Signal=5\r\nDuration=160\r\n', 'REFER ', 'MESSAGE grüß dich 📞', 'NOTIFY ']);
  });

  it('reports the progress of a transfer by NOTIFY', async () => {
    const { leg, dialog } = await answeredCall();
    const sent = dialog.request({
      method: 'NOTIFY',
      headers: { Event: 'refer', 'Subscription-State': 'active', 'Content-Type': 'message/sipfrag' },
      body: 'SIP/2.0 100 Trying\r\n',
    });
    const notify = await house.expect(peer, 'NOTIFY');
    expect(notify.body).toBe('SIP/2.0 100 Trying\r\n');
    expect(notify.get('Content-Type')).toBe('message/sipfrag');
    expect(notify.get('Call-ID')).toBe(leg.callId);
    peer.reply(notify, 200);
    expect((await house.result(sent)).status).toBe(200);
  });

  it('sends 180 with a tag at once and Contact only where it is needed', async () => {
    const { reply } = await ringing();
    const echoes: SrfMessage[] = [];
    reply.send(180, {}, (_error, message) => echoes.push(message));
    const provisional = await house.expect(peer, 180);
    expect(provisional.get('To')).toContain(';tag=');
    expect(provisional.get('Contact')).toBe('');
    reply.send(183, { headers: { Contact: 'sip:me@localhost' }, body: SDP() });
    const early = await house.expect(peer, 183);
    expect(early.get('Contact')).toBe(`sip:me@127.0.0.1:${house.port}`);
    expect(early.get('To')).toBe(provisional.get('To'));
    expect(echoes).toHaveLength(1);
  });

  it('sends 183 reliably until the PRACK comes, and a 200 waits for it', async () => {
    const { leg, reply } = await ringing([['Supported', '100rel']]);
    const pracks: SrfMessage[] = [];
    reply.send(183, { headers: { Require: '100rel' }, body: SDP() }, undefined, (prack) => pracks.push(prack));
    const early = await house.expect(peer, 183);
    const rseq = early.get('RSeq');
    expect(early.get('Contact')).not.toBe('');
    await house.expect(peer, 183, ({ text }) => text === early.text);
    reply.send(200, { body: SDP() });
    await house.pass(house.t1Ms);
    expect(peer.inbox.some(({ status, method }) => status === 200 && method === 'INVITE')).toBe(false);
    leg.learn(early);
    leg.request('PRACK', [['RAck', `${rseq} ${leg.inviteCSeq} INVITE`]]);
    await house.expect(peer, 200, ({ method }) => method === 'PRACK');
    await house.expect(peer, 200, ({ method }) => method === 'INVITE');
    leg.ack();
    expect(pracks).toHaveLength(1);
    leg.request('PRACK', [['RAck', `${rseq} ${leg.inviteCSeq} INVITE`]]);
    await house.expect(peer, 481);
  });

  it('cannot send reliably to a caller who does not support it', async () => {
    const { reply } = await ringing();
    const errors: unknown[] = [];
    reply.send(183, { headers: { Require: '100rel' }, body: SDP() }, (error) => errors.push(error));
    await house.until(() => errors.length === 1, 'the application is told');
    expect(errors[0]).toMatch(/100rel/);
  });

  it('takes an UPDATE while it still rings, once its early answer is out', async () => {
    const { leg, request, reply } = await ringing([['Supported', '100rel']]);
    request.on('update', (_update: SrfMessage, updateReply: SrfReply) => updateReply.send(200, { body: SDP(44_000) }));
    reply.send(180);
    leg.learn(await house.expect(peer, 180));
    leg.request('UPDATE', [], SDP(40_004));
    expect((await house.expect(peer, 500)).get('Retry-After')).not.toBe('');
    reply.send(183, { headers: { Require: '100rel' }, body: SDP() });
    const early = await house.expect(peer, 183);
    leg.request('PRACK', [['RAck', `${early.get('RSeq')} ${leg.inviteCSeq} INVITE`]]);
    await house.expect(peer, 200, ({ method }) => method === 'PRACK');
    leg.request('UPDATE', [], SDP(40_004));
    const ok = await house.expect(peer, 200, ({ method }) => method === 'UPDATE');
    expect(ok.body).toBe(SDP(44_000));
  });

  it('treats a BYE of a caller that still rings like a CANCEL', async () => {
    const { leg, request, reply } = await ringing();
    let isCancelled = false;
    request.on('cancel', () => {
      isCancelled = true;
    });
    reply.send(180);
    leg.learn(await house.expect(peer, 180));
    leg.request('BYE');
    await house.expect(peer, 200, ({ method }) => method === 'BYE');
    await house.expect(peer, 487);
    expect(isCancelled).toBe(true);
  });

  it('keeps its route set in the order of the Record-Route headers', async () => {
    const { srf } = house;
    let dialog: SrfDialog | undefined;
    srf.invite((request, reply) => {
      void srf.createUAS(request, reply, { localSdp: SDP() }).then((made) => {
        dialog = made;
      });
    });
    await house.pass(10);
    const hops = [`<sip:${peer.wire.host}:${peer.wire.port};lr>`, '<sip:second.example;lr>', '<sip:third.example;lr>'];
    const leg = peer.ask(
      'INVITE',
      house.uri,
      hops.map((hop) => ['Record-Route', hop] as const),
      SDP(),
    );
    const ok = await house.expect(peer, 200);
    expect(ok.all('Record-Route')).toEqual(hops);
    leg.remoteTag = /tag=(\w+)/.exec(ok.get('To'))?.[1] ?? '';
    leg.ack();
    await house.until(() => dialog !== undefined, 'the application has its dialog');
    void dialog?.request({ method: 'REFER', headers: { 'Refer-To': 'sip:x@example.com' } });
    const refer = await house.expect(peer, 'REFER');
    expect(refer.all('Route')).toEqual(hops);
    expect(refer.start).toContain(`sip:peer@${peer.wire.host}:${peer.wire.port}`);
  });

  it('refuses an old CSeq inside a call and forgets nothing over it', async () => {
    const { leg } = await answeredCall();
    leg.request('OPTIONS', [], '', 50);
    await house.expect(peer, 200, ({ method }) => method === 'OPTIONS');
    leg.request('INFO', [], '', 40);
    await house.expect(peer, 500);
    leg.request('INFO', [], '', 51);
    await house.expect(peer, 200, ({ method }) => method === 'INFO');
  });
});

describe('a call over TCP', { timeout: 20_000 }, () => {
  let house: House;
  let peer: SipPeer;
  let dialog: SrfDialog | undefined;

  beforeEach(async () => {
    house = await House.open('over loopback sockets');
    peer = await house.peer('tcp');
    house.srf.invite((request, reply) => {
      void house.srf.createUAS(request, reply, { localSdp: SDP() }).then((made) => {
        dialog = made;
      });
    });
    await house.pass(20);
    const leg = peer.ask('INVITE', `${house.uri};transport=tcp`, [], SDP());
    leg.learn(await house.expect(peer, 200));
    expect(leg.target).toBe(`sip:127.0.0.1:${house.port};transport=tcp`);
    leg.ack();
    await house.until(() => dialog !== undefined, 'the application has its dialog');
  });
  afterEach(async () => {
    dialog = undefined;
    await house.close();
  });

  it('uses one connection both ways', async () => {
    void dialog?.destroy();
    peer.reply(await house.expect(peer, 'BYE'), 200);
    await house.until(() => house.core.stats().userAgent.dialogs === 0, 'the dialog is gone');
    expect(house.core.stats().transports['tcp']?.connections).toBe(1);
  });

  it('goes on over a new connection to the Contact when the old one broke', async () => {
    peer.wire.drop?.();
    await house.until(() => house.core.stats().transports['tcp']?.connections === 0, 'the connection is gone');
    void dialog?.destroy();
    peer.reply(await house.expect(peer, 'BYE'), 200);
    await house.until(() => house.core.stats().userAgent.dialogs === 0, 'the dialog is gone');
  });
});
