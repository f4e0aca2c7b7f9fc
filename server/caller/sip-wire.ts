import { createSocket } from 'node:dgram';
import { createConnection } from 'node:net';
import { LandlineError } from '../contract/errors.ts';

/** Whole SIP messages to and from one address, over UDP or TCP. */
export interface SipWire {
  readonly transport: 'UDP' | 'TCP';
  readonly localAddress: string;
  readonly localPort: number;
  send(message: string): void;
  onMessage(listener: (message: string) => void): void;
  close(): void;
}

export interface SipAddress {
  readonly host: string;
  readonly port: number;
  readonly transport: 'UDP' | 'TCP';
}

export function openWire(to: SipAddress): Promise<SipWire> {
  return to.transport === 'UDP' ? openUdp(to) : openTcp(to);
}

async function openUdp(to: SipAddress): Promise<SipWire> {
  const socket = createSocket('udp4');
  await new Promise<void>((resolve, reject) => {
    socket.once('error', reject);
    socket.connect(to.port, to.host, resolve);
  });
  // A refused datagram shows up as an error event; the INVITE's own timer says it better.
  socket.on('error', () => {});
  const { address, port } = socket.address();
  return {
    transport: 'UDP',
    localAddress: address,
    localPort: port,
    send: (message) => socket.send(message),
    onMessage: (listener) => void socket.on('message', (bytes) => listener(bytes.toString('utf8'))),
    close: () => socket.close(),
  };
}

async function openTcp(to: SipAddress): Promise<SipWire> {
  const socket = createConnection(to.port, to.host);
  await new Promise<void>((resolve, reject) => {
    socket.once('connect', resolve);
    socket.once('error', (cause) =>
      reject(new LandlineError('unreachable', `Nothing answers at ${to.host}:${to.port} over TCP.`, {}, cause)),
    );
  });
  socket.on('error', () => {});
  let pending = '';
  return {
    transport: 'TCP',
    localAddress: socket.localAddress ?? '127.0.0.1',
    localPort: socket.localPort ?? 0,
    send: (message) => void socket.write(message),
    onMessage: (listener) =>
      void socket.on('data', (bytes) => {
        pending += bytes.toString('latin1');
        for (let cut = cutMessage(pending); cut; cut = cutMessage(pending)) {
          pending = cut.rest;
          listener(Buffer.from(cut.message, 'latin1').toString('utf8'));
        }
      }),
    close: () => socket.destroy(),
  };
}

/** Takes the first whole message off a TCP stream (RFC 3261 18.3), or undefined while it is incomplete. */
function cutMessage(text: string): { readonly message: string; readonly rest: string } | undefined {
  const start = text.replace(/^(\r\n)+/, '');
  const headEnd = start.indexOf('\r\n\r\n');
  if (headEnd < 0) return undefined;
  const length = Number(/^(?:content-length|l)\s*:\s*(\d+)/im.exec(start.slice(0, headEnd))?.[1] ?? 0);
  const end = headEnd + 4 + length;
  return start.length < end ? undefined : { message: start.slice(0, end), rest: start.slice(end) };
}
