import { LandlineError, messageOf } from '../contract/errors.ts';
import type { LocalMediaPoint, NegotiatedMedia } from '../contract/media-session.ts';
import type { Clock } from '../lifetime/clock.ts';
import { codecTraits } from './codec/codec.ts';
import type { AudioSink, Frame } from './frame.ts';
import type { LegContinuation } from './leg.ts';
import { newTally } from './leg-tally.ts';
import type {
  FlushReport,
  LegEvent,
  LegListener,
  LegOptions,
  LegSummary,
  MediaLeg,
  PlaybackChunk,
} from './media-engine.ts';
import type { LegCommand, LegRequest, RemoteSink } from './process-messages.ts';
import type { RecordingPlace } from './record/recorder.ts';
import type { RequestBook } from './request-book.ts';
import { SpeechLedger } from './speech-ledger.ts';

export interface RemoteLegParts {
  readonly legId: number;
  readonly options: LegOptions;
  readonly local: LocalMediaPoint;
  readonly listener: LegListener;
  readonly clock: Clock;
  readonly requests: RequestBook;
  /** Sends to the process that runs now, if one does. */
  readonly command: (command: LegCommand) => void;
  readonly onClosed: () => void;
}

interface Postponed {
  readonly request: LegRequest;
  readonly resolve: (value: unknown) => void;
  readonly reject: (error: LandlineError) => void;
}

/** A port of the lost process may take a moment to become free. */
const restoreTries = 5;
const restorePauseMs = 200;

/** A leg in the media process, with all that it takes to bring it back in another one. */
export class RemoteLeg implements MediaLeg {
  readonly local: LocalMediaPoint;
  readonly #parts: RemoteLegParts;
  readonly #speeches = new SpeechLedger();
  #state: 'running' | 'restoring' | 'gone' = 'running';
  #postponed: Postponed[] = [];
  #media: NegotiatedMedia | undefined;
  #sink: AudioSink | undefined;
  #allowsBargeIn = true;
  #standing: LegContinuation;
  #recording: RecordingPlace | undefined;
  #closing: Promise<LegSummary> | undefined;
  /** Rises with every lost process: an attempt to restore that belongs to an older one stops. */
  #generation = 0;

  constructor(parts: RemoteLegParts) {
    this.#parts = parts;
    this.local = parts.local;
    this.#standing = { port: parts.local.port, beganAtMs: undefined, stream: undefined };
  }

