import { describe, expect, it } from 'vitest';
import { header } from '../support/sip-wire.ts';
import { failureOf, openDialling } from './dialling.ts';

const { open } = openDialling();

describe.each(['udp', 'tcp'] as const)('an outgoing call over %s', (transport) => {
  it('is offered every codec, answered, and ended by either side', async () => {
    const rig = await open({ transport });
    for (const ender of ['us', 'them']) {
      const { result, diary, asked } = rig.dial(rig.phone.uri, { from: '+4930111' });
      const incoming = await rig.phone.incoming();
      expect(header(incoming.invite, 'From')).toMatch(/^<sip:\+4930111@127\.0\.0\.1[^>]*>;tag=/);
      expect(header(incoming.invite, 'Allow')).toContain('INVITE');
      expect(incoming.invite.body).toContain('m=audio 40000 RTP/AVP 0 8 9 101');
      incoming.respond(180, 'Ringing');
      const [call, { edge, media }] = await Promise.all([incoming.answer(), result]);
      expect(asked).toEqual(['127.0.0.1']);
      expect(media).toMatchObject({ codec: 'PCMU', remotePort: call.rtp.port, direction: 'sendrecv' });
      expect(edge.identity).toMatchObject({ from: '+4930111', to: 'phone' });
      await (ender === 'us' ? edge.hangup() : call.hangup());
      expect(await diary.end()).toEqual(ender === 'us' ? { kind: 'local' } : { kind: 'remote', cancelled: false });
      if (ender === 'us') await call.ended;
    }
    expect(rig.service.counters().liveCalls).toBe(0);
  });
});

describe('an answered outgoing call', () => {
  it('takes the media of the 200, not of what rang before', async () => {
    const rig = await open();
    const { result } = rig.dial(rig.phone.uri);
    const incoming = await rig.phone.incoming();
    const early = incoming.invite.body.replace(/^m=audio .*$/m, 'm=audio 1111 RTP/AVP 8');
    incoming.respond(183, 'Session Progress', { 'Content-Type': 'application/sdp' }, early);
    const [call, { edge, media }] = await Promise.all([incoming.answer(), result]);
    expect(media).toMatchObject({ codec: 'PCMU', remotePort: call.rtp.port });
    await edge.hangup();
  });

  it('is acknowledged only when its answer has been dealt with, and tells before that it rings', async () => {
    const rig = await open();
    const { result, diary } = rig.dial(rig.phone.uri);
    const dealtWith = Promise.withResolvers<void>();
    const told = Promise.withResolvers<string>();
    diary.beforeAck = (sipCallId) => {
      told.resolve(sipCallId);
      return dealtWith.promise;
    };
    const incoming = await rig.phone.incoming();
    incoming.respond(180, 'Ringing');
    await diary.until(() => diary.rings > 0);
    const answering = incoming.answer();
    expect(await told.promise).toBe(header(incoming.invite, 'Call-ID'));
    const acks = () => rig.phone.received.filter(({ start }) => start.startsWith('ACK')).length;
    expect(acks()).toBe(0);
    dealtWith.resolve();
    const [call, { edge }] = await Promise.all([answering, result]);
    expect(acks()).toBe(1);
    await edge.hangup();
    await call.ended;
  });

  it.each(['fails', 'comes too late'])('is acknowledged and hung up when dealing with its answer %s', async (how) => {
    const rig = await open();
    const { result, diary, abort } = rig.dial(rig.phone.uri);
    diary.beforeAck = () => {
      if (how === 'fails') return Promise.reject(new Error('The disk is full.'));
      abort.abort(new Error('not wanted any more'));
      return Promise.resolve();
    };
    const call = await (await rig.phone.incoming()).answer();
    await call.ended;
    expect((await failureOf(result)).code).toBe(how === 'fails' ? 'call-failed' : 'dial-cancelled');
    expect(await diary.end()).toMatchObject({ kind: how === 'fails' ? 'failed' : 'local' });
  });

  it('can be held and transferred like any other', async () => {
    const rig = await open();
    const { result, diary } = rig.dial(rig.phone.uri);
    const [call, { edge }] = await Promise.all([rig.phone.incoming().then((incoming) => incoming.answer()), result]);
    await call.hold();
    expect(diary.media).toMatchObject([{ held: true }]);
    await call.resume();
    let referredBy = '';
    call.onRefer = (refer) => {
      referredBy = header(refer, 'Referred-By');
      return { status: 202, news: [200] };
    };
    expect(await edge.transfer('sip:sales@127.0.0.1')).toEqual({ kind: 'accepted' });
    expect(referredBy).toContain(rig.target.split('@')[1] ?? 'nowhere');
    await call.hangup();
    expect(diary.ends).toHaveLength(1);
  });

  it('is hung up when its SDP answer is of no use', async () => {
    const rig = await open();
    const { result, diary } = rig.dial(rig.phone.uri);
    const incoming = await rig.phone.incoming();
    const call = await incoming.answer({
      sdp: incoming.invite.body.replace(/^m=audio .*$/m, 'm=audio 5000 RTP/AVP 18'),
    });
    await call.ended;
    expect(await failureOf(result)).toMatchObject({ code: 'call-failed', details: { status: 488 } });
    expect(diary.ends).toMatchObject([{ kind: 'failed', status: 488 }]);
  });
});

describe('stopping', () => {
  it('hangs up every call and cancels what still rings', async () => {
    const rig = await open();
    const { call, diary } = await rig.connectedCall();
    const dialling = rig.dial(rig.phone.uri);
    const incoming = await rig.phone.incoming();
    incoming.respond(180, 'Ringing');
    await rig.service.stop();
    await Promise.all([call.ended, incoming.cancelled]);
    expect([diary.ends, dialling.diary.ends]).toEqual([[{ kind: 'local' }], [{ kind: 'local' }]]);
  });
});
