import { parentPort } from 'node:worker_threads';
import { messageOf } from '../contract/errors.ts';
import type { NumberedAnswer, NumberedAsk } from './asked-thread.ts';

/** The other side of `AskedThread`, in the thread: what `answer` throws fails that ask alone; `close` comes last. */
export function answerAsks(answer: (ask: never) => unknown, close: () => void): void {
  parentPort?.on('message', (message: NumberedAsk<never> | 'close') => {
    if (message === 'close') {
      close();
      parentPort?.close();
      return;
    }
    parentPort?.postMessage(answerTo(message, answer), []);
  });
}

function answerTo({ number, ask }: NumberedAsk<never>, answer: (ask: never) => unknown): NumberedAnswer<unknown> {
  try {
    return { number, answer: answer(ask) };
  } catch (thrown) {
    return { number, failure: messageOf(thrown) };
  }
}
