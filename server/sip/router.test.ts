import { describe, expect, it } from 'vitest';
import { VirtualClock } from '../lifetime/virtual-clock.ts';
import type { Destination, Way } from './dialog/next-hop.ts';
import { hopOf } from './dialog/next-hop.ts';
import { type NameLookup, TransportRouter } from './router.ts';
import { MemoryNetwork } from './transport/memory-network.ts';
import type { Target } from './txn/transaction-layer.ts';

const NO_NAMES: NameLookup = () => Promise.resolve([]);

function setUp(lookUp: NameLookup = NO_NAMES) {
  const clock = new VirtualClock();
  const network = new MemoryNetwork({ clock });
  const router = new TransportRouter(network.host('192.0.2.1'), clock, lookUp);
  const find = (destination: Destination): Promise<Way | undefined> =>
    new Promise((resolve) => router.find(destination, resolve));
  return { clock, network, router, find };
}

async function listening(network: MemoryNetwork, host: string): Promise<void> {
  const events = { admit: () => true, message: () => {}, unframed: () => {}, closed: () => {} };
  for (const transport of network.host(host)) await transport.start(events);
}

const hop = (uri: string) => hopOf(uri) ?? expect.fail(`${uri} has no hop`);
const tcp = (address: string): Target => ({ transport: 'tcp', address, port: 5060 });

describe('the router', () => {
  it('knows the way to an address at once', () => {
    const { router } = setUp();
    let way: Way | undefined;
    router.find(hop('sip:a@198.51.100.7'), (found) => {
      way = found;
    });
    expect(way?.target).toEqual({ transport: 'udp', address: '198.51.100.7', port: 5060 });
    expect(way?.flow.localAddress).toBe('192.0.2.1');
  });

  it('goes on to the next target when one refuses the connection', async () => {
    const { find, network } = setUp(() => Promise.resolve([tcp('198.51.100.1'), tcp('198.51.100.2')]));
    await listening(network, '198.51.100.2');
    expect((await find(hop('sip:gateway.example;transport=tcp')))?.target.address).toBe('198.51.100.2');
    expect((await find([tcp('198.51.100.1'), tcp('198.51.100.2')]))?.target.address).toBe('198.51.100.2');
    expect(await find([tcp('198.51.100.1')])).toBeUndefined();
  });

  it('remembers a name for 30 s, and asks again for one that was unknown', async () => {
    const asked: string[] = [];
    const { find, clock } = setUp((wanted) => {
      asked.push(wanted.host);
      const target: Target = { transport: 'udp', address: '198.51.100.7', port: 5060 };
      return Promise.resolve(wanted.host === 'known.example' ? [target] : []);
    });
    for (let i = 0; i < 3; i++) expect((await find(hop('sip:a@known.example')))?.target.port).toBe(5060);
    for (let i = 0; i < 2; i++) expect(await find(hop('sip:a@unknown.example'))).toBeUndefined();
    await clock.advance(31_000);
    await find(hop('sip:a@known.example'));
    expect(asked).toEqual(['known.example', 'unknown.example', 'unknown.example', 'known.example']);
  });

  it('has no way when the look-up fails', async () => {
    const { find } = setUp(() => Promise.reject(new Error('no resolver')));
    expect(await find(hop('sip:a@known.example'))).toBeUndefined();
  });
});
