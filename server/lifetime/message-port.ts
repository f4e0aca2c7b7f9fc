import type { ChildProcess } from 'node:child_process';

/** Ordered two-way messages between two units, whether they share a process or not. Values are structured clones. */
export interface MessagePort<In, Out> {
  send(message: Out): void;
  onMessage(listener: (message: In) => void): void;
  /** Called once, when the other side is gone. */
  onClose(listener: () => void): void;
  close(): void;
}

/** The port of this process to the parent that forked it with `serialization: 'advanced'`. */
export function parentPort<In, Out>(): MessagePort<In, Out> {
  if (!process.send) throw new Error('This process was not started by Landline: it has no channel to a parent.');
  return {
    send: (message) => void process.send?.(message, undefined, undefined, () => {}),
    onMessage: (listener) => void process.on('message', (message) => listener(message as In)),
    onClose: (listener) => void process.once('disconnect', listener),
    close: () => process.disconnect?.(),
  };
}

/** The parent's port to a forked child. Sending to a child that is gone does nothing. */
export function childPort<In, Out>(child: ChildProcess): MessagePort<In, Out> {
  return {
    send: (message) => {
      if (child.connected) child.send(message as object, () => {});
    },
    onMessage: (listener) => void child.on('message', (message) => listener(message as In)),
    onClose: (listener) => void child.once('exit', listener),
    close: () => {
      if (child.connected) child.disconnect();
    },
  };
}

class LocalPort<In, Out> implements MessagePort<In, Out> {
  other: LocalPort<Out, In> | undefined;
  readonly #listeners: ((message: In) => void)[] = [];
  readonly #closeListeners: (() => void)[] = [];
  #open = true;

  send(message: Out): void {
    const { other } = this;
    if (this.#open) queueMicrotask(() => other?.deliver(message));
  }

  onMessage(listener: (message: In) => void): void {
    this.#listeners.push(listener);
  }

  onClose(listener: () => void): void {
    this.#closeListeners.push(listener);
  }

  close(): void {
    if (!this.#open) return;
    this.#open = false;
    queueMicrotask(() => this.other?.closed());
  }

  deliver(message: In): void {
    if (this.#open) for (const listener of this.#listeners) listener(message);
  }

  closed(): void {
    if (!this.#open) return;
    this.#open = false;
    for (const listener of this.#closeListeners) listener();
  }
}

/** Two joined ports inside one process: the in-process form of a host, for tests and debugging. Values are not cloned. */
export function portPair<A, B>(): readonly [MessagePort<A, B>, MessagePort<B, A>] {
  const first = new LocalPort<A, B>();
  const second = new LocalPort<B, A>();
  first.other = second;
  second.other = first;
  return [first, second];
}
