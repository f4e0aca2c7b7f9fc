export interface SaidMessage {
  readonly role: 'caller' | 'agent';
  /** What was said; for an interrupted agent only what was heard. */
  readonly text: string;
}

/** A tool that the agent used in this call, between what was said. */
export interface ToolMessage extends LlmToolResult {
  readonly role: 'tool';
  readonly name: string;
  readonly args: LlmToolArguments;
}

export type ChatMessage = SaidMessage | ToolMessage;

export type LlmToolArguments = Readonly<Record<string, unknown>>;

/** Something that the agent can look up or do. */
export interface LlmTool {
  /** Unique among the request's tools; letters, digits and underscores. */
  readonly name: string;
  readonly description: string;
  /** JSON Schema of an object: what `useTool` takes. */
  readonly parameters: Readonly<Record<string, unknown>>;
}

export interface LlmToolResult {
  /** Whether the tool did it. */
  readonly ok: boolean;
  /** What a brain reads of it: the answer, or the sentence that says why there is none. */
  readonly text: string;
}

export interface Passage {
  readonly text: string;
  /** 0 (no relation) to 1. */
  readonly score: number;
}

export interface TransferTarget {
  /** What callers call it: "sales", "a colleague". */
  readonly name: string;
  /** SIP URI or number. */
  readonly target: string;
  /** When a caller is to be passed on there, in the agent's owner's words; absent: when they ask for it. */
  readonly when?: string;
}

/** How an answer is to be made; for language models. */
export interface LlmGeneration {
  /** Longest answer, in tokens of the model. */
  readonly maxTokens?: number;
  /** 0 (always the likeliest word) to 2. */
  readonly temperature?: number;
}

/** Everything a brain may know when it answers. It never touches the store. */
export interface LlmRequest {
  readonly callId: string;
  readonly agentName: string;
  readonly systemPrompt: string;
  /** Task description and other running context, in the order it should be read; may be empty. */
  readonly context: readonly string[];
  /** The task's `context_data`, e.g. customer_name → John Doe. */
  readonly contextData: Readonly<Record<string, string>>;
  /** The agent's knowledge text, plain sentences. */
  readonly knowledge: string;
  /** Whole conversation so far; the last message is the caller's, except when the agent must open or fill a silence. */
  readonly history: readonly ChatMessage[];
  /** What the brain wrote down in earlier turns (its `slots` events); its only memory besides the history. */
  readonly slots: Readonly<Record<string, string>>;
  /** Why the brain is asked: the caller spoke, pressed digits, has been silent, or has little time left. */
  readonly occasion:
    | { readonly kind: 'caller-turn'; readonly text: string }
    | { readonly kind: 'digits'; readonly digits: string }
    | { readonly kind: 'silence'; readonly prompts: number }
    | { readonly kind: 'transfer-refused'; readonly target: string }
    /** The call will be ended then; it goes on until. */
    | { readonly kind: 'time-short'; readonly secondsLeft: number };
  readonly transferTargets: readonly TransferTarget[];
  /** False where only the caller ends the call by saying goodbye: an `end-call` would be ignored. Absent: it may. */
  readonly mayEndCall?: boolean;
  /** What is absent follows the model's own settings. */
  readonly generation?: LlmGeneration;
  readonly timeZone: string;
  readonly nowMs: number;
  search(text: string, limit: number): Promise<readonly Passage[]>;
  /** What the agent may use in this call; may be empty. */
  readonly tools: readonly LlmTool[];
  /**
   * Has a tool do its work, once it is certain that this answer will be given: until then it waits, so that an answer
   * that is given up has done nothing. A failing, unknown or refused tool is a result that isn't `ok`; rejects only when
   * the answer is given up.
   */
  useTool(name: string, args: LlmToolArguments, signal?: AbortSignal): Promise<LlmToolResult>;
}

/** The part of a request where there are no tools. */
export const withoutTools: Pick<LlmRequest, 'tools' | 'useTool'> = {
  tools: [],
  useTool: async (name) => ({ ok: false, text: `There is no tool "${name}".` }),
};

export type LlmEvent =
  | { readonly kind: 'text'; readonly text: string }
  /** Slots to set (empty string removes). They count only if the turn is not discarded. */
  | { readonly kind: 'slots'; readonly slots: Readonly<Record<string, string>> }
  /** Done after the text before it has been played out. */
  | { readonly kind: 'end-call' }
  | { readonly kind: 'transfer'; readonly target: TransferTarget }
  | { readonly kind: 'message-taken'; readonly message: TakenMessage }
  /** Keys that the other side is to hear: 0–9, *, #, A–D. */
  | { readonly kind: 'send-digits'; readonly digits: string }
  /** What is known of this call from now on, over its `contextData`. */
  | { readonly kind: 'variables'; readonly values: Readonly<Record<string, string>> };

/** A message that the agent took and read back. */
export interface TakenMessage {
  readonly name: string;
  readonly number: string;
  readonly reason: string;
}

/** A brain. Streams and can be aborted at any point; it must be free of side effects until its events are used. */
export interface LlmProvider {
  /** As it appears in every record, e.g. `starter (scripted)`. */
  readonly name: string;
  respond(request: LlmRequest, signal: AbortSignal): AsyncIterable<LlmEvent>;
  close(): void | Promise<void>;
}
