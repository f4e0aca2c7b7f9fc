import { afterEach, describe, expect, it } from 'vitest';
import { header, headers, statusOf } from '../support/sip-wire.ts';
import { mediaPoint, Rig } from './telephony-rig.ts';

let rig: Rig;

async function connected() {
  rig = await Rig.open();
  return await rig.connectedCall();
}
afterEach(() => rig.close());

function direction(sdp: string): string | undefined {
  return /^a=(sendrecv|sendonly|recvonly|inactive)/m.exec(sdp)?.[1];
}

function version(sdp: string): number {
  return Number(/^o=\S+ \d+ (\d+)/m.exec(sdp)?.[1]);
}

describe('hold', () => {
  it('by sendonly is answered recvonly, told as held, and taken back by sendrecv', async () => {
    const { call, diary } = await connected();
    const first = version(call.remoteSdp);
    const held = await call.hold();
    expect([statusOf(held), direction(held.body), version(held.body)]).toEqual([200, 'recvonly', first + 1]);
    const resumed = await call.resume();
    expect([direction(resumed.body), version(resumed.body)]).toEqual(['sendrecv', first + 2]);
    expect(diary.media.map(({ media, held }) => [media.direction, held])).toEqual([
      ['recvonly', true],
      ['sendrecv', false],
    ]);
  });

  it.each([
    ['inactive', (sdp: string) => sdp.replace('a=sendrecv', 'a=inactive'), 'inactive'],
    ['c=0.0.0.0', (sdp: string) => sdp.replace(/^c=.*$/m, 'c=IN IP4 0.0.0.0'), 'recvonly'],
  ])('by %s is answered properly and keeps the address', async (_how, change, answered) => {
    const { call, diary, media } = await connected();
    const response = await call.request('INVITE', {}, change(call.sdp()));
    expect(direction(response.body)).toBe(answered);
    expect(diary.media.at(-1)).toMatchObject({
      held: true,
      media: { direction: 'inactive', remoteAddress: '127.0.0.1', remotePort: media.remotePort },
    });
  });

  it('by UPDATE works as by re-INVITE', async () => {
    const { call, diary } = await connected();
    const response = await call.request('UPDATE', {}, call.sdp('sendonly'));
    expect([statusOf(response), direction(response.body)]).toEqual([200, 'recvonly']);
    expect(diary.media).toMatchObject([{ held: true }]);
  });
});

describe('a re-INVITE', () => {
  it('that changes nothing is answered with the same version and told to nobody', async () => {
    const { call, diary } = await connected();
    const before = call.remoteSdp;
    expect((await call.request('INVITE', {}, call.sdp())).body).toBe(before);
    expect(diary.media).toEqual([]);
  });

  it('with another port moves the media', async () => {
    const { call, diary } = await connected();
    await call.request('INVITE', {}, call.sdp().replace(/^m=audio \d+/m, 'm=audio 4242'));
    expect(diary.media).toMatchObject([{ held: false, media: { remotePort: 4_242 } }]);
  });

  it('without offer gets ours, and what the ACK answers counts', async () => {
    const { call, diary } = await connected();
    await call.hold();
    const response = await call.request('INVITE');
    expect([statusOf(response), direction(response.body)]).toEqual([200, 'sendrecv']);
    await diary.until(() => diary.media.length === 2);
    expect(diary.media.at(-1)).toMatchObject({ held: false, media: { direction: 'sendrecv' } });
  });

  it('without common codec is refused with 488 and the call goes on as it was', async () => {
    const { call, diary, edge } = await connected();
    const response = await call.request('INVITE', {}, call.sdp().replace('RTP/AVP 0 101', 'RTP/AVP 18'));
    expect(statusOf(response)).toBe(488);
    expect(statusOf(await call.request('INVITE', {}, 'garbage'))).toBe(400);
    expect(statusOf(await call.request('INVITE', {}, call.sdp()))).toBe(200);
    expect([diary.media, diary.ends]).toEqual([[], []]);
    await edge.hangup();
    await call.ended;
  });
});

describe('a session timer that the caller asks for', () => {
  it('is agreed on in the 200 and in each refresh', async () => {
    rig = await Rig.open();
    const wish = { 'Session-Expires': '1800', Supported: 'timer' };
    const dialling = await rig.phone.dial(rig.target, { headers: wish });
    const { edge } = await rig.arrival();
    await edge.answer(mediaPoint);
    const ok = await dialling.final;
    expect([header(ok, 'Session-Expires'), header(ok, 'Require')]).toEqual(['1800;refresher=uac', 'timer']);
    const call = await dialling.answered;
    const refresh = await call.request('UPDATE', { ...wish, 'Session-Expires': '1800;refresher=uac' });
    expect([statusOf(refresh), header(refresh, 'Session-Expires')]).toEqual([200, '1800;refresher=uac']);
  });

  it('is kept by us where the caller does not know it', async () => {
    rig = await Rig.open();
    const dialling = await rig.phone.dial(rig.target, { headers: { 'Session-Expires': '600' } });
    await (await rig.arrival()).edge.answer(mediaPoint);
    const ok = await dialling.final;
    expect([header(ok, 'Session-Expires'), headers(ok, 'Require')]).toEqual(['600;refresher=uas', []]);
  });
});

