import { expect, test } from 'vitest';
import { realClock } from '../../lifetime/clock.ts';
import { MemoryNetwork } from './memory-transport.ts';
import { PortPool } from './port-pool.ts';
import { udpTransport } from './udp-transport.ts';

const address = '127.0.0.1';
const ignore = () => {};

function network(): MemoryNetwork {
  return new MemoryNetwork((delayMs, run) => void realClock.after(delayMs, run));
}

test('legs get even ports in turn, and a freed one comes last', async () => {
  const pool = new PortPool(network(), { first: 40_001, last: 40_009 });
  const first = await pool.open(address, ignore, ignore);
  await first.close();
  const ports = [];
  for (let i = 0; i < 4; i++) ports.push((await pool.open(address, ignore, ignore)).rtp.local.port);
  expect(first.rtp.local.port).toBe(40_002);
  expect(ports).toEqual([40_004, 40_006, 40_008, 40_002]);
  expect(pool.inUse).toBe(4);
  await expect(pool.open(address, ignore, ignore)).rejects.toMatchObject({ code: 'no-rtp-port' });
});

test('a port that somebody else has, or whose neighbour is taken, is passed over', async () => {
  const transport = network();
  await transport.open({ address, port: 40_000 }, ignore);
  await transport.open({ address, port: 40_003 }, ignore);
  const pool = new PortPool(transport, { first: 40_000, last: 40_007 });
  const pair = await pool.open(address, ignore, ignore);
  expect(pair.rtp.local.port).toBe(40_004);
  await expect(transport.open({ address, port: 40_002 }, ignore)).resolves.toBeDefined();
});

test('over real sockets a taken port is passed over, and a foreign address refused with a sentence', async () => {
  const taken = await udpTransport.open({ address, port: 43_100 }, ignore);
  const pool = new PortPool(udpTransport, { first: 43_100, last: 43_103 });
  const pair = await pool.open(address, ignore, ignore);
  expect(pair.rtp.local.port).toBe(43_102);
  await expect(pool.open('192.0.2.1', ignore, ignore)).rejects.toThrow('No RTP port can be opened on 192.0.2.1');
  await expect(pool.reopen({ address, port: 43_100 }, ignore, ignore)).rejects.toMatchObject({ code: 'no-rtp-port' });
  await Promise.all([taken.close(), pair.close()]);
  expect(pool.inUse).toBe(0);
});
