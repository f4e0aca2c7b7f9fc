import { describe, expect, it } from 'vitest';
import { VirtualClock } from '../../lifetime/virtual-clock.ts';
import { DEFAULT_GUARD_LIMITS, Guard, type RefusalNotice } from './guard.ts';
import { attachedPrivateNetworks, NetworkSet, normalizeAddress } from './networks.ts';

function makeGuard(options: { lan?: string[]; peers?: string[]; trackedAddresses?: number; burst?: number } = {}) {
  const clock = new VirtualClock();
  const notices: RefusalNotice[] = [];
  let lan = options.lan ?? [];
  const guard = new Guard({
    clock,
    lanNetworks: () => lan,
    peerSources: options.peers ?? [],
    limits: {
      ...DEFAULT_GUARD_LIMITS,
      burst: options.burst ?? 10,
      ratePerSecond: 10,
      trackedAddresses: options.trackedAddresses ?? 100,
    },
    refused: (notice) => notices.push(notice),
  });
  return { clock, guard, notices, setLan: (networks: string[]) => (lan = networks) };
}

function flood(guard: Guard, address: string, messages = 50): void {
  for (let i = 0; i < messages; i++) guard.admits(address);
}

describe('the guard', () => {
  it('admits only loopback until something is opened', () => {
    const { guard } = makeGuard();
    expect(guard.admits('127.0.0.1')).toBe(true);
    expect(guard.admits('127.8.9.1')).toBe(true);
    expect(guard.admits('::ffff:127.0.0.1')).toBe(true);
    expect(guard.admits('192.168.1.5')).toBe(false);
    expect(guard.admits('8.8.8.8')).toBe(false);
    expect(guard.admits('not an address')).toBe(false);
    expect(guard.counters().unknownSource).toBe(2);
  });

  it('admits the attached networks and the sources of peers', () => {
    const { guard } = makeGuard({ lan: ['192.168.1.20/24'], peers: ['203.0.113.0/28', '198.51.100.4'] });
    expect(guard.admits('192.168.1.77')).toBe(true);
    expect(guard.admits('192.168.2.77')).toBe(false);
    expect(guard.admits('203.0.113.15')).toBe(true);
    expect(guard.admits('203.0.113.16')).toBe(false);
    expect(guard.admits('198.51.100.4')).toBe(true);
  });

  it('notices within seconds that the machine joined another network', async () => {
    const { guard, clock, setLan } = makeGuard({ lan: [] });
    expect(guard.admits('10.1.1.1')).toBe(false);
    setLan(['10.1.0.0/16']);
    await clock.advance(16_000);
    expect(guard.admits('10.1.1.1')).toBe(true);
  });

  it('never limits loopback', () => {
    const { guard } = makeGuard();
    flood(guard, '127.0.0.1', 10_000);
    expect(guard.admits('127.0.0.1')).toBe(true);
  });

  it('bans a flooding address, each time four times as long, and forgives after an hour', async () => {
    const { guard, clock } = makeGuard({ peers: ['203.0.113.1'] });
    flood(guard, '203.0.113.1');
    expect(guard.bans()).toMatchObject([{ address: '203.0.113.1', count: 1 }]);
    await clock.advance(30_001);
    expect(guard.bans()).toEqual([]);
    expect(guard.admits('203.0.113.1')).toBe(true);
    flood(guard, '203.0.113.1');
    await clock.advance(100_000);
    expect(guard.admits('203.0.113.1')).toBe(false);
    await clock.advance(20_001 + 3_600_000);
    flood(guard, '203.0.113.1');
    expect(guard.bans()).toMatchObject([{ count: 1 }]);
  });

  it('lets an address within its rate talk for ever', async () => {
    const { guard, clock } = makeGuard({ peers: ['203.0.113.1'] });
    for (let i = 0; i < 200; i++) {
      expect(guard.admits('203.0.113.1')).toBe(true);
      clock.advanceSync(100);
    }
  });

  it('lifts a ban on request', () => {
    const { guard } = makeGuard({ peers: ['203.0.113.1'] });
    flood(guard, '203.0.113.1');
    expect(guard.lift('203.0.113.1')).toBe(true);
    expect(guard.admits('203.0.113.1')).toBe(true);
    expect(guard.lift('203.0.113.1')).toBe(true);
    expect(guard.lift('203.0.113.1')).toBe(false);
  });

  it('takes a scanner by its name as a hint that costs many messages', () => {
    const { guard, notices } = makeGuard({ peers: ['203.0.113.0/24'], burst: 150 });
    guard.admits('203.0.113.1');
    guard.sawUserAgent('203.0.113.1', 'Yealink SIP-T46');
    guard.sawUserAgent('203.0.113.1', 'friendly-scanner');
    expect(guard.bans()).toEqual([]);
    guard.sawUserAgent('203.0.113.1', 'friendly-scanner');
    expect(guard.bans()).toHaveLength(1);
    expect(notices.at(-1)).toMatchObject({ address: '203.0.113.1', userAgent: 'friendly-scanner' });
  });

  it('reports an unknown address once a minute and at most ten refusals a second', async () => {
    const { guard, notices, clock } = makeGuard();
    flood(guard, '203.0.113.1', 1_000);
    expect(notices).toHaveLength(1);
    for (let i = 0; i < 200; i++) guard.admits(`198.51.100.${i}`);
    expect(notices).toHaveLength(10);
    await clock.advance(61_000);
    guard.admits('203.0.113.1');
    expect(notices).toHaveLength(11);
  });

  it('remembers a bounded number of addresses and keeps bans over idle ones', () => {
    const { guard } = makeGuard({ peers: ['203.0.0.0/8'], trackedAddresses: 50 });
    flood(guard, '203.0.0.1');
    for (let i = 0; i < 1_000; i++) guard.admits(`203.1.${i >> 8}.${i & 255}`);
    expect(guard.counters().trackedAddresses).toBe(50);
    expect(guard.bans()).toMatchObject([{ address: '203.0.0.1' }]);
  });
});

describe('networks', () => {
  it.each(['300.1.1.1', '10.0.0.0/33', '10.0.0.0/', 'a/8', '10.0.0.0/8/8', ''])(
    'refuse the entry %j by name',
    (bad) => {
      expect(() => new NetworkSet([bad])).toThrow(`"${bad}"`);
    },
  );

  it('spell an address in one way', () => {
    expect(normalizeAddress('::FFFF:10.0.0.1')).toBe('10.0.0.1');
    expect(normalizeAddress('FE80::1%eth0')).toBe('fe80::1');
    expect(normalizeAddress('example.org')).toBeUndefined();
  });

  it('of this machine count only when private and not internal', () => {
    const entry = (address: string, cidr: string, internal = false) =>
      ({ address, cidr, internal, netmask: '', mac: '', family: 'IPv4' }) as const;
    expect(
      attachedPrivateNetworks({
        lo: [entry('127.0.0.1', '127.0.0.1/8', true)],
        eth0: [entry('192.168.1.20', '192.168.1.20/24'), entry('203.0.113.9', '203.0.113.9/24')],
      }),
    ).toEqual(['192.168.1.20/24']);
  });
});
