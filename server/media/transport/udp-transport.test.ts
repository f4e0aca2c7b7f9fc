import { expect, test } from 'vitest';
import { udpTransport } from './udp-transport.ts';

const address = '127.0.0.1';

test('datagrams go both ways between two ports, and the source is known', async () => {
  const heard: { text: string; port: number }[] = [];
  const one = await udpTransport.open({ address, port: 0 }, () => {});
  const two = await udpTransport.open({ address, port: 0 }, (packet, from) =>
    heard.push({ text: packet.toString(), port: from.port }),
  );
  one.send(Buffer.from('hello'), two.local);
  for (let tries = 0; tries < 2_000 && heard.length === 0; tries++)
    await new Promise((resolve) => setTimeout(resolve, 5));
  expect(heard).toEqual([{ text: 'hello', port: one.local.port }]);
  await Promise.all([one.close(), two.close()]);
});

test('places that cannot be reached, and a closed socket, are no error', async () => {
  const socket = await udpTransport.open({ address, port: 0 }, () => {});
  for (const to of [
    { address: '0.0.0.0', port: 5_000 },
    { address, port: 0 },
    { address, port: 70_000 },
    { address: 'not-an-address', port: 5_000 },
    { address: '::1', port: 5_000 },
  ])
    expect(() => socket.send(Buffer.from('x'), to)).not.toThrow();
  await socket.close();
  socket.send(Buffer.from('x'), { address, port: 5_000 });
  await expect(socket.close()).resolves.toBeUndefined();
});
