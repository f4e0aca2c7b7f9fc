import { availableParallelism } from 'node:os';
import { basename, join } from 'node:path';
import { LandlineError } from '../../../contract/errors.ts';
import { type Clock, realClock } from '../../../lifetime/clock.ts';
import type { MessagePort } from '../../../lifetime/message-port.ts';
import { SupervisedChild } from '../../../lifetime/supervised-child.ts';
import type { Logger } from '../../../log/logger.ts';
import { checkGguf } from '../../gguf-file.ts';
import { type Embedder, embeddingDimensions } from '../../kinds/embedder.ts';
import { Readiness } from '../../readiness.ts';
import type { EmbedderOrder, FromEmbedder, ToEmbedder } from './embed-messages.ts';
import { prefixesFor } from './prefixes.ts';

interface Pending {
  readonly resolve: (vectors: readonly Float32Array[]) => void;
  readonly reject: (failure: Error) => void;
}

const firstStartLimitMs = 300_000;
const restartLimitMs = 10_000;
/** Requests that may wait for the process. */
const mostWaiting = 64;

/**
 * A GGUF embedding model in a supervised process of its own. Its vectors are cut to their first 384 numbers, as models
 * trained for that allow, or filled up with zeros, which changes no angle.
 */
export class LlamaEmbedder implements Embedder {
  readonly name: string;
  readonly isDense = true;
  readonly #file: string;
  readonly #logger: Logger;
  readonly #running: Readiness<MessagePort<FromEmbedder, ToEmbedder>>;
  readonly #pending = new Map<number, Pending>();
  readonly #child: SupervisedChild<FromEmbedder, ToEmbedder>;
  #loadFailure: LandlineError | undefined;
  #number = 0;
  #refused = 0;

  constructor(file: string, logger: Logger, clock: Clock = realClock) {
    this.name = basename(file, '.gguf');
    this.#file = file;
    this.#logger = logger;
    this.#running = new Readiness(clock);
    const order: EmbedderOrder = { file, threads: Math.max(1, availableParallelism() - 1) };
    this.#child = new SupervisedChild(
      { name: 'embedder', entry: join(import.meta.dirname, 'embed-process.ts'), args: [JSON.stringify(order)], clock },
      { up: (port) => port.onMessage((message) => this.#receive(port, message)), down: () => this.#lost() },
    );
  }

  /** Process id, while one runs. */
  get pid(): number | undefined {
    return this.#child.pid;
  }

  /** Requests refused because too many were waiting. */
  get refused(): number {
    return this.#refused;
  }

  /** Loads the model. Rejects with `model-missing` or `model-broken`, naming the file and the mend. */
  async start(): Promise<void> {
    await checkGguf(this.#file, 'embedding model');
    this.#child.start();
    try {
      await this.#running.wait(firstStartLimitMs, () => this.#unavailable());
    } catch (failure) {
      await this.close();
      throw failure;
    }
  }

  async embed(texts: readonly string[], purpose: 'question' | 'passage'): Promise<readonly Float32Array[]> {
    if (texts.length === 0) return [];
    if (this.#pending.size >= mostWaiting) {
      this.#refused++;
      throw new LandlineError('embedder-busy', `${mostWaiting} texts are waiting for the embedder: try again later.`);
    }
    const port = await this.#running.wait(restartLimitMs, () => this.#unavailable());
    const number = ++this.#number;
    const prefix = prefixesFor(this.name)[purpose];
    const vectors = await new Promise<readonly Float32Array[]>((resolve, reject) => {
      this.#pending.set(number, { resolve, reject });
      port.send({ number, texts: texts.map((text) => prefix + text) });
    });
    return vectors.map(fitted);
  }

  async close(): Promise<void> {
    const closed = new LandlineError('embedder-lost', 'The embedding model has been closed.');
    this.#running.clear();
    this.#running.fail(closed);
    this.#rejectAll(closed);
    await this.#child.stop();
  }

  #receive(port: MessagePort<FromEmbedder, ToEmbedder>, message: FromEmbedder): void {
    switch (message.kind) {
      case 'ready':
        this.#loadFailure = undefined;
        this.#running.set(port);
        return;
      case 'failed':
        this.#loadFailure = new LandlineError(
          'model-broken',
          `The embedding model ${this.#file} cannot be loaded: ${message.message} Copy the file again from its source.`,
          { file: this.#file },
        );
        this.#running.fail(this.#loadFailure);
        return;
      case 'vectors':
        this.#take(message.number)?.resolve(message.vectors);
        return;
      case 'refused':
        this.#take(message.number)?.reject(new LandlineError('embedder-failed', message.message));
    }
  }

  #take(number: number): Pending | undefined {
    const pending = this.#pending.get(number);
    this.#pending.delete(number);
    return pending;
  }

  #lost(): void {
    this.#running.clear();
    this.#logger.error('The embedding model process ended; it is being restarted');
    this.#rejectAll(
      new LandlineError('embedder-lost', 'The embedding model ended unexpectedly; it is being restarted.'),
    );
  }

  #rejectAll(failure: LandlineError): void {
    for (const { reject } of this.#pending.values()) reject(failure);
    this.#pending.clear();
  }

  #unavailable(): LandlineError {
    const why = this.#loadFailure?.message ?? 'It may be short of memory; see the log.';
    return new LandlineError('embedder-unavailable', `The embedding model does not run. ${why}`);
  }
}

function fitted(vector: Float32Array): Float32Array {
  const fit = new Float32Array(embeddingDimensions);
  fit.set(vector.subarray(0, embeddingDimensions));
  let squares = 0;
  for (const value of fit) squares += value * value;
  if (squares === 0) return fit;
  const scale = 1 / Math.sqrt(squares);
  return fit.map((value) => value * scale);
}
