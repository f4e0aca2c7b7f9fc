import { getLlama, type LlamaEmbeddingContext, LlamaLogLevel, type LlamaModel } from 'node-llama-cpp';
import { messageOf } from '../../../contract/errors.ts';
import { parentPort } from '../../../lifetime/message-port.ts';
import type { EmbedderOrder, FromEmbedder, ToEmbedder } from './embed-messages.ts';

/** A passage has some 200 tokens; more than this of a longer text is left out. */
const mostTokens = 512;

/** Loads the model, says `ready`, and answers until the parent is gone; ends the process itself. */
export async function runEmbedProcess(orderJson: string): Promise<void> {
  const port = parentPort<ToEmbedder, FromEmbedder>();
  port.onClose(() => process.exit(0));
  let loaded: Awaited<ReturnType<typeof load>>;
  try {
    loaded = await load(JSON.parse(orderJson) as EmbedderOrder);
  } catch (failure) {
    port.send({ kind: 'failed', message: messageOf(failure) });
    process.exitCode = 1;
    process.disconnect();
    return;
  }
  let last: Promise<void> = Promise.resolve();
  port.onMessage((message) => {
    last = last.then(() => answer(message));
  });
  port.send({ kind: 'ready' });

  async function answer({ number, texts }: ToEmbedder): Promise<void> {
    try {
      const vectors: Float32Array[] = [];
      for (const text of texts) vectors.push(await vectorOf(loaded, text));
      port.send({ kind: 'vectors', number, vectors });
    } catch (failure) {
      port.send({ kind: 'refused', number, message: messageOf(failure) });
    }
  }
}

async function load({ file, threads }: EmbedderOrder) {
  const llama = await getLlama({
    build: 'never',
    skipDownload: true,
    gpu: false,
    maxThreads: threads,
    logLevel: LlamaLogLevel.error,
    progressLogs: false,
  });
  const model = await llama.loadModel({ modelPath: file });
  const context = await model.createEmbeddingContext({ contextSize: { max: mostTokens }, threads });
  return { model, context };
}

async function vectorOf(
  { model, context }: { model: LlamaModel; context: LlamaEmbeddingContext },
  text: string,
): Promise<Float32Array> {
  const room = Math.min(mostTokens, model.trainContextSize) - 2;
  const { vector } = await context.getEmbeddingFor(model.tokenize(text).slice(0, room));
  return Float32Array.from(vector);
}
