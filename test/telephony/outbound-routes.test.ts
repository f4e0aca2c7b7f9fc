import { createSocket } from 'node:dgram';
import { once } from 'node:events';
import { describe, expect, it } from 'vitest';
import { failureOf, openDialling, peerAt } from './dialling.ts';

const { anotherPhone, open } = openDialling();

describe('a redirect', () => {
  it('is followed once', async () => {
    const rig = await open();
    const other = await anotherPhone();
    const { result } = rig.dial(rig.phone.uri);
    (await rig.phone.incoming()).respond(302, 'Moved Temporarily', { Contact: `<${other.uri}>` });
    const second = await other.incoming();
    second.respond(302, 'Moved Temporarily', { Contact: `<${rig.phone.uri}>` });
    expect(await failureOf(result)).toMatchObject({ details: { status: 302 } });
  });

  it('away from this machine and the peers is not followed', async () => {
    const rig = await open();
    const { result } = rig.dial(rig.phone.uri);
    (await rig.phone.incoming()).respond(302, 'Moved Temporarily', { Contact: '<sip:900@premium.example.com>' });
    expect(await failureOf(result)).toMatchObject({ details: { status: 302 } });
  });
});

describe('several peers', () => {
  it('are tried in turn when one is out of service, and that one last for a while', async () => {
    const good = await anotherPhone();
    const rig = await open({ peers: (phone) => [peerAt(phone.port), peerAt(good.port)] });
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
    const rig = await open({ peers: (phone) => [peerAt(phone.port), peerAt(other.port)] });
    const { result } = rig.dial('+4930123456');
    (await rig.phone.incoming()).respond(486, 'Busy Here');
    expect(await failureOf(result)).toMatchObject({ details: { status: 486 } });
    expect(other.received).toEqual([]);
  });

  it('are tried in turn when one says nothing at all', async () => {
    const silent = createSocket('udp4');
    silent.bind(0, '127.0.0.1');
    await once(silent, 'listening');
    const rig = await open({
      silentPeerMs: 200,
      peers: (phone) => [peerAt(silent.address().port), peerAt(phone.port)],
    });
    const { result, diary } = rig.dial('+4930123456');
    const [call, { edge }] = await Promise.all([rig.phone.incoming().then((incoming) => incoming.answer()), result]);
    await edge.hangup();
    await call.ended;
    expect(diary.ends).toHaveLength(1);
    silent.close();
  });
});
