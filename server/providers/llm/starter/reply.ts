import type { LlmRequest, LlmTool, LlmToolArguments, TakenMessage, TransferTarget } from '../../kinds/llm.ts';
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
  /** A tool that is to be used now; what its result comes to is said after the sentences. */
  readonly use?: ToolOrder;
  /** Begins with a tool, unprompted: knowledge that answers goes first. */
  readonly opensTool?: boolean;
  /** The facts it states or rests on. */
  readonly facts?: readonly Fact[];
}

export interface ToolOrder {
  readonly tool: LlmTool;
  readonly args: LlmToolArguments;
  /** What the caller said that led to it. */
  readonly reason: string;
}

/** A request and the facts in it. */
export interface Turn {
  readonly request: LlmRequest;
  readonly facts: readonly Fact[];
}
