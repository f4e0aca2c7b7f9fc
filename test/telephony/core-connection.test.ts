import { afterEach, describe, expect, it } from 'vitest';
import { silentLogger } from '../../server/log/logger.ts';
import { connectTelephony } from '../../server/telephony/telephony-service.ts';
import { freePort } from '../support/baresip.ts';
import { header, statusOf } from '../support/sip-wire.ts';
import { mediaPoint, Rig } from './telephony-rig.ts';

let rig: Rig;
afterEach(() => rig.close());

function telephonyAt(port: number, secret: string) {
  const core = { host: '127.0.0.1', port, secret };
  return connectTelephony({ core, peers: [], codecs: ['PCMU'], log: silentLogger }, () => undefined);
}

describe('the connection to the SIP core', () => {
  it('comes back by itself when only the connection broke', async () => {
    rig = await Rig.open();
    const { diary } = await rig.connectedCall();
    const back = new Promise<void>((resolve) => {
      rig.service.onReadiness((ready) => ready && resolve());
    });
    rig.unplugCable();
    expect(await diary.end()).toEqual({ kind: 'core-lost' });
    await back;
    const { edge, call } = await rig.connectedCall();
    await edge.hangup();
    await call.ended;
    expect(diary.ends).toHaveLength(1);
  });

  it('is refused with the wrong secret, and where nobody listens', async () => {
    rig = await Rig.open();
    await expect(telephonyAt(rig.core.controlPort, 'wrong')).rejects.toMatchObject({ code: 'no-sip-core' });
    await expect(telephonyAt(await freePort(), 'rig')).rejects.toMatchObject({ code: 'no-sip-core' });
  });

  it('dials nothing while there is none, and says so', async () => {
    rig = await Rig.open();
    const lost = new Promise<void>((resolve) => {
      rig.service.onReadiness((ready) => !ready && resolve());
    });
    rig.cutCable();
    await lost;
    const { result, diary } = rig.dial(rig.phone.uri);
    await expect(result).rejects.toMatchObject({ details: { status: 503 } });
    expect(diary.ends).toMatchObject([{ kind: 'failed', status: 503 }]);
  });
});

describe('a caller that wants reliable provisional responses', () => {
  it('gets its 180 reliably, and the call goes on after the PRACK', async () => {
    rig = await Rig.open();
    const dialling = await rig.phone.dial(rig.target, { headers: { Require: '100rel' } });
    const { edge } = await rig.arrival();
    edge.ring();
    const ringing = await rig.phone.message((message) => statusOf(message) === 180);
    expect([header(ringing, 'Require'), header(ringing, 'RSeq')]).toEqual(['100rel', expect.stringMatching(/^\d+$/)]);
    const prack = await rig.phone.send('PRACK', rig.target, {
      'Call-ID': dialling.callId,
      From: header(ringing, 'From'),
      To: header(ringing, 'To'),
      CSeq: '2 PRACK',
      RAck: `${header(ringing, 'RSeq')} 1 INVITE`,
    });
    expect(statusOf(prack)).toBe(200);
    await edge.answer(mediaPoint);
    const call = await dialling.answered;
    await edge.hangup();
    await call.ended;
  });
});
