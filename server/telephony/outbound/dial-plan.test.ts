import { describe, expect, it } from 'vitest';
import type { Peer } from '../../contract/peer.ts';
import { VirtualClock } from '../../lifetime/virtual-clock.ts';
import { fromHeader, planDial, planRedirect } from './dial-plan.ts';
import { PeerHealth } from './peer-health.ts';

function peer(name: string, more: Partial<Peer> = {}): Peer {
  return { name, host: `${name}.example.com`, port: 5060, transport: 'udp', allowedSources: [], ...more };
}

const peers = [peer('a', { transport: 'tcp', port: 5070, username: 'line', domain: 'voice.example.com' }), peer('b')];

function uris(to: string, among: readonly Peer[] = peers): readonly string[] {
  const plan = planDial(to, among);
  if (!plan.ok) throw new Error(plan.why);
  return plan.targets.map(({ uri }) => uri);
}

describe('planDial', () => {
  it('sends a number to every peer in turn', () => {
    expect(uris('+4930123456')).toEqual([
      'sip:+4930123456@a.example.com:5070;transport=tcp',
      'sip:+4930123456@b.example.com:5060',
    ]);
  });

  it('needs a peer for a number', () => {
    expect(planDial('+4930123456', [])).toMatchObject({ ok: false });
  });

  it.each(['sip:7@127.0.0.1:5062', 'sip:7@127.9.9.9', 'SIP:7@A.example.com', 'sip:b.example.com;transport=tcp'])(
    'takes the URI %s as it is',
    (uri) => {
      expect(uris(uri)).toEqual([uri]);
    },
  );

  it('writes localhost as an address, because the core reads that name as its own', () => {
    expect(uris('sip:localhost@localhost:5062')).toEqual(['sip:localhost@127.0.0.1:5062']);
  });

  it('knows two peers on one host apart by their port', () => {
    const twins = [peer('x', { host: '10.0.0.1', port: 5062 }), peer('y', { host: '10.0.0.1', port: 5064 })];
    expect(planDial('sip:7@10.0.0.1:5064', twins)).toMatchObject({ targets: [{ peer: { name: 'y' } }] });
  });

  it.each([
    '0301234567',
    '+0301234567',
    '+49',
    '+1234567890123456',
    '+49301234567;x',
    'tel:+4930123456',
    'sips:7@127.0.0.1',
    'sip:7@evil.example.com',
    'sip:7@127.0.0.1.evil.example.com',
    'sip:7@127.0.0.1:0',
    'sip:7@127.0.0.1\r\nX-Bad: 1',
    'sip:7@127.0.0.1>;tag=1',
    'sip:',
    '',
  ])('refuses %j', (to) => {
    expect(planDial(to, peers).ok).toBe(false);
  });
});

describe('planRedirect', () => {
  it('stays with this machine and the peers', () => {
    expect(planRedirect('sip:9@b.example.com', peers)?.peer?.name).toBe('b');
    expect(planRedirect('sip:9@c.example.com', peers)).toBeUndefined();
  });
});

describe('fromHeader', () => {
  it.each([
    [undefined, undefined, '<sip:landline@localhost>'],
    ['+4930', undefined, '<sip:+4930@localhost>'],
    [undefined, peers[0], '<sip:line@voice.example.com>'],
    ['sip:me@example.com', peers[0], '<sip:me@example.com>'],
    ['a"b>\r\n', undefined, '<sip:a%22b%3E%0D%0A@localhost>'],
  ])('of %j at %o is %s', (from, at, expected) => {
    expect(fromHeader(from, at)).toBe(expected);
  });
});

describe('PeerHealth', () => {
  it('puts a peer that failed behind the others for half a minute', async () => {
    const clock = new VirtualClock();
    const health = new PeerHealth(clock);
    const targets = peers.map((each) => ({ uri: each.name, host: each.host, peer: each }));
    const order = () => health.sort(targets).map(({ uri }) => uri);
    health.note({ uri: 'a', host: '', peer: peers[0] }, false);
    expect(order()).toEqual(['b', 'a']);
    await clock.advance(30_000);
    expect(order()).toEqual(['a', 'b']);
    health.note({ uri: 'a', host: '', peer: peers[0] }, false);
    health.note({ uri: 'a', host: '', peer: peers[0] }, true);
    expect(order()).toEqual(['a', 'b']);
  });
});
