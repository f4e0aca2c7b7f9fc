import type { LlmRequest, TakenMessage, TransferTarget } from '../../kinds/llm.ts';
import type { Fact } from './facts/extract-facts.ts';

/** What the brain decided to do with one turn, before it is streamed. */
export interface Reply {
  /** Spoken in order, one at a time. */
  readonly sentences: readonly string[];
  /** Slots to change; an empty string removes one. */
  readonly slots?: Readonly<Record<string, string>>;
  readonly message?: TakenMessage;
  readonly transfer?: TransferTarget;
  readonly endCall?: boolean;
  /** The facts it states or rests on. */
  readonly facts?: readonly Fact[];
}

/** A request and the facts in it. */
export interface Turn {
  readonly request: LlmRequest;
  readonly facts: readonly Fact[];
}
