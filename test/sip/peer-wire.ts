import { createSocket } from 'node:dgram';
import { connect, createServer, type Socket } from 'node:net';
import type { MemoryNetwork } from '../../server/sip/transport/memory-network.ts';
import type { Flow } from '../../server/sip/txn/transaction-layer.ts';

/** Carries SIP text between a peer and whoever it talks to. */
export interface PeerWire {
  readonly transport: 'udp' | 'tcp';
  readonly host: string;
  readonly port: number;
  /** To the address that the last message came from, or to the one given at opening. */
  send(text: string): void;
  onText(listener: (text: string) => void): void;
  close(): void;
  /** Breaks the connection and goes on listening; only TCP. */
  drop?(): void;
}

export interface Remote {
  readonly host: string;
  readonly port: number;
}

/** A datagram socket of its own. */
export async function udpWire(remote: Remote, host = '127.0.0.1'): Promise<PeerWire> {
  const socket = createSocket('udp4');
  await new Promise<void>((resolve) => socket.bind(0, host, resolve));
  return {
    transport: 'udp',
    host,
    port: socket.address().port,
    send: (text) => socket.send(text, remote.port, remote.host),
    onText: (listener) => void socket.on('message', (bytes) => listener(bytes.toString('utf8'))),
    close: () => void socket.close(),
  };
}

/** Listens, and connects when it has something to say first. */
export async function tcpWire(remote: Remote, host = '127.0.0.1'): Promise<PeerWire> {
  let current: Socket | undefined;
  let listener: (text: string) => void = () => {};
  const adopt = (socket: Socket): Socket => {
    current = socket;
    let pending = '';
    socket.on('error', () => {});
    socket.on('data', (chunk: Buffer) => {
      pending += chunk.toString('latin1');
      for (let text = firstMessage(pending); text !== undefined; text = firstMessage(pending)) {
        pending = pending.slice(text.length);
        listener(Buffer.from(text, 'latin1').toString('utf8'));
      }
    });
    return socket;
  };
  const server = createServer(adopt);
  await new Promise<void>((resolve) => server.listen(0, host, resolve));
  const address = server.address();
  return {
    transport: 'tcp',
    host,
    port: typeof address === 'object' && address !== null ? address.port : 0,
    send: (text) => void (current ?? adopt(connect(remote.port, remote.host))).write(text),
    onText: (next) => {
      listener = next;
    },
    drop: () => {
      current?.destroy();
      current = undefined;
    },
    close: () => {
      current?.destroy();
      server.close();
    },
  };
}

function firstMessage(pending: string): string | undefined {
  const end = pending.indexOf('\r\n\r\n');
  if (end === -1) return undefined;
  const length = Number(/^content-length:\s*(\d+)/im.exec(pending.slice(0, end))?.[1] ?? 0);
  return pending.length >= end + 4 + length ? pending.slice(0, end + 4 + length) : undefined;
}

/** A host of a simulated network. */
export async function memoryWire(network: MemoryNetwork, remote: Remote, host: string, port = 5060): Promise<PeerWire> {
  const [udp] = network.host(host, port);
  let listener: (text: string) => void = () => {};
  await udp?.start({
    admit: () => true,
    message: (bytes) => listener(bytes.toString('utf8')),
    unframed: () => {},
    closed: () => {},
  });
  const flow: Flow = {
    transport: 'udp',
    localAddress: host,
    localPort: port,
    remoteAddress: remote.host,
    remotePort: remote.port,
  };
  return {
    transport: 'udp',
    host,
    port,
    send: (text) => udp?.send(flow, Buffer.from(text), () => {}),
    onText: (next) => {
      listener = next;
    },
    close: () => void udp?.stop(),
  };
}
