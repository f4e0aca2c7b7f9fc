import { type ChildProcess, fork } from 'node:child_process';
import { createSocket } from 'node:dgram';
import { createRequire } from 'node:module';
import { fileURLToPath } from 'node:url';
import { afterEach, describe, expect, it } from 'vitest';
import { silentLogger } from '../../server/log/logger.ts';
import { type SipCoreAddress, SipCoreClient } from '../../server/sip/client.ts';
import type { Srf } from './house.ts';
import { udpWire } from './peer-wire.ts';
import { type PeerMessage, SDP, SipPeer } from './sip-peer.ts';

const SrfClass = createRequire(import.meta.url)('drachtio-srf') as new () => Srf;

async function until(isSo: () => boolean, what: string, withinMs = 5_000): Promise<void> {
  const endMs = performance.now() + withinMs;
  while (!isSo()) {
    if (performance.now() > endMs) throw new Error(`It did not happen within ${withinMs} ms: ${what}`);
    await new Promise((resolve) => setTimeout(resolve, 5));
  }
}

async function expectAt(peer: SipPeer, what: string | number, withinMs?: number): Promise<PeerMessage> {
  let found: PeerMessage | undefined;
  await until(
    () => {
      found = peer.take(({ status, method }) =>
        typeof what === 'number' ? status === what : status === 0 && method === what,
      );
      return found !== undefined;
    },
    `the peer gets ${what}`,
    withinMs,
  );
  return found as PeerMessage;
}

async function freePort(): Promise<number> {
  const socket = createSocket('udp4');
  await new Promise<void>((resolve) => socket.bind(0, '127.0.0.1', resolve));
  const { port } = socket.address();
  await new Promise<void>((resolve) => socket.close(resolve));
  return port;
}

/** Whether nobody holds the port: a killed process may linger in the process table until its new parent looks. */
async function isFree(port: number): Promise<boolean> {
  const socket = createSocket('udp4');
  const isBound = await new Promise<boolean>((resolve) => {
    socket.once('error', () => resolve(false));
    socket.bind({ port, address: '127.0.0.1', exclusive: true }, () => resolve(true));
  });
  socket.close();
  return isBound;
}

