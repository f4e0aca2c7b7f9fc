import type { Endpoint } from '../rtp/endpoint.ts';

export type PacketListener = (packet: Buffer, from: Endpoint) => void;

/** An open port that sends and receives datagrams. */
export interface PacketSocket {
  readonly local: Endpoint;
  /** Sends at once; a datagram that the system refuses is dropped. The bytes may be reused two sends later. */
  send(packet: Uint8Array, to: Endpoint): void;
  /** Resolves when the port is free again. */
  close(): Promise<void>;
}

/**
 * Where a leg's packets come from and go to: UDP, or an in-memory network in tests. Encrypted transports (SRTP) wrap
 * another one; WebRTC is one of its own.
 */
export interface PacketTransport {
  /** Rejects with the system's error (code `EADDRINUSE`, `EADDRNOTAVAIL`) when the port cannot be had. */
  open(local: Endpoint, listener: PacketListener): Promise<PacketSocket>;
}
