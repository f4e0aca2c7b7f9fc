import { type ChildProcess, execFileSync, fork } from 'node:child_process';
import { setPriority } from 'node:os';
import { join } from 'node:path';
import type { LoadOrder, LoadResult } from './generator.ts';
import type { Written } from './house-server.ts';

const folder = import.meta.dirname;

/** Binds a process and all its threads to one core (Linux; elsewhere the system decides). */
export function pin(pid: number | undefined, core: number): void {
  if (process.platform !== 'linux' || pid === undefined) return;
  execFileSync('taskset', ['-a', '-c', '-p', String(core), String(pid)], { stdio: 'ignore' });
}

/** A server of this bench in a process of its own on one core. */
export class ServerProcess {
  readonly url: string;
  readonly #child: ChildProcess;

  private constructor(child: ChildProcess, url: string) {
    this.#child = child;
    this.url = url;
  }

  static async start(script: string, argument: string, core: number): Promise<ServerProcess> {
    const child = fork(join(folder, script), [argument]);
    const { url } = await answerOf<{ url: string }>(child);
    pin(child.pid, core);
    return new ServerProcess(child, url);
  }

  /** Has one row of this table committed; resolves with a text that every later answer must hold. */
  async write(table: 'agents' | 'calls'): Promise<string> {
    const answer = answerOf<Written>(this.#child);
    this.#child.send(table);
    return (await answer).shown;
  }

  async stop(): Promise<void> {
    const exited = new Promise((resolve) => this.#child.once('exit', resolve));
    this.#child.disconnect();
    await exited;
  }
}

/** Runs the load in a process of its own on one core. */
export async function runLoad(order: LoadOrder, core: number, nice = 0): Promise<LoadResult> {
  const child = fork(join(folder, 'generator.ts'), [JSON.stringify(order)], {
    stdio: ['ignore', 'pipe', 'inherit', 'ipc'],
  });
  pin(child.pid, core);
  if (nice > 0 && child.pid !== undefined) setPriority(child.pid, nice);
  let text = '';
  child.stdout?.on('data', (chunk: Buffer) => (text += chunk.toString()));
  const code = await new Promise((resolve) => child.once('close', resolve));
  if (code !== 0) throw new Error(`The load generator ended with ${String(code)}`);
  return JSON.parse(text) as LoadResult;
}

function answerOf<T>(child: ChildProcess): Promise<T> {
  return new Promise((resolve, reject) => {
    const gone = (code: number | null) => reject(new Error(`A server of the bench ended with ${String(code)}`));
    child.once('exit', gone);
    child.once('message', (message) => {
      child.off('exit', gone);
      resolve(message as T);
    });
  });
}
