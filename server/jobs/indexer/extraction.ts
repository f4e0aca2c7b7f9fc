import { type ChildProcess, fork } from 'node:child_process';
import { join } from 'node:path';
import { type ErrorDetails, LandlineError } from '../../contract/errors.ts';
import { BoundedQueue } from '../../lifetime/bounded-queue.ts';
import type { Clock } from '../../lifetime/clock.ts';
import { childPort } from '../../lifetime/message-port.ts';
import type { ReadableFormat } from './extract/extract.ts';
import type { ExtractionOrder, FromExtraction, ToExtraction } from './extraction-messages.ts';

export interface ExtractionLimits {
  /** For the whole file. */
  readonly longestMs: number;
  readonly mostMemoryBytes: number;
}

export const extractionLimits: ExtractionLimits = { longestMs: 300_000, mostMemoryBytes: 900 * 1024 * 1024 };

const heapMegabytes = 512;
const appFolder = join(import.meta.dirname, '..', '..', '..');

/**
 * Reads one file in a process of its own, which may read this file and our code and nothing else, write nothing and
 * start nothing: a hostile file can hurt neither the house nor the files after it. Yields passages in batches, asking for
 * the next when the last was dealt with. Throws `file-unreadable` with a sentence for the file's owner.
 */
export async function* extractPassages(
  file: { readonly path: string; readonly format: ReadableFormat },
  batch: number,
  options: { readonly clock: Clock; readonly limits: ExtractionLimits },
  signal: AbortSignal,
): AsyncGenerator<readonly string[]> {
  signal.throwIfAborted();
  const { clock, limits } = options;
  const child = startProcess({ ...file, mostMemoryBytes: limits.mostMemoryBytes });
  const port = childPort<FromExtraction, ToExtraction>(child);
  const messages = new BoundedQueue<FromExtraction>(4, 'drop-newest');
  const end = (failure: Error) => {
    messages.fail(failure);
    child.kill('SIGKILL');
  };
  const onAbort = () => end(signal.reason as Error);
  const timer = clock.after(limits.longestMs, () => end(tooSlow(limits.longestMs)));
  signal.addEventListener('abort', onAbort, { once: true });
  port.onMessage((message) => messages.push(message));
  child.once('error', () => messages.fail(unreadable('it could not be looked at; try again later')));
  let lastWords = '';
  child.stderr?.on('data', (words: Buffer) => {
    lastWords = (lastWords + words.toString('utf8')).slice(-2_000);
  });
  child.once('close', (code, how) => messages.fail(exitFailure(code, how, lastWords)));
  try {
    for await (const message of messages) {
      if (message.kind === 'failed') throw message.isRefusal ? refused(message.message) : unreadable(message.message);
      if (message.kind === 'passages') {
        if (message.passages.length > 0) yield message.passages;
        if (message.passages.length < batch) return;
      }
      port.send({ kind: 'more', count: batch });
    }
  } finally {
    timer.cancel();
    signal.removeEventListener('abort', onAbort);
    child.kill('SIGKILL');
  }
}

function startProcess(order: ExtractionOrder): ChildProcess {
  const readable = [join(appFolder, 'server'), join(appFolder, 'node_modules'), join(appFolder, 'package.json')];
  return fork(join(import.meta.dirname, 'extraction-process.ts'), [JSON.stringify(order)], {
    serialization: 'advanced',
    stdio: ['ignore', 'ignore', 'pipe', 'ipc'],
    execArgv: [
      `--max-old-space-size=${heapMegabytes}`,
      '--permission',
      '--allow-worker',
      ...[...readable, order.path].map((path) => `--allow-fs-read=${path}`),
    ],
  });
}

function exitFailure(code: number | null, how: NodeJS.Signals | null, lastWords: string): LandlineError {
  // The memory watch kills; V8 out of heap aborts.
  if (how === 'SIGKILL' || how === 'SIGABRT' || code === 134) {
    return unreadable('it takes too much memory to read; split it, or leave pictures out', { lastWords });
  }
  return unreadable('reading it broke off; save it again with another program', { code, how, lastWords });
}

function tooSlow(longestMs: number): LandlineError {
  return unreadable(`it could not be read within ${Math.round(longestMs / 1000)} seconds; split it`);
}

function unreadable(why: string, details: ErrorDetails = {}): LandlineError {
  return refused(`The file cannot be read: ${why.replace(/\.$/, '')}.`, details);
}

function refused(sentence: string, details: ErrorDetails = {}): LandlineError {
  return new LandlineError('file-unreadable', sentence, details);
}
