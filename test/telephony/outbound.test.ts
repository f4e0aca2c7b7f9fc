import { createHash } from 'node:crypto';
import { createSocket } from 'node:dgram';
import { once } from 'node:events';
import { afterEach, describe, expect, it } from 'vitest';
import type { Peer } from '../../server/contract/peer.ts';
import { type Incoming, SipPhone } from '../support/sip-phone.ts';
import { header, tagOf } from '../support/sip-wire.ts';
import { Rig, type RigOptions } from './telephony-rig.ts';

let rig: Rig;
const extras: SipPhone[] = [];

async function open(options: RigOptions = {}): Promise<Rig> {
  rig = await Rig.open(options);
  return rig;
}
afterEach(async () => {
  await rig.close();
  for (const phone of extras.splice(0)) await phone.close();
});

async function anotherPhone(): Promise<SipPhone> {
  const phone = await SipPhone.open();
  extras.push(phone);
  return phone;
}

function peerAt(port: number, more: Partial<Peer> = {}): Peer {
  return { name: `peer-${port}`, host: '127.0.0.1', port, transport: 'udp', allowedSources: [], ...more };
}

async function failureOf(result: Promise<unknown>): Promise<{ code: string; details: { status?: number } }> {
  return await result.then(
    () => Promise.reject(new Error('The call was answered.')),
    (failure: unknown) => failure as { code: string; details: { status?: number } },
  );
}

