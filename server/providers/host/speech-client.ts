import { mkdtemp, rm } from 'node:fs/promises';
import { tmpdir } from 'node:os';
import { join } from 'node:path';
import { LandlineError } from '../../contract/errors.ts';
import { BoundedQueue } from '../../lifetime/bounded-queue.ts';
import { type Clock, realClock } from '../../lifetime/clock.ts';
import type { MessagePort } from '../../lifetime/message-port.ts';
import { type ChildExit, SupervisedChild } from '../../lifetime/supervised-child.ts';
import type { Logger } from '../../log/logger.ts';
import type { Recognition, RecognitionListener, SpeechHost, SpeechStats } from '../kinds/speech-host.ts';
import type { SynthesisChunk, SynthesisRequest } from '../kinds/tts.ts';
import { Readiness } from '../readiness.ts';
import type { SpeechSettings } from '../registry.ts';
import { PendingRequests } from './pending-requests.ts';
import { probeSpeech } from './probe.ts';
import { fromRefusal, speechLost } from './refusal.ts';
import { RemoteRecognition } from './remote-recognition.ts';
import type { EngineNames, FromSpeech, ToSpeech } from './speech-messages.ts';

/** `failing`: it crashed three times in a row without a healthy stretch between; it is still being restarted. */
export type SpeechState = 'starting' | 'ready' | 'lost' | 'failing' | 'stopped';

export interface SpeechClientOptions {
  readonly settings: SpeechSettings;
  readonly logger: Logger;
  readonly clock?: Clock;
  /** Told of every change. */
  readonly onState?: (state: SpeechState) => void;
}

interface Running {
  readonly port: MessagePort<FromSpeech, ToSpeech>;
  readonly names: EngineNames;
  readonly audioPath: string;
}

/** Loading the largest models takes this long on a slow disk. */
const firstStartLimitMs = 60_000;
/** A restart takes some 0.5 s; whoever asks meanwhile waits this long for it. */
const restartLimitMs = 5_000;
const crashesUntilFailing = 3;
/** Pieces of one text that may wait for their reader; far more than any text has. */
const chunkLimit = 1_000;

/** The speech process as the server sees it: supervised, restarted after a crash, its open recognitions with it. */
export class SpeechClient implements SpeechHost {
  readonly #options: SpeechClientOptions;
  readonly #clock: Clock;
  readonly #running: Readiness<Running>;
  readonly #recognitions = new Map<number, RemoteRecognition>();
  readonly #turns = new PendingRequests<string>();
  readonly #statistics = new PendingRequests<SpeechStats>();
  readonly #syntheses = new Map<number, BoundedQueue<SynthesisChunk>>();
  #child: SupervisedChild<FromSpeech, ToSpeech> | undefined;
  #folder: string | undefined;
  #names: EngineNames | undefined;
  #state: SpeechState = 'starting';
  #loadFailure: LandlineError | undefined;
  #number = 0;

  constructor(options: SpeechClientOptions) {
    this.#options = options;
    this.#clock = options.clock ?? realClock;
    this.#running = new Readiness(this.#clock);
  }

  get sttName(): string {
    return this.#names?.stt ?? 'unknown';
  }

  get ttsName(): string {
    return this.#names?.tts ?? 'unknown';
  }

  get state(): SpeechState {
    return this.#state;
  }

  /** Process id, while one runs. */
  get pid(): number | undefined {
    return this.#child?.pid;
  }

  get restarts(): number {
    return this.#child?.restarts ?? 0;
  }

