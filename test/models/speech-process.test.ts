import { fork } from 'node:child_process';
import { connect, type Socket } from 'node:net';
import { join } from 'node:path';
import { setTimeout as sleep } from 'node:timers/promises';
import { afterEach, beforeAll, beforeEach, describe, expect, test, vi } from 'vitest';
import { silentLogger } from '../../server/log/logger.ts';
import type { AudioSink } from '../../server/media/frame.ts';
import { encodeStreamFrame } from '../../server/media/frame-channel.ts';
import { SpeechClient, type SpeechState } from '../../server/providers/host/speech-client.ts';
import type { SttPartial } from '../../server/providers/kinds/stt.ts';
import { starterSpeech } from '../../server/providers/registry.ts';
import { joined, loadSpeaker, type Speaker, silence } from '../fixtures/spoken.ts';

const never = new AbortController().signal;

describe('the speech process', () => {
  let speaker: Speaker;
  let client: SpeechClient;
  let states: SpeechState[];

  beforeAll(async () => {
    speaker = await loadSpeaker();
  });

  beforeEach(async () => {
    states = [];
    client = new SpeechClient({
      settings: starterSpeech,
      logger: silentLogger,
      onState: (state) => states.push(state),
    });
    await client.start();
  });

  afterEach(() => client.stop());

  async function say(text: string, signal = never): Promise<number> {
    let length = 0;
    for await (const { samples } of client.synthesize({ text, sampleRate: 8_000 }, signal)) length += samples.length;
    return length;
  }

  /** Sends audio as the media process does, as fast as it goes. */
  async function send(sink: AudioSink, samples: Int16Array): Promise<Socket> {
    if (sink.kind !== 'channel') throw new Error('expected a channel');
    const socket = connect(sink.path);
    for (let at = 0; at < samples.length; at += 160) {
      socket.write(
        encodeStreamFrame(sink.streamId, { samples: samples.slice(at, at + 160), sampleRate: 8_000, position: at }),
      );
    }
    return socket;
  }

  test('hears over its socket and speaks over its channel', async () => {
    expect([client.sttName, client.ttsName]).toEqual(['starter-stt-en', 'flite-slt']);
    const partials: SttPartial[] = [];
    const recognition = await client.openRecognition('call-1', {
      partial: (partial) => partials.push(partial),
      restarted: () => {},
    });
    const audio = joined(silence(300), speaker.say('i need to cancel my booking for friday'));
    const socket = await send(recognition.sink, audio);
    await vi.waitFor(() => expect(partials.at(-1)?.heardUntilMs).toBeGreaterThan(audio.length / 8 - 350), 5_000);
    expect(await recognition.endTurn()).toBe('i need to cancel my booking for friday');
    expect(await say('Hello.')).toBeGreaterThan(4_000);
    expect(await client.stats()).toMatchObject({ openStreams: 1, droppedFrames: 0, pid: client.pid });
    recognition.close();
    socket.destroy();
    await vi.waitFor(async () => expect((await client.stats()).openStreams).toBe(0), 5_000);
  });

  test('a sentence heard before comes at once', async () => {
    await say('Hello, how can I help you today?');
    const beganMs = performance.now();
    await say('Hello, how can I help you today?');
    expect(performance.now() - beganMs).toBeLessThan(50);
  });

  test('an abort ends the wait at once', async () => {
    const controller = new AbortController();
    const saying = say('You will never hear this sentence. '.repeat(20), controller.signal);
    await sleep(5);
    const beganMs = performance.now();
    controller.abort(new Error('barge-in'));
    await expect(saying).rejects.toThrow('barge-in');
    expect(performance.now() - beganMs).toBeLessThan(50);
  });

  test('what is no audio ends that connection and nothing else', async () => {
    const recognition = await client.openRecognition('call-1', { partial: () => {}, restarted: () => {} });
    if (recognition.sink.kind !== 'channel') throw new Error('expected a channel');
    const intruder = connect(recognition.sink.path);
    intruder.write(Buffer.alloc(200, 0xff));
    await new Promise((resolve) => intruder.once('close', resolve));
    expect(await say('Still here.')).toBeGreaterThan(4_000);
    expect(client.restarts).toBe(0);
  });

  test('comes back within two seconds of its death, with its calls', async () => {
    const moved = Promise.withResolvers<AudioSink>();
    const recognition = await client.openRecognition('call-1', {
      partial: () => {},
      restarted: (sink) => moved.resolve(sink),
    });
    const before = recognition.sink;
    const inFlight = say('This sentence is lost in the middle. '.repeat(20));
    await sleep(20);
    const diedMs = performance.now();
    process.kill(client.pid as number, 'SIGKILL');
    await expect(inFlight).rejects.toMatchObject({ code: 'speech-lost' });
    await expect(recognition.endTurn()).rejects.toMatchObject({ code: 'speech-lost' });
    expect(await say('Sorry about that.')).toBeGreaterThan(4_000);
    const sink = await moved.promise;
    expect(performance.now() - diedMs).toBeLessThan(2_000);
    expect(sink).not.toEqual(before);
    expect(recognition.sink).toEqual(sink);
    const audio = joined(silence(300), speaker.say('yes please'));
    const socket = await send(sink, joined(audio, silence(300)));
    await sleep(300);
    expect(await recognition.endTurn()).toBe('yes please');
    socket.destroy();
    expect(states).toEqual(['ready', 'lost', 'ready']);
  });

  test('three deaths in a row are reported as a failing state, and it recovers from that, too', async () => {
    for (let death = 1; death <= 3; death++) {
      await vi.waitFor(() => expect(client.state).toBe('ready'), 5_000);
      process.kill(client.pid as number, 'SIGKILL');
      await vi.waitFor(() => expect(client.state).not.toBe('ready'), 5_000);
    }
    expect(client.state).toBe('failing');
    await expect(say('Hello.')).rejects.toMatchObject({ code: 'speech-unavailable' });
    await vi.waitFor(() => expect(client.state).toBe('ready'), 5_000);
    expect(await say('Hello.')).toBeGreaterThan(4_000);
  });

  test('is gone soon after its parent', async () => {
    const parent = fork(join(import.meta.dirname, 'speech-parent.ts'), { stdio: 'inherit' });
    const speechPid = await new Promise<number>((resolve) => parent.once('message', (pid) => resolve(pid as number)));
    parent.kill('SIGKILL');
    await vi.waitFor(() => expect(() => process.kill(speechPid, 0)).toThrow(), 3_000);
  });
});
