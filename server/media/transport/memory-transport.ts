import type { Endpoint } from '../rtp/endpoint.ts';
import type { PacketListener, PacketSocket, PacketTransport } from './packet-transport.ts';

/** What the network does to a datagram: deliver it now, later (`delayMs`), or not at all (`undefined`). */
export type NetworkFate = (
  packet: Uint8Array,
  from: Endpoint,
  to: Endpoint,
) => { readonly delayMs: number } | undefined;

/** A network inside one process, for tests: same behaviour as UDP, with loss and delay on demand. */
export class MemoryNetwork implements PacketTransport {
  readonly #ports = new Map<string, { readonly socket: PacketSocket; readonly listener: PacketListener }>();
  readonly #after: (delayMs: number, run: () => void) => void;
  fate: NetworkFate = () => ({ delayMs: 0 });

  /** `after` defers delayed datagrams: a clock's `after` in tests with virtual time. */
  constructor(after: (delayMs: number, run: () => void) => void) {
    this.#after = after;
  }

  open(local: Endpoint, listener: PacketListener): Promise<PacketSocket> {
    const key = keyOf(local);
    if (this.#ports.has(key)) {
      return Promise.reject(Object.assign(new Error(`Port in use: ${key}`), { code: 'EADDRINUSE' }));
    }
    const socket: PacketSocket = {
      local,
      send: (packet, to) => this.#carry(packet, local, to),
      close: () => {
        if (this.#ports.get(key)?.socket === socket) this.#ports.delete(key);
        return Promise.resolve();
      },
    };
    this.#ports.set(key, { socket, listener });
    return Promise.resolve(socket);
  }

  #carry(packet: Uint8Array, from: Endpoint, to: Endpoint): void {
    const fate = this.fate(packet, from, to);
    if (fate === undefined) return;
    const copy = Buffer.from(packet);
    const deliver = () => this.#ports.get(keyOf(to))?.listener(copy, from);
    if (fate.delayMs > 0) this.#after(fate.delayMs, deliver);
    else deliver();
  }
}

function keyOf({ address, port }: Endpoint): string {
  return `${address}:${port}`;
}
