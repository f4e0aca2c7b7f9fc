import type { ToolOutcome, ToolUseDraft, TurnDraft } from '../contract/call.ts';
import type { LlmTool, LlmToolArguments, Passage, TakenMessage, TransferTarget } from '../providers/kinds/llm.ts';
import type { SynthesisChunk, SynthesisRequest } from '../providers/kinds/tts.ts';

/**
 * What a conversation needs from the call around it. `calls` implements these over a media leg, the speech host and
 * the domain; tests script them. Times are `Clock.now()` milliseconds; positions are milliseconds of call audio.
 */
export interface Line {
  /** Line sample rate: ask for synthesis at this rate. */
  readonly sampleRate: number;
  /** Queues audio; resolves when there is room for more. */
  play(chunk: {
    readonly speechId: number;
    readonly samples: Int16Array;
    readonly sampleRate: number;
    readonly last: boolean;
  }): Promise<void>;
  pause(): void;
  resume(): void;
  flush(): Promise<{
    readonly speeches: readonly { readonly speechId: number; readonly playedMs: number; readonly queuedMs: number }[];
  }>;
  allowBargeIn(allowed: boolean): void;
  /** Presses keys on our side; resolves when the last one is through. Rejects what are no keys, or too many. */
  sendDigits(digits: string): Promise<void>;
}

export interface Ear {
  /** Final text of what the caller said since the last turn. Rejects with code `speech-lost` if the engine died. */
  endTurn(): Promise<string>;
}

export interface Voice {
  synthesize(request: SynthesisRequest, signal: AbortSignal): AsyncIterable<SynthesisChunk>;
}

export interface Recorder {
  /** Commits a turn; resolves when it is durable. Only then may it be shown. */
  turn(draft: TurnDraft): Promise<void>;
  message(message: TakenMessage): Promise<void>;
  toolUse(use: ToolUseDraft): Promise<void>;
  /** Keeps them with the call, over what it has by these names. */
  variables(values: Readonly<Record<string, string>>): Promise<void>;
  /** What the agent is saying now, for live views; may be lost. The caller's partial texts go there directly. */
  partial(text: string): void;
}

export interface CallControl {
  /** The conversation is over: everything to be said has been played. */
  hangup(why: 'agent-hangup' | 'silence' | 'max-duration' | 'shutdown'): void;
  /** Starts a blind transfer; the call answers with `transferRefused` or ends. */
  transfer(target: TransferTarget): void;
}

export interface Knowledge {
  search(text: string, limit: number): Promise<readonly Passage[]>;
}

/** What the agent may use in this call. */
export interface Toolbox {
  readonly tools: readonly LlmTool[];
  /** What a tool is given: the agent's own arguments, and over them those of its brain. */
  argumentsOf(name: string, args: LlmToolArguments): LlmToolArguments;
  /** Has one of them do its work. A failure is an outcome; after an abort nobody waits for it any more. */
  use(name: string, args: LlmToolArguments, signal: AbortSignal): Promise<ToolAnswer>;
}

export interface ToolAnswer {
  readonly outcome: Exclude<ToolOutcome, 'aborted'>;
  /** For the brain. */
  readonly text: string;
}

/** What reaches a conversation from the line; the leg's events and the recogniser's partials, in order of time. */
export type ConversationInput =
  | {
      readonly kind: 'voice-onset';
      readonly atMs: number;
      readonly positionMs: number;
      readonly pausedPlayback: boolean;
    }
  | { readonly kind: 'voice-confirmed'; readonly atMs: number; readonly positionMs: number }
  | {
      readonly kind: 'voice-stopped';
      readonly atMs: number;
      readonly positionMs: number;
      readonly lastVoicedAtMs: number;
      readonly lastVoicedPositionMs: number;
    }
  | { readonly kind: 'partial'; readonly text: string; readonly heardUntilMs: number }
  | { readonly kind: 'dtmf'; readonly digit: string; readonly atMs: number }
  | { readonly kind: 'playback-started'; readonly speechId: number; readonly atMs: number; readonly positionMs: number }
  | {
      readonly kind: 'playback-finished';
      readonly speechId: number;
      readonly atMs: number;
      readonly positionMs: number;
    }
  | { readonly kind: 'playback-lost'; readonly speechIds: readonly number[] }
  | { readonly kind: 'held' }
  | { readonly kind: 'resumed' }
  | { readonly kind: 'speech-lost' }
  | { readonly kind: 'transfer-refused'; readonly target: string; readonly status: number }
  | { readonly kind: 'shutdown' };
