import type { AudioSink } from '../../media/frame.ts';
import type { SttPartial } from './stt.ts';
import type { SynthesisChunk, SynthesisRequest } from './tts.ts';

/**
 * Speech for all calls: recognisers and voices behind one door, in their own supervised process (or in this one, for
 * tests). When the process dies, open recognitions come back by themselves on a new one and their sinks change.
 */
export interface SpeechHost {
  /** Name of the recogniser in use, as it appears in records. */
  readonly sttName: string;
  readonly ttsName: string;
  openRecognition(callId: string, listener: RecognitionListener): Promise<Recognition>;
  /** Rejects with `speech-lost` when the process dies in the middle, `speech-failed` when the engine refuses. */
  synthesize(request: SynthesisRequest, signal: AbortSignal): AsyncIterable<SynthesisChunk>;
  stats(): Promise<SpeechStats>;
  stop(): Promise<void>;
}

export interface RecognitionListener {
  partial(partial: SttPartial): void;
  /** A new speech process took over: what was said in this turn so far is lost; send audio to the new sink. */
  restarted(sink: AudioSink): void;
}

export interface Recognition {
  readonly sink: AudioSink;
  /** Final text of the turn. Rejects with `speech-lost` when the process dies before it answers. */
  endTurn(): Promise<string>;
  close(): void;
}

export interface SpeechStats {
  readonly pid: number;
  readonly rssBytes: number;
  readonly openStreams: number;
  readonly droppedFrames: number;
  /** Lateness of the decode tick. */
  readonly tickLatenessMs: { readonly p50: number; readonly p99: number; readonly max: number };
}
