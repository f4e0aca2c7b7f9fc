import { LandlineError, messageOf } from '../../../contract/errors.ts';
import { parentPort } from '../../../lifetime/message-port.ts';
import { LlamaEngine } from './engine.ts';
import type { ResolvedLlamaOptions } from './llama-options.ts';
import type { FromLlm, ToLlm } from './llm-messages.ts';

/** Loads the model, says `ready`, and answers until the parent is gone; ends the process itself. */
export async function runLlmProcess(optionsJson: string): Promise<void> {
  const port = parentPort<ToLlm, FromLlm>();
  port.onClose(() => process.exit(0));
  let engine: LlamaEngine;
  try {
    engine = await LlamaEngine.load(JSON.parse(optionsJson) as ResolvedLlamaOptions);
  } catch (failure) {
    port.send({ kind: 'failed', message: messageOf(failure) });
    process.exitCode = 1;
    process.disconnect();
    return;
  }
  const running = new Map<number, AbortController>();
  port.onMessage((message) => {
    if (message.kind === 'abort') running.get(message.requestId)?.abort(new Error('aborted'));
    else void answer(message);
  });
  port.send({ kind: 'ready' });

  async function answer({ requestId, ...options }: Extract<ToLlm, { kind: 'generate' }>): Promise<void> {
    const controller = new AbortController();
    running.set(requestId, controller);
    try {
      await engine.generate(
        options,
        {
          text: (text) => port.send({ kind: 'text', requestId, text }),
          call: (call) => port.send({ kind: 'call', requestId, call }),
        },
        controller.signal,
      );
      port.send({ kind: 'done', requestId });
    } catch (failure) {
      const code = failure instanceof LandlineError ? failure.code : 'llm-failed';
      port.send({ kind: 'refused', requestId, code, message: messageOf(failure) });
    } finally {
      running.delete(requestId);
    }
  }
}