describe.each(['udp', 'tcp'] as const)('an outgoing call over %s', (transport) => {
  it('is offered every codec, answered, and ended by either side', async () => {
    await open({ transport });
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
    await open();
    const { result } = rig.dial(rig.phone.uri);
    const incoming = await rig.phone.incoming();
    const early = incoming.invite.body.replace(/^m=audio .*$/m, 'm=audio 1111 RTP/AVP 8');
    incoming.respond(183, 'Session Progress', { 'Content-Type': 'application/sdp' }, early);
    const [call, { edge, media }] = await Promise.all([incoming.answer(), result]);
    expect(media).toMatchObject({ codec: 'PCMU', remotePort: call.rtp.port });
    await edge.hangup();
  });

  it('is acknowledged only when its answer has been dealt with, and tells before that it rings', async () => {
    await open();
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
    await open();
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
    await open();
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
    await open();
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

describe('an outgoing call that is not answered', () => {
  it.each([486, 603, 480, 404])('fails with the status of the refusal: %i', async (status) => {
    await open();
    const { result, diary } = rig.dial(rig.phone.uri);
    (await rig.phone.incoming()).respond(status, 'No');
    expect(await failureOf(result)).toMatchObject({ code: 'call-failed', details: { status } });
    expect(diary.ends).toMatchObject([{ kind: 'failed', status }]);
  });

  it('is cancelled when it has rung long enough, and fails with 408', async () => {
    await open();
    const { result, diary } = rig.dial(rig.phone.uri, { ringTimeoutMs: 150 });
    const incoming = await rig.phone.incoming();
    incoming.respond(180, 'Ringing');
    await incoming.cancelled;
    expect(await failureOf(result)).toMatchObject({ details: { status: 408 } });
    expect(diary.ends).toMatchObject([{ kind: 'failed', status: 408 }]);
  });

  it('is cancelled when we no longer want it', async () => {
    await open();
    const { result, diary, abort } = rig.dial(rig.phone.uri);
    const incoming = await rig.phone.incoming();
    incoming.respond(180, 'Ringing');
    abort.abort();
    await incoming.cancelled;
    expect(await failureOf(result)).toMatchObject({ code: 'dial-cancelled' });
    expect(diary.ends).toEqual([{ kind: 'local' }]);
  });

  it('is ended by BYE when its 200 crosses our CANCEL', async () => {
    await open();
    const { result, diary, abort } = rig.dial(rig.phone.uri);
    const incoming = await rig.phone.incoming();
    incoming.respond(180, 'Ringing');
    const answering = incoming.answer();
    abort.abort();
    const call = await answering;
    await call.ended;
    expect(await failureOf(result)).toMatchObject({ code: 'dial-cancelled' });
    expect(diary.ends).toEqual([{ kind: 'local' }]);
  });

  it('sends nothing when it was given up before', async () => {
    await open();
    const abort = AbortSignal.abort();
    const diaryEnds: string[] = [];
    const listener = {
      mediaChanged: () => {},
      infoDigit: () => {},
      ended: (end: { kind: string }) => diaryEnds.push(end.kind),
    };
    const point = () => Promise.resolve({ address: '127.0.0.1', port: 4_000 });
    await failureOf(rig.service.dial({ to: rig.phone.uri, ringTimeoutMs: 1_000 }, point, listener, abort));
    await rig.phone.send('OPTIONS', rig.target);
    expect(rig.phone.received.map(({ start }) => start)).toEqual(['SIP/2.0 200 OK']);
    expect(diaryEnds).toEqual(['local']);
  });

  it('hears of the loss of the core once', async () => {
    await open();
    const { result, diary } = rig.dial(rig.phone.uri);
    await rig.phone.incoming();
    rig.cutCable();
    expect(await failureOf(result)).toMatchObject({ code: 'sip-core-lost' });
    expect(diary.ends).toEqual([{ kind: 'core-lost' }]);
  });

  it('fails as the media does', async () => {
    await open();
    const ends: unknown[] = [];
    const listener = { mediaChanged: () => {}, infoDigit: () => {}, ended: (end: unknown) => ends.push(end) };
    const noPort = () => Promise.reject(new Error('no port left'));
    const signal = new AbortController().signal;
    await failureOf(rig.service.dial({ to: rig.phone.uri, ringTimeoutMs: 1_000 }, noPort, listener, signal));
    expect(ends).toMatchObject([{ kind: 'failed', status: 500 }]);
  });
});

describe('a challenge', () => {
  const account = { username: 'line1', password: 'pa"ss' };

  function challenge(incoming: Incoming, challenges: string, nonce = ''): void {
    const value = challenges.replaceAll('NONCE', nonce);
    incoming.respond(407, 'Proxy Authentication Required', { 'Proxy-Authenticate': value });
  }

  function isProper(invite: Incoming['invite'], hashName: string): boolean {
    const value = header(invite, 'Proxy-Authorization');
    const parameter = (name: string) => new RegExp(`\\b${name}="?([^",]+)`).exec(value)?.[1] ?? '';
    const hash = (text: string) => createHash(hashName).update(text).digest('hex');
    const key = hash(`line1:carrier:pa"ss`);
    const [nonce, nc, cnonce] = [parameter('nonce'), parameter('nc'), parameter('cnonce')];
    return parameter('response') === hash(`${key}:${nonce}:${nc}:${cnonce}:auth:${hash(`INVITE:${parameter('uri')}`)}`);
  }

  it.each([
    [
      'MD5 first',
      'Digest realm="carrier", nonce="NONCE", qop="auth", algorithm=MD5, Digest realm="carrier", nonce="NONCE", qop="auth", algorithm=SHA-256',
      'sha256',
    ],
    ['SHA-512-256 only', 'Digest realm="carrier", nonce="NONCE", qop="auth", algorithm=SHA-512-256', 'sha512-256'],
    ['MD5 only', 'Digest realm="carrier", nonce="NONCE", qop="auth,auth-int"', 'md5'],
  ])('with %s is answered with the strongest, in the same call', async (_what, challenges, hashName) => {
    await open({ peers: (phone) => [peerAt(phone.port, account)] });
    const { result } = rig.dial('+4930123456');
    const first = await rig.phone.incoming();
    challenge(first, challenges, 'n1');
    const second = await rig.phone.incoming();
    expect(isProper(second.invite, hashName)).toBe(true);
    expect(header(second.invite, 'Call-ID')).toBe(header(first.invite, 'Call-ID'));
    expect(tagOf(header(second.invite, 'From'))).toBe(tagOf(header(first.invite, 'From')));
    const sequence = (incoming: Incoming) => Number.parseInt(header(incoming.invite, 'CSeq'), 10);
    expect(sequence(second)).toBe(sequence(first) + 1);
    expect(second.invite.start).toContain(`sip:+4930123456@127.0.0.1:${rig.phone.port}`);
    const [call, { edge }] = await Promise.all([second.answer(), result]);
    await edge.hangup();
    await call.ended;
  });

  it('for a stale nonce is answered again, and another one means that the password is wrong', async () => {
    await open({ peers: (phone) => [peerAt(phone.port, account)] });
    const { result } = rig.dial('+4930123456');
    const challenges = 'Digest realm="carrier", nonce="NONCE", qop="auth"';
    challenge(await rig.phone.incoming(), challenges, 'n1');
    challenge(await rig.phone.incoming(), `${challenges}, stale=true`, 'n2');
    const third = await rig.phone.incoming();
    expect(isProper(third.invite, 'md5')).toBe(true);
    challenge(third, challenges, 'n3');
    expect(await failureOf(result)).toMatchObject({ details: { status: 407 } });
  });

  it('from someone who is no configured peer gets no credentials', async () => {
    await open();
    const { result } = rig.dial(rig.phone.uri);
    challenge(await rig.phone.incoming(), 'Digest realm="carrier", nonce="n1"');
    expect(await failureOf(result)).toMatchObject({ details: { status: 407 } });
  });
});

describe('a redirect', () => {
  it('is followed once', async () => {
    await open();
    const other = await anotherPhone();
    const { result } = rig.dial(rig.phone.uri);
    (await rig.phone.incoming()).respond(302, 'Moved Temporarily', { Contact: `<${other.uri}>` });
    const second = await other.incoming();
    second.respond(302, 'Moved Temporarily', { Contact: `<${rig.phone.uri}>` });
    expect(await failureOf(result)).toMatchObject({ details: { status: 302 } });
  });

  it('away from this machine and the peers is not followed', async () => {
    await open();
    const { result } = rig.dial(rig.phone.uri);
    (await rig.phone.incoming()).respond(302, 'Moved Temporarily', { Contact: '<sip:900@premium.example.com>' });
    expect(await failureOf(result)).toMatchObject({ details: { status: 302 } });
  });
});

describe('several peers', () => {
  it('are tried in turn when one is out of service, and that one last for a while', async () => {
    const good = await anotherPhone();
    await open({ peers: (phone) => [peerAt(phone.port), peerAt(good.port)] });
    const first = rig.dial('+4930123456');
    (await rig.phone.incoming()).respond(503, 'Service Unavailable');
    const [call, { edge }] = await Promise.all([good.incoming().then((incoming) => incoming.answer()), first.result]);
    await edge.hangup();
    await call.ended;
    const second = rig.dial('+4930123456');
    const incoming = await good.incoming();
    incoming.respond(486, 'Busy Here');
    expect(await failureOf(second.result)).toMatchObject({ details: { status: 486 } });
    expect(rig.phone.received.filter(({ start }) => start.startsWith('INVITE'))).toHaveLength(1);
  });

  it('are not tried when the first one says that the callee is busy', async () => {
    const other = await anotherPhone();
    await open({ peers: (phone) => [peerAt(phone.port), peerAt(other.port)] });
    const { result } = rig.dial('+4930123456');
    (await rig.phone.incoming()).respond(486, 'Busy Here');
    expect(await failureOf(result)).toMatchObject({ details: { status: 486 } });
    expect(other.received).toEqual([]);
  });

  it('are tried in turn when one says nothing at all', async () => {
    const silent = createSocket('udp4');
    silent.bind(0, '127.0.0.1');
    await once(silent, 'listening');
    await open({ silentPeerMs: 200, peers: (phone) => [peerAt(silent.address().port), peerAt(phone.port)] });
    const { result, diary } = rig.dial('+4930123456');
    const [call, { edge }] = await Promise.all([rig.phone.incoming().then((incoming) => incoming.answer()), result]);
    await edge.hangup();
    await call.ended;
    expect(diary.ends).toHaveLength(1);
    silent.close();
  });
});

describe('stopping', () => {
  it('hangs up every call and cancels what still rings', async () => {
    await open();
    const { call, diary } = await rig.connectedCall();
    const dialling = rig.dial(rig.phone.uri);
    const incoming = await rig.phone.incoming();
    incoming.respond(180, 'Ringing');
    await rig.service.stop();
    await Promise.all([call.ended, incoming.cancelled]);
    expect([diary.ends, dialling.diary.ends]).toEqual([[{ kind: 'local' }], [{ kind: 'local' }]]);
  });
});
