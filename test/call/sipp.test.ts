import { createSocket, type Socket } from 'node:dgram';
import { once } from 'node:events';
import { afterAll, afterEach, beforeAll, beforeEach, describe, expect, test } from 'vitest';
import { z } from 'zod';
import { createEncoder } from '../../server/media/codec/create-codec.ts';
import { RunningAppliance, until } from '../support/running-appliance.ts';
import { hasSipp, Sipp, type SippOptions } from '../support/sipp.ts';
import { join, TestVoice } from '../support/test-voice.ts';

const lineRate = 8_000;
const callSchema = z.object({
  id: z.string(),
  from_number: z.string(),
  status: z.string(),
  end_reason: z.string().nullable(),
  started_at: z.string(),
  answered_at: z.string().nullable(),
  transcript: z.array(z.object({ role: z.string(), message: z.string() })).optional(),
});
type Call = z.infer<typeof callSchema>;
const withId = z.object({ data: z.object({ id: z.string() }) });
const withCallId = z.object({ data: z.object({ call_id: z.string() }) });

/** Where SIPp says that it takes audio: notes when each packet comes. */
class AudioSink {
  readonly atMs: number[] = [];
  readonly #socket: Socket = createSocket('udp4');

  async open(): Promise<void> {
    this.#socket.on('message', () => void this.atMs.push(performance.now()));
    this.#socket.bind(0, '127.0.0.1');
    await once(this.#socket, 'listening');
  }

  get port(): number {
    return this.#socket.address().port;
  }

  /** Times without a packet that are longer than this, in ms, between the first packet and the last. */
  gaps(longerThanMs: number): number[] {
    return this.atMs.map((at, index) => at - (this.atMs[index - 1] ?? at)).filter((gap) => gap > longerThanMs);
  }

  close(): void {
    this.#socket.close();
  }
}

/** PCMU: quiet while the agent greets, then this, then quiet. */
function afterGreeting(speech: Int16Array): Uint8Array {
  const samples = join([new Int16Array(2 * lineRate), speech, new Int16Array(20 * lineRate)]);
  const payload = new Uint8Array(samples.length);
  createEncoder('PCMU').encode(samples, payload, 0);
  return payload;
}

if (!hasSipp()) console.warn('SIPp is not installed (Debian: sip-tester): its tests are skipped.');

describe.skipIf(!hasSipp())('SIPp', () => {
  let appliance: RunningAppliance;
  let agentId: string;
  let speech: Uint8Array;
  let transferWish: Uint8Array;
  let sink: AudioSink;
  const started: Sipp[] = [];
  let caller: string;
  let callers = 0;

  beforeAll(async () => {
    const voice = await TestVoice.load();
    const question = await voice.say('What are your opening hours?');
    const wish = await voice.say('Please transfer me to the manager.');
    await voice.close();
    speech = afterGreeting(question);
    transferWish = afterGreeting(wish);
    appliance = await RunningAppliance.start();
    const agents = await appliance.get('/api/v1/agents');
    agentId = z
      .array(z.object({ id: z.string() }))
      .min(1)
      .parse(agents.data)[0]?.id as string;
    await appliance.request('PATCH', `/api/v1/agents/${agentId}`, {
      starting_message: 'Hello.',
      landline: {
        recording_announcement: '',
        transfer_targets: [{ name: 'the manager', target: 'sip:manager@127.0.0.1:9' }],
      },
    });
  });
  afterAll(async () => {
    await appliance.stop();
  });
  beforeEach(async () => {
    caller = `sipp-${++callers}`;
    sink = new AudioSink();
    await sink.open();
  });
  afterEach(async () => {
    sink.close();
    for (const sipp of started.splice(0)) await sipp.stop();
  });

  function call(scenario: string, options: Partial<SippOptions> = {}): Promise<Sipp> {
    const keys = { caller, rtp_port: sink.port, ...options.keys };
    return start({ ...options, scenario, target: `127.0.0.1:${appliance.sipPort}`, keys });
  }

  async function start(options: SippOptions): Promise<Sipp> {
    const sipp = await Sipp.start(options);
    started.push(sipp);
    return sipp;
  }

  async function expectAsWritten(sipp: Sipp): Promise<void> {
    const { exitCode, complaints } = await sipp.finished;
    expect({ exitCode, complaints: exitCode === 0 ? '' : complaints }).toEqual({ exitCode: 0, complaints: '' });
  }

  async function callsFrom(user: string): Promise<readonly Call[]> {
    const calls = z.array(callSchema).parse((await appliance.get('/api/v1/calls')).data);
    return calls.filter(({ from_number }) => from_number === user);
  }

  async function record(id?: string): Promise<Call> {
    const wanted = id ?? (await callsFrom(caller))[0]?.id;
    return callSchema.parse((await appliance.get(`/api/v1/calls/${wanted}`)).data);
  }

  async function finishedRecord(id?: string): Promise<Call> {
    const isOver = async () => !['initiated', 'in_progress'].includes((await record(id)).status);
    await until('the call is written down as over', isOver, 5_000);
    return await record(id);
  }

  async function untilSaid(pattern: RegExp): Promise<void> {
    const isSaid = async () => {
      if ((await callsFrom(caller)).length === 0) return false;
      return (await record()).transcript?.some(({ message }) => pattern.test(message)) === true;
    };
    await until(`the transcript has ${pattern}`, isSaid, 20_000).catch(async (late: unknown) => {
      throw new Error(`It says: ${JSON.stringify((await record()).transcript)}`, { cause: late });
    });
  }

  async function endByApi(id?: string): Promise<void> {
    const wanted = id ?? (await record()).id;
    const { status } = await appliance.request('POST', `/api/v1/calls/${wanted}/end`, {});
    expect(status).toBe(200);
  }

  /** The agent cannot prepare its first words while its speech process stands still: the phone rings on, up to 1.5 s. */
  async function whileItRings(talk: () => Promise<void>): Promise<void> {
    const speechPid = appliance.pids().providers as number;
    process.kill(speechPid, 'SIGSTOP');
    try {
      await talk();
    } finally {
      process.kill(speechPid, 'SIGCONT');
    }
  }

  /** Has the agent call a SIPp that waits; returns the id of the call. */
  async function callOut(sipp: Sipp, transport: 'udp' | 'tcp' = 'udp'): Promise<string> {
    const to_number = `sip:somebody@127.0.0.1:${sipp.port}${transport === 'tcp' ? ';transport=tcp' : ''}`;
    const task = await appliance.request('POST', '/api/v1/tasks', { agent_id: agentId, name: 'Call', to_number });
    const { id } = withId.parse(task.body).data;
    const executed = await appliance.request('POST', `/api/v1/tasks/${id}/execute`, {});
    return withCallId.parse(executed.body).data.call_id;
  }

  describe.each(['udp', 'tcp'] as const)('calls over %s', (transport) => {
    test('and asks; it is answered, and hung up on when the call is ended by the API', async () => {
      const sipp = await call('talk', { transport, files: { 'speech.ulaw': speech } });
      await untilSaid(/nine to five/);
      await endByApi();
      await expectAsWritten(sipp);
      expect(await finishedRecord()).toMatchObject({ status: 'completed', end_reason: 'api-end' });
    });

    test('and sends digits by INFO, which reach the agent', async () => {
      const sipp = await call('digits-by-info', { transport });
      await untilSaid(/4\D*2/);
      await endByApi();
      await expectAsWritten(sipp);
    });

    test('and holds and resumes in three ways: silence while it holds, audio after each resume', async () => {
      await expectAsWritten(await call('hold', { transport }));
      expect(sink.gaps(400)).toHaveLength(3);
      expect(await finishedRecord()).toMatchObject({ status: 'completed', end_reason: 'caller-hangup' });
    });

    test('without an offer, and hears the agent after the answer in its ACK', async () => {
      await expectAsWritten(await call('no-offer', { transport }));
      expect(sink.atMs.length).toBeGreaterThan(40);
      expect(await finishedRecord()).toMatchObject({ status: 'completed', end_reason: 'caller-hangup' });
    });

    test('with a codec that the appliance lacks, and is refused with 488', async () => {
      await expectAsWritten(await call('unknown-codec', { transport }));
      expect(await callsFrom(caller)).toEqual([]);
    });

    test('and gives up while it rings: 487, and the call is written down as cancelled', async () => {
      await whileItRings(async () => await expectAsWritten(await call('cancel', { transport })));
      expect(await finishedRecord()).toMatchObject({ status: 'failed', end_reason: 'cancelled', answered_at: null });
    });
  });

  test('repeats its INVITE, which makes one call and the same ringing again', async () => {
    await whileItRings(async () => {
      await expectAsWritten(await call('repeated-invite', { repeats: false }));
    });
    expect(await callsFrom(caller)).toHaveLength(1);
    expect(await finishedRecord()).toMatchObject({ status: 'completed', end_reason: 'caller-hangup' });
  });

  test('gets the 200 again and again until it acknowledges it', async () => {
    await expectAsWritten(await call('lost-ack', { repeats: false }));
    expect(await finishedRecord()).toMatchObject({ status: 'completed', end_reason: 'caller-hangup' });
  });

  test('asks for the manager, is referred there, and is hung up on when it got through', async () => {
    await expectAsWritten(await call('is-transferred', { files: { 'speech.ulaw': transferWish } }));
    expect(await finishedRecord()).toMatchObject({ status: 'completed', end_reason: 'transferred' });
  });

  test('declines to be referred, and stays with the agent', async () => {
    const sipp = await call('refuses-transfer', { transport: 'tcp', files: { 'speech.ulaw': transferWish } });
    await untilSaid(/could not reach the manager/);
    await endByApi();
    await expectAsWritten(sipp);
  });

  test.each(['udp', 'tcp'] as const)(
    'is called over %s, answers, hears the agent, and is hung up on',
    async (transport) => {
      const sipp = await start({ scenario: 'answers', transport, keys: { rtp_port: sink.port } });
      const id = await callOut(sipp, transport);
      await until('the agent is heard', () => sink.atMs.length > 40, 8_000);
      await endByApi(id);
      await expectAsWritten(sipp);
      expect(await finishedRecord(id)).toMatchObject({ status: 'completed', end_reason: 'api-end' });
    },
  );

  test('is called and busy: the call is written down as such', async () => {
    const sipp = await start({ scenario: 'is-busy' });
    const id = await callOut(sipp);
    await expectAsWritten(sipp);
    expect(await finishedRecord(id)).toMatchObject({ status: 'failed', end_reason: 'busy', answered_at: null });
  });

  test('is called, plays early media and answers late: the agent speaks only then', async () => {
    const sipp = await start({ scenario: 'answers-late', keys: { rtp_port: sink.port } });
    const id = await callOut(sipp);
    await until('the agent is heard', () => sink.atMs.length > 40, 12_000);
    const { started_at, answered_at } = await record(id);
    const rangMs = Date.parse(answered_at ?? '') - Date.parse(started_at);
    expect(rangMs).toBeGreaterThan(2_700);
    await endByApi(id);
    await expectAsWritten(sipp);
  });

  test('is called and rings on until the call is ended by the API: CANCEL', async () => {
    const sipp = await start({ scenario: 'never-answers' });
    const id = await callOut(sipp);
    await until('it rings', async () => (await record(id)).status === 'initiated', 3_000);
    await new Promise((resolve) => setTimeout(resolve, 1_000));
    await endByApi(id);
    await expectAsWritten(sipp);
    expect(await finishedRecord(id)).toMatchObject({ status: 'failed', answered_at: null });
  });
});
