import { createRequire } from 'node:module';
import { describe, expect, it } from 'vitest';
import { VirtualClock } from '../../server/lifetime/virtual-clock.ts';
import { createLogger } from '../../server/log/logger.ts';
import { startSipCore } from '../../server/sip/core.ts';
import type { SipCoreConfig } from '../../server/sip/core-config.ts';
import { MemoryNetwork } from '../../server/sip/transport/memory-network.ts';
import { listenInMemory } from '../support/memory-socket.ts';
import type { Srf } from './house.ts';
import { memoryWire } from './peer-wire.ts';
import { newToken, SDP, SipPeer } from './sip-peer.ts';

const SrfClass = createRequire(import.meta.url)('drachtio-srf') as new () => Srf;

/** A core on 192.0.2.1 in a simulated network, and every line it logs. */
async function openCore(config: Partial<SipCoreConfig> = {}) {
  const clock = new VirtualClock();
  const network = new MemoryNetwork({ clock });
  const lines: { readonly level: number; readonly msg: string }[] = [];
  const destination = { write: (line: string) => void lines.push(JSON.parse(line)) };
  const core = await startSipCore({
    config: { port: 5060, ...config },
    secret: 's',
    log: createLogger('core', { destination }),
    clock,
    transports: network.host('192.0.2.1', 5060),
  });
  const peer = async (host: string): Promise<SipPeer> =>
    new SipPeer(await memoryWire(network, { host: '192.0.2.1', port: 5060 }, host));
  return { clock, network, core, lines, peer };
}

/** A small repeatable source of chance. */
function generator(seed: number): (below: number) => number {
  let state = seed;
  return (below) => {
    state = (Math.imul(state, 1_664_525) + 1_013_904_223) >>> 0;
    return Math.floor((state / 2 ** 32) * below);
  };
}

describe('strangers and vandals', { timeout: 60_000 }, () => {
  it('an unknown source gets no answer at all, costs one log line, and is counted', async () => {
    const { core, clock, lines, network, peer } = await openCore();
    const stranger = await peer('203.0.113.66');
    for (let i = 0; i < 50; i++) stranger.ask('OPTIONS', 'sip:192.0.2.1');
    stranger.ask('INVITE', 'sip:192.0.2.1', [], SDP());
    await clock.advance(40_000);
    expect(stranger.inbox).toEqual([]);
    expect(network.log.every(({ packet }) => packet.from.address !== '192.0.2.1')).toBe(true);
    expect(lines.map(({ msg }) => msg)).toEqual(['sip refused ip=203.0.113.66 reason=unknown-source']);
    expect(core.stats().guard.unknownSource).toBe(51);
    await core.stop(0);
  });

  it('a configured peer is heard, and banned when it floods', async () => {
    const { core, clock, lines, peer } = await openCore({
      peerSources: ['198.51.100.0/24'],
      guard: { burst: 20, ratePerSecond: 1 },
    });
    const carrier = await peer('198.51.100.9');
    carrier.ask('OPTIONS', 'sip:192.0.2.1');
    await clock.advance(100);
    expect(carrier.take(({ status }) => status === 200)).toBeDefined();
    for (let i = 0; i < 100; i++) carrier.ask('OPTIONS', 'sip:192.0.2.1');
    await clock.advance(100);
    expect(core.bans()).toMatchObject([{ address: '198.51.100.9', count: 1 }]);
    expect(lines.map(({ msg }) => msg)).toEqual(['sip refused ip=198.51.100.9 reason=too-many-messages']);
    expect(core.liftBan('198.51.100.9')).toBe(true);
    expect(core.bans()).toEqual([]);
    await core.stop(0);
  });

  it('a scanner that names itself is banned soon', async () => {
    const { core, clock, peer } = await openCore({ peerSources: ['198.51.100.9'] });
    const scanner = await peer('198.51.100.9');
    for (let i = 0; i < 8; i++) scanner.ask('OPTIONS', 'sip:192.0.2.1', [['User-Agent', 'friendly-scanner']]);
    await clock.advance(100);
    expect(core.bans()).toHaveLength(1);
    await core.stop(0);
  });

  it('no garbled message in or out of a call makes the core stumble', async () => {
    const { core, clock, lines, network, peer } = await openCore({
      peerSources: ['198.51.100.9'],
      guard: { burst: 1e9, ratePerSecond: 1e9 },
    });
    const stopListening = listenInMemory({ port: core.controlPort, accept: (socket) => core.attachControl(socket) });
    const srf = new SrfClass();
    srf.invite((request, reply) => void srf.createUAS(request, reply, { localSdp: SDP() }).catch(() => {}));
    srf.connect({ host: '127.0.0.1', port: core.controlPort, secret: 's' });
    await clock.advance(10);
    const vandal = await peer('198.51.100.9');
    const below = generator(7);
    const methods = ['INVITE', 'BYE', 'UPDATE', 'INFO', 'PRACK', 'OPTIONS', 'NOTIFY', 'REFER', 'SUBSCRIBE'];
    for (let round = 0; round < 150; round++) {
      const leg = vandal.ask('INVITE', 'sip:agent@192.0.2.1', [['Supported', '100rel, timer']], SDP());
      await clock.advance(5);
      const ok = vandal.take(({ status }) => status === 200);
      if (ok !== undefined) leg.learn(ok);
      leg.ack();
      for (let i = 0; i < 20; i++) {
        const text = leg.request(methods[below(methods.length)] ?? 'INFO', [
          ['RAck', '1 1 INVITE'],
          ['Session-Expires', '90'],
        ]);
        vandal.wire.send(garble(text.replace(/branch=[^;]+/, `branch=z9hG4bK${newToken()}`), below));
      }
      await clock.advance(5);
      vandal.inbox.length = 0;
      network.log.length = 0;
    }
    expect(lines.filter(({ level }) => level >= 50)).toEqual([]);
    vandal.ask('OPTIONS', 'sip:192.0.2.1');
    await clock.advance(10);
    expect(vandal.take(({ status, method }) => status === 200 && method === 'OPTIONS')).toBeDefined();
    srf.disconnect();
    stopListening();
    await core.stop(0);
  });
});

/** One to four small wounds. */
function garble(text: string, below: (limit: number) => number): string {
  let garbled = text;
  for (let wounds = 1 + below(4); wounds > 0; wounds--) {
    const at = below(garbled.length);
    const kind = below(4);
    const stranger = ['|', '\r\n', '\0', ';tag=', '<', '"', ',', 'é', '999999999999', ' '][below(10)] ?? '';
    if (kind === 0) garbled = garbled.slice(0, at) + stranger + garbled.slice(at);
    else if (kind === 1) garbled = garbled.slice(0, at) + garbled.slice(at + 1 + below(12));
    else if (kind === 2) garbled = garbled.slice(0, at) + stranger + garbled.slice(at + 1);
    else garbled += garbled.slice(at, at + below(40));
  }
  return garbled;
}