describe('requests inside a call', () => {
  it('that hold a digit reach the call', async () => {
    const { call, diary } = await connected();
    expect(statusOf(await call.infoDigit('5'))).toBe(200);
    expect(statusOf(await call.request('INFO', { 'Content-Type': 'application/dtmf' }, '#'))).toBe(200);
    await diary.until(() => diary.digits.length === 2);
    expect(diary.digits).toEqual(['5', '#']);
  });

  it.each([
    ['OPTIONS', 200, {}, ''],
    ['MESSAGE', 405, { 'Content-Type': 'text/plain' }, 'hello'],
    ['REFER', 603, { 'Refer-To': '<sip:elsewhere@example.com>' }, ''],
    ['NOTIFY', 489, { Event: 'message-summary', 'Subscription-State': 'active' }, ''],
    ['NOTIFY', 481, { Event: 'refer', 'Subscription-State': 'active' }, ''],
    ['INFO', 200, {}, ''],
    ['INFO', 415, { 'Content-Type': 'application/media_control+xml' }, '<x/>'],
    ['UPDATE', 200, {}, ''],
  ])('like %s get their answer: %i', async (method, status, extra, body) => {
    const { call } = await connected();
    expect(statusOf(await call.request(method, extra, body))).toBe(status);
  });
});

describe('requests outside of calls', () => {
  it.each([
    ['OPTIONS', 200],
    ['REGISTER', 405],
    ['SUBSCRIBE', 489],
    ['PUBLISH', 489],
    ['MESSAGE', 405],
    ['REFER', 603],
    ['NOTIFY', 481],
    ['INFO', 481],
    ['BYE', 481],
    ['UPDATE', 481],
  ])('like %s get %i', async (method, status) => {
    rig = await Rig.open();
    const response = await rig.phone.send(method, rig.target, { Event: 'presence' });
    expect(statusOf(response)).toBe(status);
  });
});

describe('blind transfer', () => {
  it('is accepted when the news say 200', async () => {
    const { call, edge } = await connected();
    let referTo = '';
    call.onRefer = (refer) => {
      referTo = header(refer, 'Refer-To');
      return { status: 202, news: [100, 180, 200] };
    };
    expect(await edge.transfer('200')).toEqual({ kind: 'accepted' });
    expect(referTo).toBe(`<sip:200@127.0.0.1:${rig.phone.port}>`);
    await edge.hangup();
    await call.ended;
  });

  it.each([
    [{ status: 202, news: [100, 486] }, 486],
    [{ status: 603, news: [] }, 603],
  ])('%o is refused with %i and the call goes on', async (plan, status) => {
    const { call, edge, diary } = await connected();
    call.onRefer = () => plan;
    expect(await edge.transfer('sip:sales@127.0.0.1')).toEqual({ kind: 'refused', status });
    expect(diary.ends).toEqual([]);
    expect(statusOf(await call.infoDigit('1'))).toBe(200);
  });

  it('counts as accepted when the caller hangs up before the news', async () => {
    const { call, edge, diary } = await connected();
    call.onRefer = () => ({ status: 202, news: [100], hangUpAfter: true });
    expect(await edge.transfer('sip:sales@127.0.0.1')).toEqual({ kind: 'accepted' });
    expect(await diary.end()).toEqual({ kind: 'remote', cancelled: false });
  });

  it('is one at a time, and needs a target that can be written', async () => {
    const { call, edge } = await connected();
    call.onRefer = () => ({ status: 202, news: [] });
    expect(await edge.transfer('sip:a b@x')).toEqual({ kind: 'refused', status: 400 });
    const first = edge.transfer('200');
    expect(await edge.transfer('201')).toEqual({ kind: 'refused', status: 491 });
    await edge.hangup();
    expect(await first).toEqual({ kind: 'refused', status: 487 });
    await call.ended;
  });
});

describe('the loss of the SIP core', () => {
  it('ends every call once, and calls come in again over the next core', async () => {
    const { diary } = await connected();
    const ringing = rig.phone.dial(rig.target);
    const second = await rig.arrival();
    await ringing;
    const readiness: boolean[] = [];
    rig.service.onReadiness((ready) => readiness.push(ready));
    rig.cutCable();
    expect(await diary.end()).toEqual({ kind: 'core-lost' });
    expect(await second.diary.end()).toEqual({ kind: 'core-lost' });
    expect(rig.service.canDial('sip:x@127.0.0.1')).toMatchObject({ ok: false });
    await rig.replaceCore();
    expect(readiness).toEqual([false, true]);
    const { call, edge, diary: next } = await rig.connectedCall();
    await edge.hangup();
    await call.ended;
    expect([diary.ends.length, second.diary.ends.length, next.ends.length]).toEqual([1, 1, 1]);
    expect(rig.service.counters().liveCalls).toBe(0);
  });
});