describe('the SIP core as a process', { timeout: 30_000 }, () => {
  const cleanUps: (() => unknown)[] = [];
  afterEach(async () => {
    for (const cleanUp of cleanUps.splice(0).reverse()) await cleanUp();
  });

  async function openPeer(port: number): Promise<SipPeer> {
    const wire = await udpWire({ host: '127.0.0.1', port });
    cleanUps.push(() => wire.close());
    return new SipPeer(wire);
  }

  function connectApplication({ host, port, secret }: SipCoreAddress): Srf {
    const srf = new SrfClass();
    srf.on('error', () => {});
    srf.invite((request, reply) => void srf.createUAS(request, reply, { localSdp: SDP() }).catch(() => {}));
    srf.connect({ host, port, secret, reconnect: { maxAttempts: 1 } });
    cleanUps.push(() => {
      try {
        srf.disconnect();
      } catch {
        // It asserts that it has a connection.
      }
    });
    return srf;
  }

  async function startCore(port: number) {
    const addresses: SipCoreAddress[] = [];
    const exits: number[] = [];
    const core = new SipCoreClient(
      { config: { port }, log: silentLogger, logLevel: 'silent', waitForPortMs: 2_000 },
      {
        up: (address) => {
          addresses.push(address);
          connectApplication(address);
        },
        down: ({ crashesInARow }) => exits.push(crashesInARow),
      },
    );
    cleanUps.push(() => core.stop());
    await core.start();
    return { core, addresses, exits };
  }

  async function answeredCall(peer: SipPeer, port: number) {
    // Until the application is connected calls meet 503.
    for (;;) {
      const leg = peer.ask('INVITE', `sip:agent@127.0.0.1:${port}`, [], SDP());
      let final: PeerMessage | undefined;
      await until(() => (final = peer.take(({ status }) => status >= 200)) !== undefined, 'the call is answered');
      if (final?.status === 200) {
        leg.learn(final);
        leg.ack();
        return leg;
      }
      if (final !== undefined) leg.ackRefusal(final);
      await new Promise((resolve) => setTimeout(resolve, 20));
    }
  }

  it('answers a new call on the same port within 2 s of its SIGKILL, and knows nothing of the old one', async () => {
    const port = await freePort();
    const { core, addresses, exits } = await startCore(port);
    const peer = await openPeer(port);
    const old = await answeredCall(peer, port);
    const killedAtMs = performance.now();
    process.kill(core.pid ?? 0, 'SIGKILL');
    await until(() => exits.length === 1, 'the server is told');
    expect(exits).toEqual([1]);
    await until(() => addresses.length === 2, 'the next core is up');
    await answeredCall(peer, port);
    expect(performance.now() - killedAtMs).toBeLessThan(2_000);
    expect(addresses[1]?.secret).not.toBe(addresses[0]?.secret);
    old.request('INFO');
    await expectAt(peer, 481);
  });

  it('tells its counters and the messages of a call, and ends its calls when it is stopped', async () => {
    const port = await freePort();
    const { core } = await startCore(port);
    const peer = await openPeer(port);
    const leg = await answeredCall(peer, port);
    const stats = await core.ask({ kind: 'stats' });
    expect(stats.userAgent.dialogs).toBe(1);
    expect(stats.rssBytes).toBeGreaterThan(1_000_000);
    const trace = await core.ask({ kind: 'trace', callId: leg.callId });
    expect(trace.map(({ direction, text }) => `${direction} ${text.split(' ')[0]}`).slice(0, 3)).toEqual([
      'in INVITE',
      'out SIP/2.0',
      'out SIP/2.0',
    ]);
    expect(await core.ask({ kind: 'bans' })).toEqual([]);
    expect(await core.ask({ kind: 'lift-ban', address: '192.0.2.1' })).toBe(false);
    const stopped = core.stop();
    const bye = await expectAt(peer, 'BYE');
    peer.reply(bye, 200);
    await stopped;
    await expect(core.ask({ kind: 'stats' })).rejects.toMatchObject({ code: 'sip-core-down' });
  });

  it('keeps the port that it was given by chance when it is started again', async () => {
    const { core, addresses } = await startCore(0);
    process.kill(core.pid as number, 'SIGKILL');
    await until(() => addresses.length === 2, 'the core is ready again');
    expect(addresses[1]?.endpoints).toEqual(addresses[0]?.endpoints);
  });

  it('says which port is taken, and stays down', async () => {
    const port = await freePort();
    await startCore(port);
    const second = new SipCoreClient(
      { config: { port }, log: silentLogger, logLevel: 'silent', waitForPortMs: 0 },
      { up: () => {}, down: () => {} },
    );
    const failure = await second.start().catch((error: unknown) => error);
    expect(failure).toMatchObject({ code: 'sip-port-taken', details: { port } });
    expect((failure as Error).message).toContain(String(port));
    expect(second.pid).toBeUndefined();
  });

  it('sends BYE at once and is gone within 3 s when its parent is killed', async () => {
    const port = await freePort();
    const parent: ChildProcess = fork(fileURLToPath(new URL('app-in-process.ts', import.meta.url)), [String(port)], {
      stdio: 'ignore',
    });
    cleanUps.push(() => parent.kill('SIGKILL'));
    let isUp = false;
    parent.on('message', () => {
      isUp = true;
    });
    await until(() => isUp, 'the server is up', 10_000);
    const peer = await openPeer(port);
    await answeredCall(peer, port);
    parent.kill('SIGKILL');
    const killedAtMs = performance.now();
    await expectAt(peer, 'BYE', 1_000);
    while (!(await isFree(port))) await new Promise((resolve) => setTimeout(resolve, 20));
    expect(performance.now() - killedAtMs).toBeLessThan(3_000);
  });
});
