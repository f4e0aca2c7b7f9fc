import { mkdtempSync, rmSync, writeFileSync } from 'node:fs';
import { tmpdir } from 'node:os';
import { join } from 'node:path';
import { setTimeout as wait } from 'node:timers/promises';
import { afterAll, beforeAll, describe, expect, test } from 'vitest';
import { z } from 'zod';
import { writeWav } from '../../server/media/record/wav.ts';
import { Baresip, hasBaresip } from '../support/baresip.ts';
import { RunningAppliance, until } from '../support/running-appliance.ts';
import { SipPhone } from '../support/sip-phone.ts';
import { join as joinAudio, TestVoice } from '../support/test-voice.ts';

const lineRate = 8_000;
const callSchema = z.object({
  id: z.string(),
  from_number: z.string(),
  status: z.string(),
  end_reason: z.string().nullable(),
});
const detailSchema = callSchema.extend({
  transcript: z.array(z.object({ role: z.string(), message: z.string() })),
});

if (!hasBaresip()) console.warn('baresip is not installed (Debian: baresip-core): its tests are skipped.');

describe.skipIf(!hasBaresip()).each(['udp', 'tcp'] as const)('a baresip phone over %s', (transport) => {
  let appliance: RunningAppliance;
  let folder: string;
  let speech: string;
  let silence: string;
  let transferRequest: string;

  beforeAll(async () => {
    folder = mkdtempSync(join(tmpdir(), 'landline-phone-'));
    appliance = await RunningAppliance.start();
    const voice = await TestVoice.load();
    const question = await voice.say('What are your opening hours?');
    const transferWords = await voice.say('please transfer me to the manager');
    await voice.close();
    const quiet = (seconds: number) => new Int16Array(seconds * lineRate);
    const save = (name: string, samples: Int16Array) => {
      const path = join(folder, name);
      writeFileSync(path, writeWav({ sampleRate: lineRate, channels: [samples] }));
      return path;
    };
    speech = save('question.wav', joinAudio([quiet(12), question, quiet(60)]));
    silence = save('silence.wav', quiet(90));
    transferRequest = save('transfer.wav', joinAudio([quiet(3), transferWords, quiet(60)]));
  });
  afterAll(async () => {
    await appliance.stop();
    rmSync(folder, { recursive: true, force: true });
  });

  const uri = () => `${appliance.uri};transport=${transport}`;

  async function latestCall() {
    const calls = z.array(callSchema).parse((await appliance.get('/api/v1/calls?limit=1')).data);
    return detailSchema.parse((await appliance.get(`/api/v1/calls/${calls[0]?.id}`)).data);
  }

  async function withPhone(speak: string, to: string, talk: (phone: Baresip) => Promise<void>): Promise<void> {
    const phone = await Baresip.start({ transport, speak });
    try {
      phone.command('dial', to);
      await phone.event('CALL_ESTABLISHED');
      await talk(phone);
    } finally {
      await phone.stop();
    }
  }

  test('is answered, asks, is answered, and hangs up', async () => {
    await withPhone(speech, uri(), async (phone) => {
      await until(
        'the question is answered',
        async () => (await latestCall()).transcript.some(({ message }) => message.includes('nine to five')),
        40_000,
      );
      phone.command('hangup');
      await until('the call is written down', async () => (await latestCall()).status === 'completed', 5_000);
      expect((await latestCall()).end_reason).toBe('caller-hangup');
    });
  });

  test('puts the agent on hold and takes it back', async () => {
    await withPhone(silence, uri(), async (phone) => {
      await wait(1_000);
      phone.command('hold');
      await wait(1_500);
      phone.command('resume');
      await wait(500);
      const resumedAtMs = performance.now();
      await until('the agent speaks on', async () => (await latestCall()).transcript.length > 0, 30_000);
      expect(performance.now() - resumedAtMs).toBeLessThan(30_000);
      expect((await latestCall()).status).toBe('in_progress');
      phone.command('hangup');
      await until('the call is written down', async () => (await latestCall()).status === 'completed', 5_000);
    });
  });

  test('sends digits, which reach the agent', async () => {
    await withPhone(silence, uri(), async (phone) => {
      await wait(11_000);
      for (const digit of '42#') {
        phone.command('sndcode', digit);
        await wait(250);
        phone.command('sndcode', '\u0004');
        await wait(150);
      }
      await until(
        'the agent answers the digits',
        async () => (await latestCall()).transcript.some(({ message }) => /4\D*2/.test(message)),
        15_000,
      );
      phone.command('hangup');
    });
  });

  describe('that asks for the manager', () => {
    const untilOver = (reason: string) =>
      until(`the call ends as ${reason}`, async () => (await latestCall()).end_reason === reason, 10_000);

    test('is transferred to a phone that answers', async () => {
      const manager = await SipPhone.open();
      const answered = manager.incoming().then((ringing) => ringing.answer());
      await withPhone(transferRequest, await agentFor(manager), async () => {
        await answered;
        await untilOver('transferred');
      });
      await manager.close();
    });

    test('comes back to the agent when the manager refuses', async () => {
      const manager = await SipPhone.open();
      const refused = manager.incoming().then((ringing) => ringing.respond(486, 'Busy Here'));
      await withPhone(transferRequest, await agentFor(manager), async (phone) => {
        await refused;
        await until(
          'the agent says so',
          async () => (await latestCall()).transcript.at(-1)?.message.includes('manager') === true,
          15_000,
        );
        expect((await latestCall()).status).toBe('in_progress');
        phone.command('hangup');
        await untilOver('caller-hangup');
      });
      await manager.close();
    });

    async function agentFor(manager: SipPhone): Promise<string> {
      const { body } = await appliance.request('POST', '/api/v1/agents', {
        name: 'Desk',
        system_prompt: 'You are a receptionist.',
        starting_message: 'Hello.',
        landline: { transfer_targets: [{ name: 'the manager', target: manager.uri }], recording_announcement: '' },
      });
      const { id } = z.object({ data: z.object({ id: z.string() }) }).parse(body).data;
      return `sip:${id}@127.0.0.1:${appliance.sipPort};transport=${transport}`;
    }
  });

  test('is hung up on when the call is ended by the API', async () => {
    await withPhone(silence, uri(), async (phone) => {
      const { id } = await latestCall();
      await appliance.request('POST', `/api/v1/calls/${id}/end`, {});
      await phone.event('CALL_CLOSED', 5_000);
      expect((await latestCall()).end_reason).toBe('api-end');
    });
  });
});
