import { randomInt } from 'node:crypto';
import { LandlineError } from '../contract/errors.ts';
import type { LineCodec, LocalMediaPoint, NegotiatedMedia } from '../contract/media-session.ts';
import type { Clock } from '../lifetime/clock.ts';
import { codecTraits } from './codec/codec.ts';
import { EchoGuard } from './dsp/echo-guard.ts';
import { Resampler } from './dsp/resampler.ts';
import type { VoiceReport } from './dsp/voice-detector.ts';
import type { DspModules } from './dsp/wasm.ts';
import type { AudioSink } from './frame.ts';
import { Inbound } from './inbound.ts';
import { newTally } from './leg-tally.ts';
import type { FlushReport, LegListener, LegSummary, MediaLeg, PlaybackChunk } from './media-engine.ts';
import { mostDigits } from './playout/dtmf-queue.ts';
import { Outbound } from './playout/outbound.ts';
import type { PlayedFrame } from './playout/playout-queue.ts';
import { LegRecording } from './record/leg-recording.ts';
import type { RecordingPlace } from './record/recorder.ts';
import { RtpStream, type RtpStreamState } from './rtp/rtp-stream.ts';
import { areDigits } from './rtp/telephone-event.ts';
import { openSender } from './sink/frame-sender.ts';
import type { SinkChannels } from './sink/sink-channels.ts';
import type { Tick, TickTarget } from './tick.ts';
import type { PortPair } from './transport/port-pool.ts';

export interface LegServices {
  readonly clock: Clock;
  readonly tick: Tick;
  readonly modules: DspModules;
  readonly channels: SinkChannels;
  readonly rtpTimeoutMs: number;
}

/** What a leg needs to go on in a new process as if nothing had happened. */
export interface LegContinuation {
  readonly port: number;
  /** When the leg's audio time began; undefined before the first `connect`. */
  readonly beganAtMs: number | undefined;
  readonly stream: RtpStreamState | undefined;
}

/** One call's media: joins the two halves, the recording and the pause at barge-in. */
export class Leg implements MediaLeg, TickTarget {
  readonly local: LocalMediaPoint;
  readonly #services: LegServices;
  readonly #ports: PortPair;
  readonly #listener: LegListener;
  readonly #onClosed: () => void;
  readonly #tally = newTally();
  readonly #guard = new EchoGuard();
  readonly #stream: RtpStream;
  readonly #inbound: Inbound;
  readonly #outbound: Outbound;
  readonly #recording: LegRecording;
  #media: NegotiatedMedia | undefined;
  #beganAtMs: number | undefined;
  #allowsBargeIn = true;
  #playResampler: Resampler | undefined;
  #closing: Promise<LegSummary> | undefined;

