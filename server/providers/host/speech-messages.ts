import type { SpeechStats } from '../kinds/speech-host.ts';
import type { SttPartial } from '../kinds/stt.ts';
import type { SynthesisRequest } from '../kinds/tts.ts';

/** What the speech process is asked. Caller audio does not come this way: see `audio-receiver.ts`. */
export type ToSpeech =
  | { readonly kind: 'open'; readonly streamId: number }
  | { readonly kind: 'end-turn'; readonly streamId: number; readonly requestId: number }
  | { readonly kind: 'close'; readonly streamId: number }
  | { readonly kind: 'synthesize'; readonly requestId: number; readonly request: SynthesisRequest }
  | { readonly kind: 'abort'; readonly requestId: number }
  | { readonly kind: 'stats'; readonly requestId: number };

/** What the speech process says. */
export type FromSpeech =
  /** The models are loaded and audio is received at `audioPath`. */
  | { readonly kind: 'ready'; readonly names: EngineNames; readonly audioPath: string }
  /** The models could not be loaded; the process ends. */
  | { readonly kind: 'failed'; readonly failure: Refusal }
  | { readonly kind: 'partial'; readonly streamId: number; readonly partial: SttPartial }
  | { readonly kind: 'turn'; readonly requestId: number; readonly text: string }
  | { readonly kind: 'chunk'; readonly requestId: number; readonly samples: Int16Array; readonly sampleRate: number }
  | { readonly kind: 'spoken'; readonly requestId: number }
  | { readonly kind: 'refused'; readonly requestId: number; readonly failure: Refusal }
  | { readonly kind: 'stats'; readonly requestId: number; readonly stats: SpeechStats };

export interface EngineNames {
  readonly stt: string;
  readonly tts: string;
  /** Rate that the recogniser wants. */
  readonly sttSampleRate: number;
}

/** An error as it crosses the process border. */
export interface Refusal {
  readonly code: string;
  readonly message: string;
}
