import {
  type ChatHistoryItem,
  type ChatModelFunctions,
  type GbnfJsonSchema,
  getLlama,
  LlamaChat,
  type LlamaContextSequence,
  LlamaLogLevel,
} from 'node-llama-cpp';
import type { LlmGeneration } from '../../kinds/llm.ts';
import { calledWith, toHistory } from './chat-history.ts';
import type { ResolvedLlamaOptions } from './llama-options.ts';
import type { FunctionCall, PromptFunctions, PromptMessage } from './llm-messages.ts';
import { SequencePool } from './sequence-pool.ts';

export interface GenerateOptions {
  readonly callId: string;
  readonly messages: readonly PromptMessage[];
  readonly functions: PromptFunctions;
  /** What is absent follows the engine's options. */
  readonly generation: LlmGeneration;
}

export interface GenerateListener {
  text(text: string): void;
  call(call: FunctionCall): void;
}

/** Answers that may wait for a sequence. */
const queueLimit = 32;
/** After a function that lets the conversation go on the model speaks again; it may not do so for ever. */
const mostRounds = 3;

/** A language model in this process, answering several conversations at once. */
export class LlamaEngine {
  readonly #options: ResolvedLlamaOptions;
  readonly #pool: SequencePool<LlamaContextSequence>;

  private constructor(options: ResolvedLlamaOptions, pool: SequencePool<LlamaContextSequence>) {
    this.#options = options;
    this.#pool = pool;
  }

  /** Loads library and model. Rejects when the file is no model that this version can run. */
  static async load(options: ResolvedLlamaOptions): Promise<LlamaEngine> {
    const llama = await getLlama({
      build: 'never',
      skipDownload: true,
      gpu: options.gpu,
      maxThreads: options.threads,
      logLevel: LlamaLogLevel.error,
      progressLogs: false,
    });
    const model = await llama.loadModel({ modelPath: options.file });
    const context = await model.createContext({
      sequences: options.sequences,
      contextSize: { max: options.contextTokens },
      threads: options.threads,
    });
    const sequences = Array.from({ length: options.sequences }, () => context.getSequence());
    return new LlamaEngine(options, new SequencePool(sequences, queueLimit));
  }

  /** Streams one answer; resolves when it is complete or aborted. */
  async generate(options: GenerateOptions, listener: GenerateListener, signal: AbortSignal): Promise<void> {
    const lease = await this.#pool.acquire(options.callId, signal);
    const chat = new LlamaChat({ contextSequence: lease.sequence });
    try {
      let history = toHistory(options.messages);
      for (let round = 0; round < mostRounds && !signal.aborted; round++) {
        const calls = await this.#speak(chat, history, options, listener, signal);
        for (const call of calls) listener.call(call);
        if (!calls.some(({ name }) => name === 'take_message') || calls.some(({ name }) => name !== 'take_message'))
          return;
        history = [...history, { type: 'model', response: calls.map((call) => calledWith(call, 'noted')) }];
      }
    } finally {
      chat.dispose({ disposeSequence: false });
      lease.release();
    }
  }

  async #speak(
    chat: LlamaChat,
    history: ChatHistoryItem[],
    { functions, generation }: GenerateOptions,
    listener: GenerateListener,
    signal: AbortSignal,
  ): Promise<FunctionCall[]> {
    const { contextTokens, maxAnswerTokens, temperature } = this.#options;
    const { functionCalls = [] } = await chat.generateResponse<ChatModelFunctions>(history, {
      functions: functionDefinitions(functions),
      documentFunctionParams: true,
      // An answer that outgrows the model's memory has forgotten what was asked.
      maxTokens: Math.min(generation.maxTokens ?? maxAnswerTokens, contextTokens),
      temperature: generation.temperature ?? temperature,
      budgets: { thoughtTokens: 0 },
      signal,
      stopOnAbortSignal: true,
      onTextChunk: (text) => listener.text(text),
    });
    return functionCalls.map(({ functionName, params }) => ({ name: functionName, params: paramsOf(params) }));
  }
}

/** Every text has a limit: without one a small model may fill in for ever. */
function functionDefinitions({ mayEndCall, tools, transferTargets }: PromptFunctions): ChatModelFunctions {
  const text = (maxLength: number) => ({ type: 'string', maxLength }) as const;
  return {
    ...Object.fromEntries(
      tools.map(({ name, description, params }) => [name, { description, params: params as GbnfJsonSchema }]),
    ),
    ...(mayEndCall && { end_call: { description: 'Hangs up, after what you said before has been heard.' } }),
    take_message: {
      description: 'Stores a message that the caller leaves.',
      params: { type: 'object', properties: { name: text(60), number: text(30), reason: text(300) } },
    },
    ...(transferTargets.length > 0 && {
      transfer: {
        description: 'Connects the caller to someone else.',
        params: { type: 'object', properties: { target: { enum: transferTargets } } },
      },
    }),
  };
}

function paramsOf(params: unknown): FunctionCall['params'] {
  return typeof params === 'object' && params !== null ? { ...params } : {};
}
