import { mkdtempSync, rmSync, writeFileSync } from 'node:fs';
import { tmpdir } from 'node:os';
import { join } from 'node:path';
import { afterEach, describe, expect, it } from 'vitest';
import { Baresip, hasBaresip } from '../support/baresip.ts';
import { type Arrival, mediaPoint, Rig } from './telephony-rig.ts';

let rig: Rig;
let phone: Baresip;
let folder = '';

/** A second of silence as WAV: 8 kHz, 16 bit, mono. */
function silenceFile(): string {
  const head = Buffer.alloc(44);
  head.write('RIFF', 0);
  head.writeUInt32LE(36 + 16_000, 4);
  head.write('WAVEfmt ', 8);
  for (const [at, value] of [
    [16, 16],
    [28, 16_000],
  ] as const)
    head.writeUInt32LE(value, at);
  for (const [at, value] of [
    [20, 1],
    [22, 1],
    [32, 2],
    [34, 16],
  ] as const)
    head.writeUInt16LE(value, at);
  head.writeUInt32LE(8_000, 24);
  head.write('data', 36);
  head.writeUInt32LE(16_000, 40);
  const path = join(folder, 'silence.wav');
  writeFileSync(path, Buffer.concat([head, Buffer.alloc(16_000)]));
  return path;
}

async function connected(transport: 'udp' | 'tcp'): Promise<Arrival> {
  folder = mkdtempSync(join(tmpdir(), 'landline-silence-'));
  rig = await Rig.open({ transport });
  phone = await Baresip.start({ transport, speak: silenceFile() });
  phone.command('dial', rig.target);
  const arrival = await rig.arrival();
  arrival.edge.ring();
  await arrival.edge.answer(mediaPoint);
  await phone.event('CALL_ESTABLISHED');
  return arrival;
}

afterEach(async () => {
  await phone.stop();
  await rig.close();
  rmSync(folder, { recursive: true, force: true });
});

describe.skipIf(!hasBaresip()).each(['udp', 'tcp'] as const)(
  'baresip over %s (skipped where it is not installed)',
  (transport) => {
    it('calls, holds, resumes, and hangs up', async () => {
      const { diary, edge } = await connected(transport);
      expect(edge.identity.from).toBe('baresip');
      phone.command('hold');
      await diary.until(() => diary.media.at(-1)?.held === true);
      phone.command('resume');
      await diary.until(() => diary.media.at(-1)?.held === false);
      phone.command('hangup');
      expect(await diary.end()).toEqual({ kind: 'remote', cancelled: false });
    });

    it('is called, and hung up on', async () => {
      await connected(transport);
      const suffix = transport === 'tcp' ? ';transport=tcp' : '';
      const { result, diary } = rig.dial(`sip:baresip@127.0.0.1:${phone.sipPort}${suffix}`);
      const { edge, media } = await result;
      expect(media).toMatchObject({ direction: 'sendrecv', telephoneEventPayloadType: 101 });
      await edge.hangup();
      await phone.event('CALL_CLOSED');
      expect(diary.ends).toEqual([{ kind: 'local' }]);
    });
  },
);
