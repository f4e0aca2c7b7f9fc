import type { NegotiatedMedia } from '../contract/media-session.ts';
import type { AudioSink, Frame } from './frame.ts';
import type { LegContinuation } from './leg.ts';
import type { LegEvent, LegOptions, PlaybackChunk } from './media-engine.ts';
import type { RecordingPlace } from './record/recorder.ts';
import type { PortRange } from './transport/port-pool.ts';

/** A sink that can cross a process border: a function sink is reached by `frame` messages. */
export type RemoteSink =
  | Extract<AudioSink, { kind: 'channel' }>
  | { readonly kind: 'messages'; readonly sampleRate: number };

/** What to do with a leg, in order and without an answer. */
export type LegCommand =
  | { readonly kind: 'connect'; readonly media: NegotiatedMedia }
  | { readonly kind: 'listen'; readonly sink: RemoteSink | undefined }
  | { readonly kind: 'pause' }
  | { readonly kind: 'resume' }
  | { readonly kind: 'allow-barge-in'; readonly allowed: boolean };

/** What to do with a leg and answer. */
export type LegRequest =
  | { readonly kind: 'play'; readonly chunk: PlaybackChunk }
  | { readonly kind: 'flush' }
  | { readonly kind: 'send-dtmf'; readonly digits: string }
  | { readonly kind: 'start-recording'; readonly path: string }
  | { readonly kind: 'continue-recording'; readonly place: RecordingPlace }
  | { readonly kind: 'close' };

export type EngineRequest =
  | {
      readonly kind: 'open';
      readonly legId: number;
      readonly options: LegOptions;
      readonly continuation: LegContinuation | undefined;
    }
  | { readonly kind: 'stats' }
  | { readonly kind: 'leg'; readonly legId: number; readonly request: LegRequest };

export type ToMedia =
  | { readonly kind: 'configure'; readonly ports: PortRange; readonly rtpTimeoutMs: number | undefined }
  | { readonly kind: 'command'; readonly legId: number; readonly command: LegCommand }
  | { readonly kind: 'request'; readonly requestId: number; readonly request: EngineRequest };

export type FromMedia =
  | { readonly kind: 'answer'; readonly requestId: number; readonly value: unknown }
  | {
      readonly kind: 'refusal';
      readonly requestId: number;
      readonly code: string;
      readonly message: string;
      readonly details: Readonly<Record<string, unknown>>;
    }
  | { readonly kind: 'event'; readonly legId: number; readonly event: LegEvent }
  | { readonly kind: 'frame'; readonly legId: number; readonly frame: Frame }
  /** After every `connect` and first packet: where the leg stands, for a process that has to take over. */
  | { readonly kind: 'standing'; readonly legId: number; readonly continuation: LegContinuation }
  /** The recording began and writes to this place. */
  | { readonly kind: 'recording'; readonly legId: number; readonly place: RecordingPlace };
