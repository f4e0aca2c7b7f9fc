import { randomBytes } from 'node:crypto';
import { createSocket, type Socket as UdpSocket } from 'node:dgram';
import { once } from 'node:events';
import { connect, createServer, type Server, type Socket as TcpSocket } from 'node:net';

/** A SIP message as text: nothing is understood, so that tests may send anything. */
export interface WireMessage {
  readonly start: string;
  readonly headers: readonly (readonly [string, string])[];
  readonly body: string;
}

export interface WireAddress {
  readonly host: string;
  readonly port: number;
}

export function parseMessage(text: string): WireMessage {
  const split = text.indexOf('\r\n\r\n');
  const [start = '', ...lines] = (split === -1 ? text : text.slice(0, split)).split('\r\n');
  const headers = lines.map((line): readonly [string, string] => {
    const colon = line.indexOf(':');
    return [line.slice(0, colon).trim(), line.slice(colon + 1).trim()];
  });
  return { start, headers, body: split === -1 ? '' : text.slice(split + 4) };
}

export function formatMessage({ start, headers, body }: WireMessage): string {
  const lines = headers.filter(([name]) => name.toLowerCase() !== 'content-length');
  const length = `Content-Length: ${Buffer.byteLength(body)}`;
  return [start, ...lines.map(([name, value]) => `${name}: ${value}`), length, '', body].join('\r\n');
}

export function header(message: WireMessage, name: string): string {
  return headers(message, name)[0] ?? '';
}

export function headers(message: WireMessage, name: string): string[] {
  return message.headers.filter(([each]) => each.toLowerCase() === name.toLowerCase()).map(([, value]) => value);
}

export function methodOf(message: WireMessage): string {
  return message.start.split(' ')[0] ?? '';
}

/** 0 for a request. */
export function statusOf(message: WireMessage): number {
  return message.start.startsWith('SIP/2.0 ') ? Number(message.start.slice(8, 11)) : 0;
}

export function tagOf(value: string): string {
  return /;\s*tag=([^;\s>]+)/i.exec(value)?.[1] ?? '';
}

/** The URI of a name-addr header. */
export function uriOf(value: string): string {
  return /<([^>]+)>/.exec(value)?.[1] ?? value.split(';')[0]?.trim() ?? '';
}

export function addressOf(uri: string): WireAddress {
  const found = /^sips?:(?:[^@]*@)?([^:;>]+)(?::(\d+))?/i.exec(uri);
  return { host: found?.[1] ?? '127.0.0.1', port: Number(found?.[2] ?? 5060) };
}

export function token(): string {
  return randomBytes(6).toString('hex');
}

type Receive = (message: WireMessage, from: WireAddress, text: string) => void;

/** Where messages come from and go to, over UDP or TCP on one local address. */
export interface Wire {
  readonly transport: 'udp' | 'tcp';
  readonly local: WireAddress;
  send(text: string, to: WireAddress): void;
  close(): Promise<void>;
}

export async function openWire(transport: 'udp' | 'tcp', host: string, receive: Receive): Promise<Wire> {
  return transport === 'udp' ? await openUdp(host, receive) : await openTcp(host, receive);
}

async function openUdp(host: string, receive: Receive): Promise<Wire> {
  const socket: UdpSocket = createSocket('udp4');
  socket.on('message', (datagram, { address, port }) => {
    const text = datagram.toString('utf8');
    if (text.trim() !== '') receive(parseMessage(text), { host: address, port }, text);
  });
  socket.bind(0, host);
  await once(socket, 'listening');
  let open = true;
  return {
    transport: 'udp',
    local: { host, port: socket.address().port },
    send: (text, to) => {
      if (open) socket.send(text, to.port, to.host);
    },
    close: async () => {
      if (!open) return;
      open = false;
      socket.close();
      await once(socket, 'close');
    },
  };
}

async function openTcp(host: string, receive: Receive): Promise<Wire> {
  const connections = new Map<string, TcpSocket>();
  const adopt = (socket: TcpSocket, peer: WireAddress) => {
    connections.set(`${peer.host}:${peer.port}`, socket);
    socket.on('close', () => connections.delete(`${peer.host}:${peer.port}`));
    socket.on('error', () => socket.destroy());
    readStream(socket, (text) => receive(parseMessage(text), peer, text));
  };
  const server: Server = createServer((socket) =>
    adopt(socket, { host: socket.remoteAddress ?? host, port: socket.remotePort ?? 0 }),
  );
  server.listen(0, host);
  await once(server, 'listening');
  const address = server.address();
  return {
    transport: 'tcp',
    local: { host, port: typeof address === 'object' && address ? address.port : 0 },
    send: (text, to) => {
      const key = `${to.host}:${to.port}`;
      if (!connections.has(key)) adopt(connect({ host: to.host, port: to.port, localAddress: host }), to);
      connections.get(key)?.write(text);
    },
    close: async () => {
      for (const socket of connections.values()) socket.destroy();
      server.close();
      await once(server, 'close');
    },
  };
}

/** Cuts a byte stream into messages by Content-Length. */
function readStream(socket: TcpSocket, message: (text: string) => void): void {
  let pending = Buffer.alloc(0);
  socket.on('data', (chunk: Buffer) => {
    pending = Buffer.concat([pending, chunk]);
    for (;;) {
      while (pending.length > 1 && pending[0] === 13 && pending[1] === 10) pending = pending.subarray(2);
      const end = pending.indexOf('\r\n\r\n');
      if (end === -1) return;
      const head = pending.toString('utf8', 0, end);
      const length = Number(/^(?:content-length|l)\s*:\s*(\d+)/im.exec(head)?.[1] ?? 0);
      if (pending.length < end + 4 + length) return;
      message(pending.toString('utf8', 0, end + 4 + length));
      pending = pending.subarray(end + 4 + length);
    }
  });
}
