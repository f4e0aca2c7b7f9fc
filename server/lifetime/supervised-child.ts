import { type ChildProcess, fork } from 'node:child_process';
import { Backoff } from './backoff.ts';
import { type Clock, realClock, type Timer } from './clock.ts';
import { childPort, type MessagePort } from './message-port.ts';

export interface SupervisedChildOptions {
  readonly name: string;
  /** Absolute path of the child's entry file. */
  readonly entry: string;
  readonly args?: readonly string[];
  readonly env?: Readonly<Record<string, string>>;
  /** Node's own options, e.g. for the size of its heap. */
  readonly nodeOptions?: readonly string[];
  readonly clock?: Clock;
  /** A child that lived this long counts as healthy again: the back-off starts over. */
  readonly healthyAfterMs?: number;
  /** How long `stop` waits after disconnecting before it kills. */
  readonly stopGraceMs?: number;
}

export interface ChildExit {
  readonly code: number | null;
  readonly signal: NodeJS.Signals | null;
  /** Crashes in a row without a healthy stretch between them, this one included. */
  readonly crashesInARow: number;
  /** The last of what it wrote to stderr, at most 4,000 characters. */
  readonly stderrTail: string;
}

export interface ChildListener<FromChild, ToChild> {
  /** A new process runs; its port is good until `down`. Called again after every restart. */
  up(port: MessagePort<FromChild, ToChild>, pid: number): void;
  /** The process ended without being asked to; a restart follows after the back-off. */
  down(exit: ChildExit): void;
}

/**
 * Keeps one child process alive: restarts it with back-off whenever it ends, until `stop`.
 * The child must end by itself when its channel to the parent closes (`parentPort().onClose`).
 */
export class SupervisedChild<FromChild, ToChild> {
  readonly #options: SupervisedChildOptions;
  readonly #listener: ChildListener<FromChild, ToChild>;
  readonly #clock: Clock;
  readonly #backoff = new Backoff({ firstMs: 20, factor: 3, longestMs: 5_000 });
  #child: ChildProcess | undefined;
  #restart: Timer | undefined;
  #stopping = false;
  #restarts = 0;

  constructor(options: SupervisedChildOptions, listener: ChildListener<FromChild, ToChild>) {
    this.#options = options;
    this.#listener = listener;
    this.#clock = options.clock ?? realClock;
  }

  get pid(): number | undefined {
    return this.#child?.pid;
  }

  get restarts(): number {
    return this.#restarts;
  }

  start(): void {
    const { entry, args, env, nodeOptions } = this.#options;
    const startedMs = this.#clock.now();
    const child = fork(entry, [...(args ?? [])], {
      serialization: 'advanced',
      execArgv: [...(nodeOptions ?? [])],
      stdio: ['ignore', 'inherit', 'pipe', 'ipc'],
      env: { ...process.env, ...env, NODE_NO_WARNINGS: '1' },
    });
    this.#child = child;
    let stderrTail = '';
    child.stderr?.on('data', (chunk: Buffer) => {
      process.stderr.write(chunk);
      stderrTail = (stderrTail + chunk.toString('utf8')).slice(-4_000);
    });
    child.on('error', () => {});
    child.once('exit', (code, signal) => this.#exited({ code, signal, stderrTail }, startedMs));
    if (child.pid !== undefined) this.#listener.up(childPort<FromChild, ToChild>(child), child.pid);
  }

  /** Closes the channel, waits for the child to end by itself, and kills it after the grace time. */
  async stop(): Promise<void> {
    this.#stopping = true;
    this.#restart?.cancel();
    const child = this.#child;
    if (!child || child.exitCode !== null || child.signalCode !== null) return;
    await new Promise<void>((resolve) => {
      const kill = this.#clock.after(this.#options.stopGraceMs ?? 2_000, () => void child.kill('SIGKILL'));
      child.once('exit', () => {
        kill.cancel();
        resolve();
      });
      if (child.connected) child.disconnect();
    });
  }

  #exited(how: Omit<ChildExit, 'crashesInARow'>, startedMs: number): void {
    this.#child = undefined;
    if (this.#stopping) return;
    if (this.#clock.now() - startedMs > (this.#options.healthyAfterMs ?? 30_000)) this.#backoff.reset();
    const waitMs = this.#backoff.nextMs();
    this.#listener.down({ ...how, crashesInARow: this.#backoff.tries });
    this.#restart = this.#clock.after(waitMs, () => {
      this.#restarts++;
      this.start();
    });
  }
}
