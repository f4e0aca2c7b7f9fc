import { describe, expect, it } from 'vitest';
import { failureOf, openDialling } from './dialling.ts';

const { open } = openDialling();

describe('an outgoing call that is not answered', () => {
  it.each([486, 603, 480, 404])('fails with the status of the refusal: %i', async (status) => {
    const rig = await open();
    const { result, diary } = rig.dial(rig.phone.uri);
    (await rig.phone.incoming()).respond(status, 'No');
    expect(await failureOf(result)).toMatchObject({ code: 'call-failed', details: { status } });
    expect(diary.ends).toMatchObject([{ kind: 'failed', status }]);
  });

  it('is cancelled when it has rung long enough, and fails with 408', async () => {
    const rig = await open();
    const { result, diary } = rig.dial(rig.phone.uri, { ringTimeoutMs: 150 });
    const incoming = await rig.phone.incoming();
    incoming.respond(180, 'Ringing');
    await incoming.cancelled;
    expect(await failureOf(result)).toMatchObject({ details: { status: 408 } });
    expect(diary.ends).toMatchObject([{ kind: 'failed', status: 408 }]);
  });

  it('is cancelled when we no longer want it', async () => {
    const rig = await open();
    const { result, diary, abort } = rig.dial(rig.phone.uri);
    const incoming = await rig.phone.incoming();
    incoming.respond(180, 'Ringing');
    abort.abort();
    await incoming.cancelled;
    expect(await failureOf(result)).toMatchObject({ code: 'dial-cancelled' });
    expect(diary.ends).toEqual([{ kind: 'local' }]);
  });

  it('is ended by BYE when its 200 crosses our CANCEL', async () => {
    const rig = await open();
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
    const rig = await open();
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
    const rig = await open();
    const { result, diary } = rig.dial(rig.phone.uri);
    await rig.phone.incoming();
    rig.cutCable();
    expect(await failureOf(result)).toMatchObject({ code: 'sip-core-lost' });
    expect(diary.ends).toEqual([{ kind: 'core-lost' }]);
  });

  it('fails as the media does', async () => {
    const rig = await open();
    const ends: unknown[] = [];
    const listener = { mediaChanged: () => {}, infoDigit: () => {}, ended: (end: unknown) => ends.push(end) };
    const noPort = () => Promise.reject(new Error('no port left'));
    const signal = new AbortController().signal;
    await failureOf(rig.service.dial({ to: rig.phone.uri, ringTimeoutMs: 1_000 }, noPort, listener, signal));
    expect(ends).toMatchObject([{ kind: 'failed', status: 500 }]);
  });
});
