import type { LineCodec, LocalMediaPoint, NegotiatedMedia } from '../contract/media-session.ts';
import type { AudioSink } from './frame.ts';

/**
 * The media side of the house as the rest of the server sees it. Implemented by the media process behind
 * `media/client.ts`, and in one process for tests. All `atMs` are `Clock.now()` values.
 */
export interface MediaEngine {
  /** Opens an RTP port and starts receiving. Fails with `no-rtp-port` when the range is used up. */
  openLeg(options: LegOptions, listener: LegListener): Promise<MediaLeg>;
  stats(): Promise<MediaStats>;
  stop(): Promise<void>;
}

export interface LegOptions {
  readonly callId: string;
  /** Address to bind and to name in SDP: the address of the route to the peer. */
  readonly localAddress: string;
  /** Listen for beeps (`beep` events); off when absent. */
  readonly detectBeeps?: boolean;
}

export interface LegListener {
  event(event: LegEvent): void;
}

export type LegEvent =
  /** Voice began (4 of 5 frames, echo guard passed). If the agent was speaking, playout has already been paused. */
  | {
      readonly kind: 'voice-onset';
      readonly atMs: number;
      readonly positionMs: number;
      readonly pausedPlayback: boolean;
    }
  /** The voice has lasted (9 of 12 frames): no click or single cough any more. */
  | { readonly kind: 'voice-confirmed'; readonly atMs: number; readonly positionMs: number }
  /** Silence for `silenceMs`. `lastVoicedAtMs` is the end of the last voiced frame: every turn gap counts from it. */
  | {
      readonly kind: 'voice-stopped';
      readonly atMs: number;
      readonly positionMs: number;
      readonly lastVoicedAtMs: number;
      readonly lastVoicedPositionMs: number;
    }
  | { readonly kind: 'dtmf'; readonly digit: string; readonly atMs: number }
  /** A steady tone of 400–2000 Hz ended in silence; `positionMs` is where it was known to be over. */
  | {
      readonly kind: 'beep';
      readonly atMs: number;
      readonly positionMs: number;
      readonly frequencyHz: number;
      readonly lastedMs: number;
    }
  /** First packet of this speech left. */
  | { readonly kind: 'playback-started'; readonly speechId: number; readonly atMs: number; readonly positionMs: number }
  /** Last packet of this speech left (only for a speech whose last chunk said `last`). */
  | {
      readonly kind: 'playback-finished';
      readonly speechId: number;
      readonly atMs: number;
      readonly positionMs: number;
    }
  /** No RTP for this long while we are not held. Sent once per silence, first at `rtpTimeoutMs`. */
  | { readonly kind: 'rtp-timeout'; readonly silentMs: number }
  /** The disk refused; the call goes on without recording from here. */
  | { readonly kind: 'recording-failed'; readonly message: string }
  /** The media process died and the leg runs again on the same port; what was queued for playout is gone. */
  | { readonly kind: 'leg-restarted'; readonly lostSpeechIds: readonly number[] }
  /** The leg could not be brought back; the call cannot go on. */
  | { readonly kind: 'leg-lost'; readonly message: string };

/** One piece of what the agent says. Pieces of a speech arrive in order; a speech is played before the next one. */
export interface PlaybackChunk {
  /** Rising number, one per utterance (a sentence or clause), unique in the leg. */
  readonly speechId: number;
  /** 16-bit mono at `sampleRate`; converted to the line rate when it differs. */
  readonly samples: Int16Array;
  readonly sampleRate: number;
  readonly last: boolean;
}

/** What the caller got to hear of what was queued. Lengths in milliseconds of audio. */
export interface FlushReport {
  readonly speeches: readonly { readonly speechId: number; readonly playedMs: number; readonly queuedMs: number }[];
}

export interface MediaLeg {
  readonly local: LocalMediaPoint;
  /** Line sample rate of the negotiated codec: 8000, or 16000 for G.722. 8000 before `connect`. */
  readonly sampleRate: number;
  /** Sets or changes where to send and with which codec; also holds and resumes (by `direction`). */
  connect(media: NegotiatedMedia): void;
  /** Where caller audio goes from now on; undefined stops it (held, or nobody listens). */
  listen(sink: AudioSink | undefined): void;
  /** Queues audio. Resolves when the playout queue is below its lead again: the back-pressure up to the brain. */
  play(chunk: PlaybackChunk): Promise<void>;
  /** Stops after the frame in flight, keeps the queue. */
  pause(): void;
  /** Goes on at the word where it stopped. */
  resume(): void;
  /** Empties the queue and says how much of each speech was heard. */
  flush(): Promise<FlushReport>;
  /** While false, voice onset does not pause playout (announcements that must be heard, DTMF tones). */
  allowBargeIn(allowed: boolean): void;
  /** Sends digits as telephone-event (RFC 4733), or as in-band tones where it was not agreed. */
  sendDtmf(digits: string): Promise<void>;
  /** Begins the stereo WAV (caller left, agent right) at this path. */
  startRecording(path: string): Promise<void>;
  /** Closes socket and recording; resolves when the file is complete. */
  close(): Promise<LegSummary>;
}

/** Counters of a leg; every drop has one. */
export interface LegCounters {
  readonly packetsIn: number;
  readonly packetsOut: number;
  readonly lost: number;
  readonly concealed: number;
  readonly late: number;
  readonly duplicate: number;
  readonly reordered: number;
  readonly strangers: number;
  readonly malformed: number;
  readonly wrongPayloadType: number;
  readonly sinkDropped: number;
  readonly playoutDropped: number;
  readonly underruns: number;
}

export interface LegSummary {
  readonly counters: LegCounters;
  readonly codec: LineCodec | undefined;
  readonly recording: { readonly path: string; readonly durationMs: number; readonly sizeBytes: number } | undefined;
}

export interface MediaStats {
  readonly legs: number;
  readonly portsInUse: number;
  readonly tickLatenessMs: { readonly p50: number; readonly p99: number; readonly max: number };
  readonly rssBytes: number;
  readonly pid: number;
}
