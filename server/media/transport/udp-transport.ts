import { createSocket, type Socket } from 'node:dgram';
import type { Endpoint } from '../rtp/endpoint.ts';
import type { PacketSocket, PacketTransport } from './packet-transport.ts';

const receiveBufferBytes = 256 * 1024;

export const udpTransport: PacketTransport = {
  async open(local, listener) {
    const family = local.address.includes(':') ? 6 : 4;
    const socket = createSocket({
      type: family === 6 ? 'udp6' : 'udp4',
      // Only literal addresses are ever used; answering at once saves a trip round the event loop per packet.
      lookup: (address, _options, done) => done(null, address, family),
    });
    await bind(socket, local);
    socket.on('error', () => {});
    socket.on('message', listener);
    return new UdpSocket(socket, { address: local.address, port: socket.address().port });
  },
};

function bind(socket: Socket, local: Endpoint): Promise<void> {
  return new Promise((resolve, reject) => {
    const onError = (error: Error) => {
      socket.close();
      reject(error);
    };
    socket.once('error', onError);
    socket.bind({ address: local.address, port: local.port, exclusive: true }, () => {
      socket.off('error', onError);
      socket.setRecvBufferSize(receiveBufferBytes);
      resolve();
    });
  });
}

class UdpSocket implements PacketSocket {
  readonly local: Endpoint;
  readonly #socket: Socket;
  #closed = false;

  constructor(socket: Socket, local: Endpoint) {
    this.#socket = socket;
    this.local = local;
  }

  send(packet: Uint8Array, to: Endpoint): void {
    if (!this.#closed && isReachable(to)) this.#socket.send(packet, to.port, to.address, ignoreSendError);
  }

  close(): Promise<void> {
    if (this.#closed) return Promise.resolve();
    this.#closed = true;
    return new Promise((resolve) => this.#socket.close(() => resolve()));
  }
}

/** SDP may name port 0 or the unspecified address to say "send nothing"; neither is a place to send to. */
function isReachable({ address, port }: Endpoint): boolean {
  return port >= 1 && port <= 65_535 && address !== '0.0.0.0' && address !== '::';
}

/** UDP promises nothing; an unreachable peer shows itself as silence on the receiving side. */
function ignoreSendError(): void {}
