import { LandlineError } from '../../contract/errors.ts';
import type { Endpoint } from '../rtp/endpoint.ts';
import type { PacketListener, PacketSocket, PacketTransport } from './packet-transport.ts';

/** The RTP ports of the settings, both ends included. */
export interface PortRange {
  readonly first: number;
  readonly last: number;
}

/** An even port for RTP and the odd one above it for RTCP (RFC 3550 §11), opened together. */
export interface PortPair {
  readonly rtp: PacketSocket;
  close(): Promise<void>;
}

/**
 * Gives out port pairs in turn, so that a port just freed rests as long as possible before another call hears what its
 * last peer still sends. Ports that another program has are passed over.
 */
export class PortPool {
  readonly #transport: PacketTransport;
  readonly #first: number;
  readonly #pairCount: number;
  readonly #inUse = new Set<number>();
  #turn = 0;

  constructor(transport: PacketTransport, range: PortRange) {
    this.#transport = transport;
    this.#first = range.first + (range.first % 2);
    this.#pairCount = Math.max(0, Math.floor((range.last - this.#first + 1) / 2));
  }

  get inUse(): number {
    return this.#inUse.size;
  }

  /** Rejects with `no-rtp-port` when every pair is taken. */
  async open(address: string, rtp: PacketListener, rtcp: PacketListener): Promise<PortPair> {
    for (let tries = 0; tries < this.#pairCount; tries++) {
      const port = this.#first + 2 * (this.#turn++ % this.#pairCount);
      if (this.#inUse.has(port)) continue;
      const pair = await this.#tryPair({ address, port }, rtp, rtcp);
      if (pair) return pair;
    }
    throw new LandlineError(
      'no-rtp-port',
      `No RTP port is free on ${address} between ${this.#first} and ${this.#first + 2 * this.#pairCount - 1}: ` +
        'end calls, or widen LANDLINE_RTP_PORTS.',
      { address, inUse: this.#inUse.size },
    );
  }

  /** The same for one certain port: a leg that comes back after a crash. */
  async reopen(local: Endpoint, rtp: PacketListener, rtcp: PacketListener): Promise<PortPair> {
    const pair = this.#inUse.has(local.port) ? undefined : await this.#tryPair(local, rtp, rtcp);
    if (pair) return pair;
    throw new LandlineError('no-rtp-port', `RTP port ${local.port} on ${local.address} could not be had again.`, {
      ...local,
    });
  }

  async #tryPair(local: Endpoint, rtp: PacketListener, rtcp: PacketListener): Promise<PortPair | undefined> {
    this.#inUse.add(local.port);
    try {
      return await this.#openPair(local, rtp, rtcp);
    } catch (error) {
      this.#inUse.delete(local.port);
      if (isPortTrouble(error)) return undefined;
      throw new LandlineError(
        'no-rtp-port',
        `No RTP port can be opened on ${local.address}: ${error instanceof Error ? error.message : String(error)}.`,
        { address: local.address },
        error,
      );
    }
  }

  async #openPair(local: Endpoint, rtp: PacketListener, rtcp: PacketListener): Promise<PortPair> {
    const rtpSocket = await this.#transport.open(local, rtp);
    const rtcpSocket = await this.#transport
      .open({ address: local.address, port: local.port + 1 }, rtcp)
      .catch(async (error: unknown) => {
        await rtpSocket.close();
        throw error;
      });
    return {
      rtp: rtpSocket,
      close: async () => {
        await Promise.all([rtpSocket.close(), rtcpSocket.close()]);
        this.#inUse.delete(local.port);
      },
    };
  }
}

/** Somebody else has the port, or may not be asked for it: try another one. */
function isPortTrouble(error: unknown): boolean {
  const code = error instanceof Error && 'code' in error ? error.code : undefined;
  return code === 'EADDRINUSE' || code === 'EACCES';
}