  /** Tries the models in a throw-away process, then starts the one that serves. Rejects with what is wrong with them. */
  async start(): Promise<void> {
    await probeSpeech(this.#options.settings);
    this.#folder = await mkdtemp(join(tmpdir(), 'landline-'));
    this.#child = new SupervisedChild<FromSpeech, ToSpeech>(
      {
        name: 'speech',
        // Frames live for a decode tick; see the media process for why the young generation is kept small.
        nodeOptions: ['--max-semi-space-size=4'],
        entry: join(import.meta.dirname, 'speech-process.ts'),
        args: [JSON.stringify(this.#options.settings), this.#folder],
        clock: this.#clock,
      },
      {
        up: (port) => port.onMessage((message) => this.#receive(port, message)),
        down: (exit) => this.#lost(exit),
      },
    );
    this.#child.start();
    try {
      await this.#running.wait(firstStartLimitMs, () => this.#unavailable());
    } catch (failure) {
      await this.stop();
      throw this.#loadFailure ?? failure;
    }
  }

  async openRecognition(callId: string, listener: RecognitionListener): Promise<Recognition> {
    const { port } = await this.#whenRunning();
    const streamId = ++this.#number;
    const recognition = new RemoteRecognition(callId, listener, {
      sink: () => this.#sink(streamId),
      endTurn: () => this.#endTurn(streamId),
      close: () => {
        this.#recognitions.delete(streamId);
        this.#running.value?.port.send({ kind: 'close', streamId });
      },
    });
    this.#recognitions.set(streamId, recognition);
    port.send({ kind: 'open', streamId });
    recognition.moveTo(this.#sink(streamId));
    return recognition;
  }

  async *synthesize(request: SynthesisRequest, signal: AbortSignal): AsyncGenerator<SynthesisChunk, void, void> {
    const { port } = await this.#whenRunning(signal);
    const requestId = ++this.#number;
    const queue = new BoundedQueue<SynthesisChunk>(chunkLimit, 'drop-newest');
    const onAbort = () => queue.fail(signal.reason as Error);
    signal.addEventListener('abort', onAbort, { once: true });
    this.#syntheses.set(requestId, queue);
    port.send({ kind: 'synthesize', requestId, request });
    let isComplete = false;
    try {
      for await (const chunk of queue) {
        signal.throwIfAborted();
        yield chunk;
      }
      isComplete = true;
    } finally {
      signal.removeEventListener('abort', onAbort);
      this.#syntheses.delete(requestId);
      if (!isComplete) this.#running.value?.port.send({ kind: 'abort', requestId });
    }
  }

  async stats(): Promise<SpeechStats> {
    const { port } = await this.#whenRunning();
    const requestId = ++this.#number;
    const answer = this.#statistics.add(requestId);
    port.send({ kind: 'stats', requestId });
    return await answer;
  }

  async stop(): Promise<void> {
    this.#setState('stopped');
    const stopped = new LandlineError('speech-stopped', 'Speech has been stopped.');
    this.#running.clear();
    this.#failAll(stopped);
    this.#running.fail(stopped);
    await this.#child?.stop();
    if (this.#folder !== undefined) await rm(this.#folder, { recursive: true, force: true });
  }

  #whenRunning(signal?: AbortSignal): Promise<Running> {
    if (this.#state === 'failing' || this.#state === 'stopped') return Promise.reject(this.#unavailable());
    return this.#running.wait(restartLimitMs, () => this.#unavailable(), signal);
  }

  #unavailable(): LandlineError {
    const why = this.#loadFailure?.message ?? 'It may be short of memory; see the log for its last words.';
    return new LandlineError('speech-unavailable', `The speech process does not run. ${why}`, {}, this.#loadFailure);
  }

  #sink(streamId: number) {
    const running = this.#running.value;
    if (running === undefined) return undefined;
    const sampleRate = running.names.sttSampleRate;
    return { kind: 'channel', path: running.audioPath, streamId, sampleRate } as const;
  }

  async #endTurn(streamId: number): Promise<string> {
    const port = this.#running.value?.port;
    if (port === undefined) throw speechLost();
    const requestId = ++this.#number;
    const answer = this.#turns.add(requestId);
    port.send({ kind: 'end-turn', streamId, requestId });
    return await answer;
  }

  #receive(port: MessagePort<FromSpeech, ToSpeech>, message: FromSpeech): void {
    switch (message.kind) {
      case 'ready':
        return this.#ready({ port, names: message.names, audioPath: message.audioPath });
      case 'failed':
        this.#loadFailure = fromRefusal(message.failure);
        this.#running.fail(this.#loadFailure);
        return;
      case 'partial':
        this.#recognitions.get(message.streamId)?.partial(message.partial);
        return;
      case 'turn':
        this.#turns.resolve(message.requestId, message.text);
        return;
      case 'stats':
        this.#statistics.resolve(message.requestId, message.stats);
        return;
      case 'chunk':
        this.#syntheses.get(message.requestId)?.push({ samples: message.samples, sampleRate: message.sampleRate });
        return;
      case 'spoken':
        this.#syntheses.get(message.requestId)?.close();
        return;
      case 'refused': {
        const failure = fromRefusal(message.failure);
        this.#turns.reject(message.requestId, failure);
        this.#syntheses.get(message.requestId)?.fail(failure);
      }
    }
  }

  #ready(running: Running): void {
    this.#names = running.names;
    this.#loadFailure = undefined;
    this.#running.set(running);
    this.#setState('ready');
    for (const [streamId, recognition] of this.#recognitions) {
      running.port.send({ kind: 'open', streamId });
      recognition.moveTo(this.#sink(streamId));
    }
  }

  #lost(exit: ChildExit): void {
    this.#running.clear();
    this.#failAll(speechLost());
    const isFailing = exit.crashesInARow >= crashesUntilFailing;
    this.#options.logger.error({ exit }, isFailing ? 'The speech process keeps ending' : 'The speech process ended');
    this.#setState(isFailing ? 'failing' : 'lost');
    if (isFailing) this.#running.fail(this.#unavailable());
  }

  #failAll(failure: Error): void {
    this.#turns.rejectAll(failure);
    this.#statistics.rejectAll(failure);
    for (const queue of this.#syntheses.values()) queue.fail(failure);
  }

  #setState(state: SpeechState): void {
    if (this.#state === state || this.#state === 'stopped') return;
    this.#state = state;
    this.#options.onState?.(state);
  }
}
