import { afterEach, describe, expect, it } from 'vitest';
import { PhoneRefused } from '../support/sip-phone.ts';
import { header, statusOf } from '../support/sip-wire.ts';
import { mediaPoint, Rig, type RigOptions } from './telephony-rig.ts';

let rig: Rig;

async function open(options: RigOptions = {}): Promise<Rig> {
  rig = await Rig.open(options);
  return rig;
}
afterEach(() => rig.close());

async function refusal(calling: Promise<unknown>): Promise<PhoneRefused> {
  const failure = await calling.then(
    () => undefined,
    (thrown: unknown) => thrown,
  );
  if (!(failure instanceof PhoneRefused)) throw new Error('The call was not refused.');
  return failure;
}

describe.each(['udp', 'tcp'] as const)('an inbound call over %s', (transport) => {
  it('rings, is answered with our SDP and capabilities, and ends by the BYE of the caller', async () => {
    await open({ transport });
    const dialling = await rig.phone.dial(rig.target);
    const { edge, diary } = await rig.arrival();
    expect(edge.offered).toMatchObject({ codec: 'PCMU', remoteAddress: '127.0.0.1', telephoneEventPayloadType: 101 });
    expect(edge.localAddress).toBe('127.0.0.1');
    edge.ring();
    const media = await edge.answer(mediaPoint);
    const call = await dialling.answered;
    expect(dialling.provisionals).toEqual([100, 180]);
    expect(media).toMatchObject({ remotePort: call.rtp.port, direction: 'sendrecv' });
    expect(call.remoteSdp).toContain('m=audio 40000 RTP/AVP 0 101');
    const ok = await dialling.final;
    expect(header(ok, 'Allow')).toContain('UPDATE');
    expect(header(ok, 'Supported')).toBe('timer');
    expect(header(ok, 'Contact')).toContain('127.0.0.1');
    expect(statusOf(await call.hangup())).toBe(200);
    expect(await diary.end()).toEqual({ kind: 'remote', cancelled: false });
    expect(rig.service.counters()).toEqual({ liveCalls: 0, pendingByes: 0 });
  });

  it('ends by our BYE', async () => {
    await open({ transport });
    const { edge, diary, call } = await rig.connectedCall();
    await edge.hangup();
    await call.ended;
    await edge.hangup();
    expect(diary.ends).toEqual([{ kind: 'local' }]);
  });
});

describe('who calls', () => {
  it('is kept as the INVITE says it', async () => {
    await open();
    await rig.phone.dial(rig.target, {
      headers: {
        From: '"Anna \\"A\\" Lee" <sip:+4930123@example.com;user=phone>;tag=abc',
        'P-Asserted-Identity': '<sip:+4930999@example.com>',
        Diversion: '<sip:200@example.com>;reason=no-answer',
      },
    });
    const { edge } = await rig.arrival();
    expect(edge.identity).toEqual({
      from: '+4930123',
      to: '100',
      fromDisplayName: 'Anna "A" Lee',
      fromUri: 'sip:+4930123@example.com;user=phone',
      toUri: rig.target,
      pAssertedIdentity: '<sip:+4930999@example.com>',
      diversion: '<sip:200@example.com>;reason=no-answer',
    });
    edge.reject(486, 'Busy Here');
  });
});

describe('an INVITE that can not be answered', () => {
  it.each([
    ['without Contact', 400, { headers: { Contact: '' } }],
    ['with a Contact that is no SIP URI', 400, { headers: { Contact: '<mailto:me@example.com>' } }],
    ['with garbage for SDP', 400, { sdp: 'garbage' }],
    ['without common codec', 488, { sdp: sdp('m=audio 4000 RTP/AVP 18') }],
    ['with SRTP only', 488, { sdp: sdp('m=audio 4000 RTP/SAVP 0') }],
    ['with a body that is no SDP', 415, { sdp: '<x/>', headers: { 'Content-Type': 'application/xml' } }],
    ['that must replace another call', 420, { headers: { Require: 'replaces', Replaces: 'x;to-tag=1;from-tag=2' } }],
  ])('%s is refused with %i and reaches nobody', async (_what, status, options) => {
    let arrived = 0;
    await open({ onArrival: () => arrived++ });
    expect((await refusal(rig.phone.call(rig.target, options))).status).toBe(status);
    expect(arrived).toBe(0);
  });

  it('for want of a decision is refused with 480', async () => {
    await open({ ignoreCalls: true });
    expect((await refusal(rig.phone.call(rig.target))).status).toBe(480);
  });

  it('is refused as the house decides, and then ends locally', async () => {
    await open();
    const calling = refusal(rig.phone.call(rig.target));
    const { edge, diary } = await rig.arrival();
    edge.reject(503, 'Too Many Calls', { 'Retry-After': '10' });
    const { status, response } = await calling;
    expect([status, header(response, 'Retry-After')]).toEqual([503, '10']);
    await expect(edge.answer(mediaPoint)).rejects.toMatchObject({ code: 'call-gone' });
    expect(diary.ends).toEqual([{ kind: 'local' }]);
  });
});

describe('a call that is not to be', () => {
  it('ends as cancelled when the caller gives up while it rings', async () => {
    await open();
    const dialling = await rig.phone.dial(rig.target);
    const { edge, diary } = await rig.arrival();
    edge.ring();
    expect(statusOf(await dialling.cancel())).toBe(200);
    expect(statusOf(await dialling.final)).toBe(487);
    expect(await diary.end()).toEqual({ kind: 'remote', cancelled: true });
    await expect(edge.answer(mediaPoint)).rejects.toMatchObject({ code: 'call-gone' });
    expect(diary.ends).toHaveLength(1);
  });

  it('fails with 408 when the ACK never comes', async () => {
    await open({ t1Ms: 20 });
    await rig.phone.dial(rig.target, { ack: false });
    const { edge, diary } = await rig.arrival();
    await expect(edge.answer(mediaPoint)).rejects.toMatchObject({ code: 'call-gone' });
    expect(await diary.end()).toMatchObject({ kind: 'failed', status: 408 });
  });

  it('is not ended by BYE before the ACK when we hang up right after the 200', async () => {
    await open({ t1Ms: 100 });
    const dialling = await rig.phone.dial(rig.target, { ack: false });
    const { edge, diary } = await rig.arrival();
    const answering = edge.answer(mediaPoint).catch((failure: unknown) => failure);
    const call = await dialling.answered;
    await edge.hangup();
    expect(await answering).toMatchObject({ code: 'call-gone' });
    expect(diary.ends).toEqual([{ kind: 'local' }]);
    expect(call.requests).toEqual([]);
    call.acknowledge();
    await call.ended;
  });
});

describe('an INVITE without offer', () => {
  it('gets our offer in the 200, and its answer in the ACK is agreed', async () => {
    await open();
    const calling = rig.phone.call(rig.target, { sdp: null });
    const { edge } = await rig.arrival();
    expect(edge.offered).toBeUndefined();
    const media = await edge.answer(mediaPoint);
    const call = await calling;
    expect(call.remoteSdp).toContain('m=audio 40000 RTP/AVP 0 8 9 101');
    expect(media).toMatchObject({ codec: 'PCMU', remotePort: call.rtp.port });
    await edge.hangup();
    await call.ended;
  });
});

function sdp(media: string): string {
  return `v=0\r\no=- 1 1 IN IP4 127.0.0.1\r\ns=-\r\nc=IN IP4 127.0.0.1\r\nt=0 0\r\n${media}\r\n`;
}
