import type { NegotiatedMedia } from '../contract/media-session.ts';
import type { Clock } from '../lifetime/clock.ts';
import { DecodeStage } from './codec/decode-stage.ts';
import { DtmfDetector } from './dsp/dtmf-detector.ts';
import type { EchoGuard } from './dsp/echo-guard.ts';
import { Resampler } from './dsp/resampler.ts';
import { ToneDetector, type ToneReport } from './dsp/tone-detector.ts';
import { VoiceDetector, type VoiceReport } from './dsp/voice-detector.ts';
import type { DspModules } from './dsp/wasm.ts';
import type { Frame } from './frame.ts';
import type { LegTally } from './leg-tally.ts';
import type { Endpoint } from './rtp/endpoint.ts';
import { RtpReceiver } from './rtp/rtp-receiver.ts';
import type { FrameSender } from './sink/frame-sender.ts';
import { SinkFeed } from './sink/sink-feed.ts';

export interface InboundServices {
  readonly clock: Clock;
  readonly modules: DspModules;
  readonly tally: LegTally;
  readonly guard: EchoGuard;
  readonly rtpTimeoutMs: number;
  readonly detectBeeps: boolean;
}

export interface InboundListener {
  /** Everything that was heard, without holes; the samples are good until return. */
  heard(frame: Frame): void;
  voice(report: VoiceReport, sampleRate: number): void;
  digit(digit: string): void;
  beep(tone: ToneReport): void;
  rtpTimeout(silentMs: number): void;
  isAgentSpeaking(): boolean;
}

/** The receiving half of a leg: packets in, frames to the voice detector, the listener and the recording. */
export class Inbound {
  readonly #services: InboundServices;
  readonly #listener: InboundListener;
  readonly #receiver: RtpReceiver;
  #decode: DecodeStage | undefined;
  #detector: VoiceDetector | undefined;
  /** Only where telephone-event was not agreed. */
  #tones: DtmfDetector | undefined;
  readonly #beeps: ToneDetector | undefined;
  #sender: FrameSender | undefined;
  #feed: SinkFeed | undefined;
  #isHeld = false;
  #expectsAudio = false;
  #quietSinceMs = 0;
  #hasTimedOut = false;

  constructor(services: InboundServices, listener: InboundListener) {
    this.#services = services;
    this.#listener = listener;
    this.#beeps = services.detectBeeps ? new ToneDetector((tone) => listener.beep(tone)) : undefined;
    this.#receiver = new RtpReceiver(services.clock, services.tally, {
      audio: (payload, timestamp, lost) => this.#decode?.audio(payload, timestamp, lost, services.clock.now()),
      restarted: () => this.#decode?.restart(),
      digit: (digit) => listener.digit(digit),
    });
  }

  /** Where our packets go: the source heard, or the signalled address. */
  get target(): Endpoint | undefined {
    return this.#receiver.latch.target;
  }

  connect(media: NegotiatedMedia, beganAtMs: number): void {
    const wasHeld = this.#isHeld;
    this.#isHeld = media.direction === 'recvonly' || media.direction === 'inactive';
    this.#expectsAudio = media.direction === 'sendrecv';
    this.#receiver.connect(media);
    if (this.#decode?.traits.name !== media.codec) this.#useCodec(media, beganAtMs);
    if (media.telephoneEventPayloadType !== undefined) this.#tones = undefined;
    else this.#tones ??= new DtmfDetector((digit) => this.#listener.digit(digit));
    if (wasHeld !== this.#isHeld) this.#detector?.reset();
    this.#quietSinceMs = this.#services.clock.now();
    this.#hasTimedOut = false;
  }

  receive(datagram: Buffer, from: Endpoint): void {
    this.#receiver.receive(datagram, from);
  }

  listen(sender: FrameSender | undefined): void {
    this.#countDropped();
    this.#feed?.close();
    this.#feed = undefined;
    this.#sender = sender;
    this.#openFeed();
  }

  /** To be called every 20 ms. */
  tick(nowMs: number): void {
    this.#decode?.tick(nowMs);
    this.#countDropped();
    const quietSinceMs = Math.max(this.#quietSinceMs, this.#receiver.lastPacketMs ?? 0);
    const silentMs = nowMs - quietSinceMs;
    if (silentMs < this.#services.rtpTimeoutMs || !this.#expectsAudio) this.#hasTimedOut = false;
    else if (!this.#hasTimedOut) {
      this.#hasTimedOut = true;
      this.#listener.rtpTimeout(silentMs);
    }
  }

  close(): void {
    this.#receiver.close();
    this.listen(undefined);
    this.#detector?.close();
    this.#detector = undefined;
    this.#decode = undefined;
  }

  #useCodec(media: NegotiatedMedia, beganAtMs: number): void {
    const { tally, modules, guard } = this.#services;
    const decode = new DecodeStage(media.codec, beganAtMs, tally, { push: (frame) => this.#heard(frame) });
    const { sampleRate } = decode.traits;
    this.#decode = decode;
    this.#detector?.close();
    this.#detector = new VoiceDetector(modules, sampleRate, guard, (report) =>
      this.#listener.voice(report, sampleRate),
    );
    this.#openFeed();
  }

  #openFeed(): void {
    const rate = this.#decode?.traits.sampleRate;
    if (!this.#sender || rate === undefined) return;
    const resampler =
      this.#sender.sampleRate === rate
        ? undefined
        : new Resampler(this.#services.modules, rate, this.#sender.sampleRate);
    this.#feed = new SinkFeed(rate, this.#sender, resampler, () => ({
      isVoiceActive: this.#detector?.isActive ?? false,
      isVoiced: this.#detector?.isVoiced ?? false,
      isAgentSpeaking: this.#listener.isAgentSpeaking(),
    }));
  }

  #heard(frame: Frame): void {
    this.#listener.heard(frame);
    if (this.#isHeld) return;
    this.#detector?.push(frame);
    this.#feed?.push(frame);
    this.#tones?.push(frame);
    this.#beeps?.push(frame);
  }

  #countDropped(): void {
    this.#services.tally.sinkDropped += this.#sender?.takeDropped() ?? 0;
  }
}
