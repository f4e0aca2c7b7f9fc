import { availableParallelism } from 'node:os';
import { basename, join } from 'node:path';
import { LandlineError } from '../../../contract/errors.ts';
import { BoundedQueue } from '../../../lifetime/bounded-queue.ts';
import { type Clock, realClock } from '../../../lifetime/clock.ts';
import type { MessagePort } from '../../../lifetime/message-port.ts';
import { type ChildExit, SupervisedChild } from '../../../lifetime/supervised-child.ts';
import type { Logger } from '../../../log/logger.ts';
import { checkGguf } from '../../gguf-file.ts';
import type { LlmEvent, LlmProvider, LlmRequest, LlmTool } from '../../kinds/llm.ts';
import { Readiness } from '../../readiness.ts';
import { answerInRounds, type Generate, type Piece } from './answer-rounds.ts';
import { type LlamaOptions, resolveOptions } from './llama-options.ts';
import type { FromLlm, PromptMessage, PromptTool, ToLlm } from './llm-messages.ts';
import { promptMessages, searchText } from './prompt.ts';
import { promptTool } from './tool-functions.ts';

/** Loading a large model from a slow disk. */
const firstStartLimitMs = 300_000;
/** Whoever asks while the process restarts waits this long for it: a caller waits, too. */
const restartLimitMs = 10_000;
/** Tokens of an answer that may wait for their reader; more than any answer has. */
const pieceLimit = 4_000;
const passagesWanted = 4;

/** A GGUF language model in a supervised process of its own, behind the same interface as any other brain. */
export class LlamaLlm implements LlmProvider {
  readonly name: string;
  readonly #options: LlamaOptions;
  readonly #logger: Logger;
  readonly #running: Readiness<MessagePort<FromLlm, ToLlm>>;
  readonly #answers = new Map<number, BoundedQueue<Piece>>();
  /** Tools as functions, made once for each call. */
  readonly #functions = new WeakMap<LlmTool, PromptTool | undefined>();
  readonly #child: SupervisedChild<FromLlm, ToLlm>;
  #loadFailure: LandlineError | undefined;
  #number = 0;

  constructor(options: LlamaOptions, logger: Logger, clock: Clock = realClock) {
    this.name = options.name ?? basename(options.file, '.gguf');
    this.#options = options;
    this.#logger = logger;
    this.#running = new Readiness(clock);
    this.#child = new SupervisedChild(
      {
        name: 'llm',
        entry: join(import.meta.dirname, 'llm-process.ts'),
        args: [JSON.stringify(resolveOptions(options, availableParallelism()))],
        clock,
      },
      { up: (port) => port.onMessage((message) => this.#receive(port, message)), down: (exit) => this.#lost(exit) },
    );
  }

  /** Process id, while one runs. */
  get pid(): number | undefined {
    return this.#child.pid;
  }

  /** Loads the model. Rejects with `model-missing` or `model-broken`, naming the file and the mend. */
  async start(): Promise<void> {
    await checkGguf(this.#options.file);
    this.#child.start();
    try {
      await this.#running.wait(firstStartLimitMs, () => this.#unavailable());
    } catch (failure) {
      await this.close();
      throw failure;
    }
  }

  async *respond(request: LlmRequest, signal: AbortSignal): AsyncGenerator<LlmEvent, void, void> {
    const wanted = searchText(request);
    const passages = wanted === '' ? [] : await request.search(wanted, passagesWanted);
    const prompt = { messages: promptMessages(request, passages), tools: this.#toolsOf(request) };
    const generate: Generate = (messages, tools) => this.#generate(request, messages, tools, signal);
    yield* answerInRounds(request, prompt, generate, signal);
  }

  async *#generate(
    request: LlmRequest,
    messages: readonly PromptMessage[],
    tools: readonly PromptTool[],
    signal: AbortSignal,
  ): AsyncGenerator<Piece, void, void> {
    const port = await this.#running.wait(restartLimitMs, () => this.#unavailable(), signal);
    const requestId = ++this.#number;
    const pieces = new BoundedQueue<Piece>(pieceLimit, 'drop-newest');
    const onAbort = () => pieces.fail(signal.reason as Error);
    signal.addEventListener('abort', onAbort, { once: true });
    this.#answers.set(requestId, pieces);
    port.send({
      kind: 'generate',
      requestId,
      callId: request.callId,
      messages,
      functions: {
        transferTargets: request.transferTargets.map(({ name }) => name),
        mayEndCall: request.mayEndCall !== false,
        tools,
      },
      generation: request.generation ?? {},
    });
    try {
      yield* pieces;
    } finally {
      signal.removeEventListener('abort', onAbort);
      if (this.#answers.delete(requestId)) this.#running.value?.send({ kind: 'abort', requestId });
    }
  }

  /** The tools that this model can be held to; the others are told of once. */
  #toolsOf({ tools, callId }: LlmRequest): readonly PromptTool[] {
    return tools.flatMap((tool) => {
      if (!this.#functions.has(tool)) {
        const made = promptTool(tool);
        this.#functions.set(tool, made);
        if (made === undefined)
          this.#logger.warn(
            { callId, tool: tool.name },
            'a tool is left out: no grammar can be made of its parameters',
          );
      }
      return this.#functions.get(tool) ?? [];
    });
  }

  async close(): Promise<void> {
    const closed = new LandlineError('llm-lost', 'The language model has been closed.');
    this.#running.clear();
    this.#running.fail(closed);
    for (const pieces of this.#answers.values()) pieces.fail(closed);
    await this.#child.stop();
  }

  #receive(port: MessagePort<FromLlm, ToLlm>, message: FromLlm): void {
    if (message.kind === 'ready') {
      this.#loadFailure = undefined;
      this.#running.set(port);
      return;
    }
    if (message.kind === 'failed') {
      this.#loadFailure = broken(this.#options.file, message.message);
      this.#running.fail(this.#loadFailure);
      return;
    }
    const pieces = this.#answers.get(message.requestId);
    if (message.kind === 'text') pieces?.push({ text: message.text });
    else if (message.kind === 'call') pieces?.push({ call: message.call });
    else {
      this.#answers.delete(message.requestId);
      if (message.kind === 'done') pieces?.close();
      else pieces?.fail(new LandlineError(message.code, message.message));
    }
  }

  #lost(exit: ChildExit): void {
    this.#running.clear();
    this.#logger.error({ exit }, 'The language model process ended');
    const lost = new LandlineError('llm-lost', 'The language model process ended unexpectedly; it is being restarted.');
    for (const pieces of this.#answers.values()) pieces.fail(lost);
    this.#answers.clear();
  }

  #unavailable(): LandlineError {
    const why = this.#loadFailure?.message ?? 'It may be short of memory; see the log for its last words.';
    return new LandlineError('llm-unavailable', `The language model does not run. ${why}`, {}, this.#loadFailure);
  }
}

function broken(file: string, why: string): LandlineError {
  return new LandlineError(
    'model-broken',
    `The language model ${file} cannot be loaded: ${why} Copy the file again from its source, or choose another model.`,
    { file },
  );
}