  constructor(
    services: LegServices,
    ports: PortPair,
    listener: LegListener,
    continuation: LegContinuation | undefined,
    onClosed: () => void,
    detectBeeps = false,
  ) {
    this.#services = services;
    this.#ports = ports;
    this.#listener = listener;
    this.#onClosed = onClosed;
    this.local = ports.rtp.local;
    this.#beganAtMs = continuation?.beganAtMs;
    this.#stream = new RtpStream(continuation?.stream ?? randomStart());
    this.#recording = new LegRecording(services.modules, (message) =>
      listener.event({ kind: 'recording-failed', message }),
    );
    this.#inbound = new Inbound(
      { ...services, tally: this.#tally, guard: this.#guard, detectBeeps },
      {
        heard: (frame) => this.#recording.write('caller', frame),
        voice: (report, sampleRate) => this.#voice(report, sampleRate),
        digit: (digit) => listener.event({ kind: 'dtmf', digit, atMs: services.clock.now() }),
        beep: ({ frequencyHz, lastedMs }) => {
          const atMs = services.clock.now();
          const positionMs = atMs - (this.#beganAtMs ?? atMs);
          listener.event({ kind: 'beep', atMs, positionMs, frequencyHz, lastedMs });
        },
        rtpTimeout: (silentMs) => listener.event({ kind: 'rtp-timeout', silentMs }),
        isAgentSpeaking: () => this.#outbound.isSpeaking,
      },
    );
    this.#outbound = new Outbound(this.#stream, this.#tally, (packet) => this.#transmit(packet), {
      played: (frame, dueMs) => this.#played(frame, dueMs),
      sent: (samples, sampleRate, level, dueMs) => {
        this.#guard.sent(level);
        this.#recording.write('agent', { samples, sampleRate, position: this.#positionAt(dueMs, sampleRate) });
      },
    });
  }

  get sampleRate(): number {
    return codecTraits[this.#media?.codec ?? 'PCMU'].sampleRate;
  }

  get continuation(): LegContinuation {
    return { port: this.local.port, beganAtMs: this.#beganAtMs, stream: this.#stream.state(this.#outbound.maySend) };
  }

  get recordingPlace(): RecordingPlace | undefined {
    return this.#recording.place;
  }

  receive(datagram: Buffer, from: { readonly address: string; readonly port: number }): void {
    if (!this.#closing) this.#inbound.receive(datagram, from);
  }

  connect(media: NegotiatedMedia): void {
    if (this.#closing) return;
    const isFirst = this.#media === undefined;
    this.#beganAtMs ??= this.#services.clock.now();
    this.#media = media;
    this.#inbound.connect(media, this.#beganAtMs);
    this.#outbound.connect(media);
    if (isFirst) this.#services.tick.add(this);
  }

  listen(sink: AudioSink | undefined): void {
    if (this.#closing) return;
    this.#inbound.listen(sink && openSender(sink, this.#services.channels));
  }

  play(chunk: PlaybackChunk): Promise<void> {
    if (this.#closing) return Promise.resolve();
    return this.#outbound.play(chunk.speechId, this.#atLineRate(chunk), chunk.last);
  }

  pause(): void {
    this.#outbound.pause();
  }

  resume(): void {
    this.#outbound.resume();
  }

  flush(): Promise<FlushReport> {
    return Promise.resolve(this.#outbound.flush());
  }

  allowBargeIn(allowed: boolean): void {
    this.#allowsBargeIn = allowed;
  }

  sendDtmf(digits: string): Promise<void> {
    if (this.#closing) return Promise.resolve();
    if (!areDigits(digits) || this.#outbound.digitsWaiting + digits.length > mostDigits) {
      const message = `Only 0–9, *, # and A–D can be sent, at most ${mostDigits} at a time.`;
      return Promise.reject(new LandlineError('bad-digits', message, { length: digits.length }));
    }
    return this.#outbound.sendDigits(digits);
  }

  startRecording(path: string): Promise<void> {
    if (this.#closing) return Promise.resolve();
    const position = this.#positionAt(this.#services.clock.now(), this.sampleRate);
    return this.#recording.begin({ path, sampleRate: this.sampleRate, startPosition: position });
  }

  /** Goes on with the recording of a leg that was lost with its process. */
  continueRecording(place: RecordingPlace): Promise<void> {
    return this.#recording.goOn(place);
  }

  close(): Promise<LegSummary> {
    this.#closing ??= this.#close();
    return this.#closing;
  }

  send(dueMs: number): void {
    this.#outbound.send(dueMs);
    const nowMs = this.#services.clock.now();
    this.#inbound.tick(nowMs);
    this.#recording.tick(nowMs - (this.#beganAtMs ?? nowMs));
  }

  prepare(): void {
    this.#outbound.prepare();
  }

  async #close(): Promise<LegSummary> {
    this.#services.tick.remove(this);
    this.#inbound.close();
    this.#outbound.close();
    this.#playResampler?.close();
    this.#playResampler = undefined;
    await this.#ports.close();
    const recording = await this.#recording.close();
    this.#onClosed();
    const codec: LineCodec | undefined = this.#media?.codec;
    return { counters: { ...this.#tally }, codec, recording };
  }

  #transmit(packet: Buffer): void {
    const { target } = this.#inbound;
    if (target) this.#ports.rtp.send(packet, target);
  }

  #voice(report: VoiceReport, sampleRate: number): void {
    const atMs = this.#services.clock.now();
    const toMs = (samples: number) => (samples * 1_000) / sampleRate;
    const positionMs = toMs(report.position);
    switch (report.change) {
      case 'onset': {
        const pausedPlayback = this.#allowsBargeIn && this.#outbound.isSpeaking;
        if (pausedPlayback) this.#outbound.pause();
        this.#listener.event({ kind: 'voice-onset', atMs, positionMs, pausedPlayback });
        return;
      }
      case 'confirmed':
        this.#listener.event({ kind: 'voice-confirmed', atMs, positionMs });
        return;
      case 'stopped': {
        const lastVoicedPositionMs = toMs(report.lastVoiced);
        const lastVoicedAtMs = atMs - toMs(report.heardUntil - report.lastVoiced);
        this.#listener.event({ kind: 'voice-stopped', atMs, positionMs, lastVoicedAtMs, lastVoicedPositionMs });
      }
    }
  }

  #played(frame: PlayedFrame, dueMs: number): void {
    const atMs = this.#services.clock.now();
    const positionMs = dueMs - (this.#beganAtMs ?? dueMs);
    const { speechId } = frame;
    if (frame.isFirst) this.#listener.event({ kind: 'playback-started', speechId, atMs, positionMs });
    if (frame.isLast) this.#listener.event({ kind: 'playback-finished', speechId, atMs, positionMs });
  }

  #positionAt(nowMs: number, sampleRate: number): number {
    return Math.max(0, Math.round(((nowMs - (this.#beganAtMs ?? nowMs)) * sampleRate) / 1_000));
  }

  #atLineRate({ samples, sampleRate, last }: PlaybackChunk): Int16Array {
    if (sampleRate === this.sampleRate) return samples;
    if (this.#playResampler?.inRate !== sampleRate || this.#playResampler.outRate !== this.sampleRate) {
      this.#playResampler?.close();
      this.#playResampler = new Resampler(this.#services.modules, sampleRate, this.sampleRate);
    }
    const converted = this.#playResampler.process(samples);
    if (!last) return converted;
    const tail = this.#playResampler.drain();
    const whole = new Int16Array(converted.length + tail.length);
    whole.set(converted);
    whole.set(tail, converted.length);
    return whole;
  }
}

/** RFC 3550 §5.1: SSRC, first sequence number and first timestamp are random. */
function randomStart(): RtpStreamState {
  const [ssrc, sequence, timestamp] = [randomInt(2 ** 32), randomInt(2 ** 15), randomInt(2 ** 32)];
  return { ssrc, sequence, timestamp, dueMs: undefined, isRunning: false };
}
