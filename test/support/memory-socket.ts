import net, { Socket } from 'node:net';

/**
 * One end of a connection inside this process: a real `net.Socket` to those who check, but without a handle, so nothing
 * waits for the system and a virtual clock stays in charge. Bytes arrive in the next microtask, in order.
 */
export class MemorySocket extends Socket {
  other: MemorySocket | undefined;

  override _read(): void {}

  override _write(chunk: Buffer, _encoding: BufferEncoding, done: (error?: Error | null) => void): void {
    this.#carry(chunk, done);
  }

  override _writev(
    chunks: { readonly chunk: Buffer; readonly encoding: BufferEncoding }[],
    done: (error?: Error | null) => void,
  ): void {
    this.#carry(Buffer.concat(chunks.map(({ chunk, encoding }) => bytesOf(chunk, encoding))), done);
  }

  override _final(done: (error?: Error | null) => void): void {
    const { other } = this;
    queueMicrotask(() => {
      if (other !== undefined && !other.destroyed) other.push(null);
    });
    done();
  }

  override _destroy(error: Error | null, done: (error?: Error | null) => void): void {
    const { other } = this;
    this.other = undefined;
    queueMicrotask(() => {
      if (other !== undefined && !other.destroyed) other.destroy();
    });
    super._destroy(error, done);
  }

  #carry(chunk: Buffer | string, done: (error?: Error | null) => void): void {
    const { other } = this;
    if (other === undefined || other.destroyed) {
      done(new Error('The other end is gone.'));
      return;
    }
    const bytes = bytesOf(chunk, 'utf8');
    queueMicrotask(() => {
      if (!other.destroyed) other.push(bytes);
    });
    done();
  }
}

const bytesOf = (chunk: Buffer | string, encoding: BufferEncoding): Buffer =>
  typeof chunk === 'string' ? Buffer.from(chunk, encoding) : chunk;

/** Two joined ends. */
export function memorySocketPair(): readonly [MemorySocket, MemorySocket] {
  const [first, second] = [new MemorySocket(), new MemorySocket()];
  first.other = second;
  second.other = first;
  return [first, second];
}

/** Whoever serves a port in memory, for instance `SipCore.attachControl`. */
export interface MemoryListener {
  readonly port: number;
  accept(socket: Socket): void;
}

const realConnect = net.connect;
const listeners = new Map<number, MemoryListener>();

function connectInMemory(listener: MemoryListener): Socket {
  const [client, server] = memorySocketPair();
  queueMicrotask(() => {
    listener.accept(server);
    client.emit('connect');
  });
  return client;
}

/**
 * From now on `net.connect({ port })` to the listener's port ends there instead of at the system; everything else
 * connects as ever. drachtio-srf looks `net.connect` up on every call, so it needs no change:
 * `srf.connect({ host: '127.0.0.1', port: listener.port, secret })`. Returns the function that takes it back.
 */
export function listenInMemory(listener: MemoryListener): () => void {
  listeners.set(listener.port, listener);
  const connect = (...args: unknown[]): Socket => {
    const [target] = args;
    const port = typeof target === 'object' && target !== null && 'port' in target ? Number(target.port) : undefined;
    const found = port === undefined ? undefined : listeners.get(port);
    return found === undefined ? Reflect.apply(realConnect, net, args) : connectInMemory(found);
  };
  Object.assign(net, { connect });
  return () => {
    listeners.delete(listener.port);
    if (listeners.size === 0) Object.assign(net, { connect: realConnect });
  };
}