  get sampleRate(): number {
    return codecTraits[this.#media?.codec ?? 'PCMU'].sampleRate;
  }

  connect(media: NegotiatedMedia): void {
    this.#media = media;
    this.#command({ kind: 'connect', media });
  }

  listen(sink: AudioSink | undefined): void {
    this.#sink = sink;
    this.#command({ kind: 'listen', sink: remoteSink(sink) });
  }

  async play(chunk: PlaybackChunk): Promise<void> {
    if (this.#state === 'gone' || this.#closing || this.#speeches.isLost(chunk.speechId)) return;
    this.#speeches.queued(chunk);
    await this.#ask({ kind: 'play', chunk });
  }

  pause(): void {
    this.#command({ kind: 'pause' });
  }

  resume(): void {
    this.#command({ kind: 'resume' });
  }

  async flush(): Promise<FlushReport> {
    if (this.#state === 'gone') return { speeches: [] };
    const report = (await this.#ask({ kind: 'flush' })) as FlushReport;
    for (const { speechId } of report.speeches) this.#speeches.finished(speechId);
    return report;
  }

  allowBargeIn(allowed: boolean): void {
    this.#allowsBargeIn = allowed;
    this.#command({ kind: 'allow-barge-in', allowed });
  }

  async sendDtmf(digits: string): Promise<void> {
    await this.#ask({ kind: 'send-dtmf', digits });
  }

  async startRecording(path: string): Promise<void> {
    await this.#ask({ kind: 'start-recording', path });
  }

  close(): Promise<LegSummary> {
    this.#closing ??= this.#ask({ kind: 'close' })
      .then((summary) => summary as LegSummary)
      .finally(() => {
        this.#state = 'gone';
        this.#parts.onClosed();
      });
    return this.#closing;
  }

  event(event: LegEvent): void {
    if (event.kind === 'playback-started') this.#speeches.started(event.speechId, event.atMs);
    if (event.kind === 'playback-finished') this.#speeches.finished(event.speechId);
    if (event.kind === 'recording-failed') this.#recording = undefined;
    if (!this.#closing) this.#parts.listener.event(event);
  }

  frame(frame: Frame): void {
    if (this.#sink?.kind === 'function') this.#sink.push(frame);
  }

  stands(continuation: LegContinuation): void {
    this.#standing = continuation;
  }

  records(place: RecordingPlace): void {
    this.#recording = place;
  }

  /** The process is gone: nothing it was asked will be answered. */
  processLost(): void {
    if (this.#state === 'gone') return;
    this.#state = 'restoring';
    this.#generation++;
    const { legId, requests, clock } = this.#parts;
    requests.dropRestores(legId, new LandlineError('media-restarted', 'The media process died again.'));
    requests.settleLeg(legId, (request, entry) => this.#settleLost(request, entry, clock.now()));
  }

  /** A new process runs: opens the same port there and goes on. */
  restore(): void {
    if (this.#state === 'restoring') void this.#restore(this.#generation);
  }

  giveUp(message: string): void {
    if (this.#state === 'gone') return;
    this.#state = 'gone';
    for (const postponed of this.#postponed) this.#settleGone(postponed);
    this.#postponed = [];
    if (!this.#closing) this.#parts.listener.event({ kind: 'leg-lost', message });
    this.#parts.onClosed();
  }

  /** The process was ended on purpose: nobody has to wait any more. */
  stopped(): void {
    this.#state = 'gone';
    const { legId, requests } = this.#parts;
    requests.settleLeg(legId, (request, entry) => this.#settleGone({ request, ...entry }));
    for (const postponed of this.#postponed.splice(0)) this.#settleGone(postponed);
  }

  async #restore(generation: number): Promise<void> {
    const { legId, options, requests, clock } = this.#parts;
    for (let tries = 1; ; tries++) {
      try {
        await requests.ask({ kind: 'open', legId, options, continuation: this.#standing });
        if (generation === this.#generation) this.#restored();
        return;
      } catch (error) {
        if (generation !== this.#generation) return;
        if (tries >= restoreTries) {
          this.giveUp(messageOf(error));
          return;
        }
        await new Promise<void>((resolve) => void clock.after(restorePauseMs, resolve));
      }
    }
  }

  #restored(): void {
    this.#state = 'running';
    this.#command({ kind: 'allow-barge-in', allowed: this.#allowsBargeIn });
    if (this.#media) this.#command({ kind: 'connect', media: this.#media });
    if (this.#sink) this.#command({ kind: 'listen', sink: remoteSink(this.#sink) });
    if (this.#recording)
      this.#ask({ kind: 'continue-recording', place: this.#recording }).catch((error: unknown) => {
        this.event({ kind: 'recording-failed', message: messageOf(error) });
      });
    const lostSpeechIds = this.#speeches.loseAll();
    const postponed = this.#postponed;
    this.#postponed = [];
    for (const { request, resolve, reject } of postponed) {
      if (request.kind === 'play' && this.#speeches.isLost(request.chunk.speechId)) resolve(undefined);
      else this.#askNow(request).then(resolve, reject);
    }
    if (!this.#closing) this.#parts.listener.event({ kind: 'leg-restarted', lostSpeechIds });
  }

  #settleLost(request: LegRequest, entry: Omit<Postponed, 'request'>, nowMs: number): void {
    switch (request.kind) {
      case 'play':
        entry.resolve(undefined);
        return;
      case 'flush':
        entry.resolve(this.#speeches.estimate(nowMs));
        return;
      case 'send-dtmf':
        entry.reject(new LandlineError('media-restarted', 'The media process died while digits were being sent.'));
        return;
      case 'start-recording':
      case 'close':
        this.#postponed.push({ request, ...entry });
        return;
      case 'continue-recording':
        entry.resolve(undefined);
    }
  }

  #settleGone({ request, resolve, reject }: Postponed): void {
    switch (request.kind) {
      case 'play':
      case 'continue-recording':
        resolve(undefined);
        return;
      case 'flush':
        resolve({ speeches: [] });
        return;
      case 'close':
        resolve({ counters: newTally(), codec: this.#media?.codec, recording: undefined });
        return;
      case 'send-dtmf':
      case 'start-recording':
        reject(new LandlineError('leg-gone', 'The call has no media any more.'));
    }
  }

  #command(command: LegCommand): void {
    if (this.#state === 'running') this.#parts.command(command);
  }

  #ask(request: LegRequest): Promise<unknown> {
    if (this.#state === 'running') return this.#askNow(request);
    return new Promise((resolve, reject) => {
      const postponed = { request, resolve, reject };
      if (this.#state === 'gone') this.#settleGone(postponed);
      else this.#postponed.push(postponed);
    });
  }

  #askNow(request: LegRequest): Promise<unknown> {
    return this.#parts.requests.ask({ kind: 'leg', legId: this.#parts.legId, request });
  }
}

function remoteSink(sink: AudioSink | undefined): RemoteSink | undefined {
  return sink?.kind === 'function' ? { kind: 'messages', sampleRate: sink.sampleRate } : sink;
}
