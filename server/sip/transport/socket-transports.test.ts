import { createSocket } from 'node:dgram';
import { once } from 'node:events';
import { connect, createServer, type Socket } from 'node:net';
import { afterEach, describe, expect, test } from 'vitest';
import { LandlineError } from '../../contract/errors.ts';
import { realClock } from '../../lifetime/clock.ts';
import { VirtualClock } from '../../lifetime/virtual-clock.ts';
import type { Flow } from '../txn/transaction-layer.ts';
import { LocalRoutes } from './local-route.ts';
import { openSocketTransports, type SocketTransportsOptions } from './open-socket-transports.ts';
import type { SipTransport, TransportEvents } from './sip-transport.ts';

const HOST = '127.0.0.1';
const closers: (() => unknown)[] = [];

afterEach(async () => {
  for (const close of closers.splice(0).reverse()) await close();
});

interface Arrival {
  readonly text: string;
  readonly flow: Flow;
}

class Recorder implements TransportEvents {
  readonly arrivals: Arrival[] = [];
  readonly unframedReasons: string[] = [];
  readonly closedFlows: Flow[] = [];
  isOpen = true;
  #waiting: (() => void)[] = [];

  admit(): boolean {
    return this.isOpen;
  }
  message(bytes: Buffer, flow: Flow): void {
    this.arrivals.push({ text: bytes.toString(), flow });
    this.#wake();
  }
  unframed(_bytes: Buffer, _flow: Flow, reason: string): void {
    this.unframedReasons.push(reason);
    this.#wake();
  }
  closed(flow: Flow): void {
    this.closedFlows.push(flow);
    this.#wake();
  }
  async until(holds: () => boolean): Promise<void> {
    while (!holds()) await new Promise<void>((resolve) => this.#waiting.push(resolve));
  }
  async arrival(index = 0): Promise<Arrival> {
    await this.until(() => this.arrivals.length > index);
    return this.arrivals[index] as Arrival;
  }
  #wake(): void {
    for (const wake of this.#waiting.splice(0)) wake();
  }
}

async function open(options: Partial<SocketTransportsOptions> = {}) {
  const transports = await openSocketTransports({ addresses: [HOST], port: 0, ...options });
  const events = new Recorder();
  closers.push(() => Promise.all(transports.map((transport) => transport.stop())));
  for (const transport of transports) await transport.start(events);
  const [udp, tcp] = transports as [SipTransport, SipTransport];
  return { udp, tcp, events, port: udp.port };
}

async function dial(port: number): Promise<Socket> {
  const socket = connect(port, HOST);
  closers.push(() => socket.destroy());
  socket.on('error', () => {});
  await once(socket, 'connect');
  return socket;
}

const unexpected = (detail: string): never => {
  throw new Error(detail);
};

const PING = 'OPTIONS sip:a@b SIP/2.0\r\nContent-Length: 0\r\n\r\n';

describe('socket transports', () => {
  test('listen for UDP and TCP on the same ephemeral port', async () => {
    const { udp, tcp } = await open();
    expect(udp.port).toBeGreaterThan(0);
    expect(tcp.port).toBe(udp.port);
  });

  test('carry a datagram there and the answer back to the port it came from', async () => {
    const { udp, events, port } = await open();
    const peer = createSocket('udp4');
    closers.push(() => peer.close());
    peer.send(PING, port, HOST);
    const { text, flow } = await events.arrival();
    expect(text).toBe(PING);
    expect(flow).toMatchObject({
      transport: 'udp',
      localAddress: HOST,
      localPort: port,
      remotePort: peer.address().port,
    });
    const answered = once(peer, 'message');
    udp.send(flow, Buffer.from('answer'), unexpected);
    const [bytes, from] = (await answered) as [Buffer, { port: number }];
    expect(bytes.toString()).toBe('answer');
    expect(from.port).toBe(port);
  });

  test('name the address of the route to the peer when bound to every address', async () => {
    const { events, port } = await open({ addresses: ['0.0.0.0'] });
    const peer = createSocket('udp4');
    closers.push(() => peer.close());
    peer.send(PING, port, HOST);
    expect((await events.arrival()).flow.localAddress).toBe(HOST);
  });

  test('use the connection a peer opened for what is sent to it', async () => {
    const { tcp, events, port } = await open();
    const peer = await dial(port);
    peer.write(PING);
    const { flow } = await events.arrival();
    const again = await tcp.flowTo({ transport: 'tcp', address: flow.remoteAddress, port: flow.remotePort });
    expect(again).toEqual(flow);
    const answered = once(peer, 'data');
    tcp.send(again, Buffer.from('answer'), unexpected);
    expect(String((await answered)[0])).toBe('answer');
    expect(tcp.counters().connections).toBe(1);
  });

  test('open one connection for several sends to the same peer', async () => {
    const there = await open();
    const here = await open();
    const target = { transport: 'tcp', address: HOST, port: there.port } as const;
    const [flow, same] = await Promise.all([here.tcp.flowTo(target), here.tcp.flowTo(target)]);
    expect(same).toBe(flow);
    expect(flow).toMatchObject({ localAddress: HOST, localPort: here.port, remotePort: there.port });
    here.tcp.send(flow, Buffer.from(PING + PING), unexpected);
    await there.events.arrival(1);
    expect(there.tcp.counters().connections).toBe(1);
    await there.tcp.stop();
    await here.events.until(() => here.events.closedFlows.length === 1);
    expect(here.tcp.counters().connections).toBe(0);
  });

  test('reject a flow to a port where nobody listens', async () => {
    const { tcp } = await open();
    const free = await open();
    await free.tcp.stop();
    await expect(tcp.flowTo({ transport: 'tcp', address: HOST, port: free.port })).rejects.toMatchObject({
      code: 'sip-unreachable',
    });
  });

  test('answer a double line end on a stream with one', async () => {
    const { port } = await open();
    const peer = await dial(port);
    const answered = once(peer, 'data');
    peer.write('\r\n\r\n');
    expect(String((await answered)[0])).toBe('\r\n');
  });

  test('close a connection whose stream cannot be followed, after saying so', async () => {
    const { events, port } = await open();
    const peer = await dial(port);
    const closed = once(peer, 'end');
    peer.resume();
    peer.write('OPTIONS sip:a@b SIP/2.0\r\nContent-Length: -1\r\n\r\n');
    await events.until(() => events.unframedReasons.length === 1);
    expect(events.unframedReasons).toEqual(['Bad Content-Length']);
    await closed;
  });

  test('listen no more to a connection whose stream was given up', async () => {
    const { tcp, events, port } = await open({ tcpLimits: { messageTimeoutMs: 50 } });
    const peer = connect({ port, host: HOST, allowHalfOpen: true });
    closers.push(() => peer.destroy());
    peer.on('error', () => {});
    peer.resume();
    peer.write('OPTIONS sip:a@b SIP/2.0\r\nContent-Length: -1\r\n\r\n');
    await events.until(() => events.unframedReasons.length === 1);
    peer.write(PING);
    await events.until(() => events.closedFlows.length === 1);
    expect(events.arrivals).toEqual([]);
    expect(tcp.counters()).toMatchObject({ slowConnections: 1 });
  });

  test('refuse more connections from one address than the limit', async () => {
    const { tcp, events, port } = await open({ tcpLimits: { perAddress: 2 } });
    const first = await dial(port);
    await dial(port);
    const third = await dial(port);
    await once(third, 'close');
    expect(tcp.counters()).toMatchObject({ connections: 2, refusedConnections: 1 });
    first.destroy();
    await events.until(() => events.closedFlows.length === 1);
    const fourth = await dial(port);
    fourth.write(PING);
    await events.arrival();
    expect(tcp.counters()).toMatchObject({ connections: 2, refusedConnections: 1 });
  });

  test('close a connection that brings no complete message in time', async () => {
    const clock = new VirtualClock();
    const { tcp, events, port } = await open({ clock });
    const silent = await dial(port);
    const slow = await dial(port);
    slow.write(`${PING}OPTIONS sip:`);
    await events.arrival();
    await clock.advance(29_000);
    expect(tcp.counters().connections).toBe(2);
    const ended = Promise.all([once(silent, 'close'), once(slow, 'close')]);
    await clock.advance(2000);
    await ended;
    expect(tcp.counters()).toMatchObject({ slowConnections: 2 });
  });

  test('keep an idle connection that has brought a message', async () => {
    const clock = new VirtualClock();
    const { tcp, events, port } = await open({ clock });
    const peer = await dial(port);
    peer.write(PING);
    await events.arrival();
    await clock.advance(3_600_000);
    expect(tcp.counters().connections).toBe(1);
  });

  test('give up a peer that does not read', async () => {
    const { tcp, events, port } = await open({ tcpLimits: { unsentBytes: 100_000 } });
    const peer = await dial(port);
    peer.pause();
    peer.write(PING);
    const { flow } = await events.arrival();
    const failures: string[] = [];
    for (let sent = 0; sent < 400 && tcp.counters().slowConnections === 0; sent++) {
      tcp.send(flow, Buffer.alloc(60_000), (detail) => failures.push(detail));
      await new Promise<void>((resolve) => setImmediate(resolve));
    }
    expect(tcp.counters().slowConnections).toBe(1);
    await events.until(() => events.closedFlows.length === 1);
    expect(failures).toContain('The other side does not read.');
  });

  test('drop what the filter does not admit, connections included', async () => {
    const { events, tcp, port } = await open();
    events.isOpen = false;
    const peer = await dial(port);
    await once(peer, 'close');
    expect(tcp.counters()).toMatchObject({ connections: 0, refusedConnections: 1 });
    expect(events.arrivals).toEqual([]);
  });

  test('name port and setting when the UDP port is taken', async () => {
    const taken = createSocket('udp4');
    closers.push(() => taken.close());
    await new Promise<void>((resolve) => void taken.bind(0, HOST, () => resolve()));
    const { port } = taken.address();
    const failure: unknown = await openSocketTransports({ addresses: [HOST], port }).catch((error: unknown) => error);
    expect(failure).toBeInstanceOf(LandlineError);
    expect(failure).toMatchObject({ code: 'sip-port-taken', details: { port, transport: 'udp' } });
    expect(String(failure)).toContain(String(port));
    expect(String(failure)).toContain('LANDLINE_SIP_PORT');
  });

  test('name port and setting when the TCP port is taken, and free the UDP port again', async () => {
    const taken = createServer();
    await new Promise<void>((resolve) => void taken.listen(0, HOST, () => resolve()));
    const { port } = taken.address() as { port: number };
    const attempt = openSocketTransports({ addresses: [HOST], port });
    await expect(attempt).rejects.toMatchObject({ code: 'sip-port-taken', details: { port, transport: 'tcp' } });
    await new Promise<void>((resolve) => void taken.close(() => resolve()));
    const again = await open({ port });
    expect(again.port).toBe(port);
  });

  test('say so when the address is not one of this machine', async () => {
    const attempt = openSocketTransports({ addresses: ['192.0.2.1'], port: 0 });
    await expect(attempt).rejects.toMatchObject({ code: 'sip-address-unavailable' });
  });
});

describe('local routes', () => {
  test('ask the system for loopback', async () => {
    expect(await new LocalRoutes(realClock).to('127.0.0.1')).toBe('127.0.0.1');
  });

  test('ask once per peer and minute', async () => {
    const clock = new VirtualClock();
    let asked = 0;
    const routes = new LocalRoutes(clock, () => Promise.resolve(`10.0.0.${++asked}`));
    await Promise.all([routes.to('10.0.0.9'), routes.to('10.0.0.9')]);
    expect(routes.to('10.0.0.9')).toBe('10.0.0.1');
    await clock.advance(60_001);
    expect(await routes.to('10.0.0.9')).toBe('10.0.0.2');
    expect(asked).toBe(2);
  });
});
