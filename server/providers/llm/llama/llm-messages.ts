import type { LlmGeneration } from '../../kinds/llm.ts';

/** One thing said or done, as a language model sees it. */
export type PromptMessage = PromptText | PromptToolUse;

export interface PromptText {
  readonly role: 'system' | 'user' | 'model';
  readonly text: string;
}

/** A function that the model called, and what came of it. */
export interface PromptToolUse {
  readonly role: 'tool';
  readonly name: string;
  readonly params: Readonly<Record<string, unknown>>;
  /** The result, as the model reads it. */
  readonly text: string;
}

/** A tool as a function of the model; its parameters in the part of JSON Schema that grammars are made of. */
export interface PromptTool {
  readonly name: string;
  readonly description: string;
  readonly params: Readonly<Record<string, unknown>>;
}

/** What the model may do besides speaking. */
export interface PromptFunctions {
  /** Names of the targets that a caller can be transferred to; without any there is no such function. */
  readonly transferTargets: readonly string[];
  readonly mayEndCall: boolean;
  readonly tools: readonly PromptTool[];
}

/** What the process that holds the language model is asked. */
export type ToLlm =
  | {
      readonly kind: 'generate';
      readonly requestId: number;
      /** Answers of one call go to the same memory of the model as far as possible: its beginning is known there. */
      readonly callId: string;
      readonly messages: readonly PromptMessage[];
      readonly functions: PromptFunctions;
      readonly generation: LlmGeneration;
    }
  | { readonly kind: 'abort'; readonly requestId: number };

/** A function that the model calls, with what it fills in. */
export interface FunctionCall {
  /** `end_call`, `transfer`, `take_message`, or a tool's. */
  readonly name: string;
  readonly params: Readonly<Record<string, unknown>>;
}

/** What that process says. */
export type FromLlm =
  | { readonly kind: 'ready' }
  | { readonly kind: 'failed'; readonly message: string }
  | { readonly kind: 'text'; readonly requestId: number; readonly text: string }
  | { readonly kind: 'call'; readonly requestId: number; readonly call: FunctionCall }
  | { readonly kind: 'done'; readonly requestId: number }
  | { readonly kind: 'refused'; readonly requestId: number; readonly code: string; readonly message: string };
