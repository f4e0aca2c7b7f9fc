import { once } from 'node:events';
import { connect } from 'node:net';
import { afterEach, describe, expect, test } from 'vitest';
import { realClock } from '../../lifetime/clock.ts';
import { createResponse } from '../msg/build-message.ts';
import { openSocketTransports } from '../transport/open-socket-transports.ts';
import { createTransactionLayer, type RunningTransactionLayer } from './create-transaction-layer.ts';
import type { TransportName } from './transaction-layer.ts';
import { newRequest, RecordingHandler } from './two-sides.ts';

const HOST = '127.0.0.1';
const layers: RunningTransactionLayer[] = [];

afterEach(async () => {
  await Promise.all(layers.splice(0).map((layer) => layer.stop()));
});

/** A layer on its own loopback port that answers every request 200. */
async function openLayer() {
  const transports = await openSocketTransports({ addresses: [HOST], port: 0 });
  const layer = createTransactionLayer({ transports, clock: realClock });
  const handler = new RecordingHandler();
  handler.request = (transaction) => {
    handler.requests.push(transaction);
    transaction.respond(createResponse(transaction.request, 200, { toTag: 'x' }));
  };
  layer.setHandler(handler);
  await layer.start();
  layers.push(layer);
  return { layer, handler, port: transports[0]?.port ?? 0 };
}

/** Sends a request and says how it ended. */
function ask(layer: RunningTransactionLayer, transport: TransportName, port: number, body = ''): Promise<string> {
  const request = { ...newRequest('OPTIONS'), body: Buffer.from(body) };
  return new Promise((resolve) => {
    layer.send(
      request,
      { transport, address: HOST, port },
      {
        response: ({ status }) => resolve(String(status)),
        failed: (why) => resolve(why),
      },
    );
  });
}

describe('two transaction layers over loopback sockets', () => {
  test.each(['udp', 'tcp'] as const)('ask and answer over %s', async (transport) => {
    const here = await openLayer();
    const there = await openLayer();
    expect(await ask(here.layer, transport, there.port)).toBe('200');
    expect(there.handler.requests[0]?.flow).toMatchObject({ transport, localPort: there.port, localAddress: HOST });
  });

  test('carry a body of 60 kB over a stream', async () => {
    const here = await openLayer();
    const there = await openLayer();
    expect(await ask(here.layer, 'tcp', there.port, 'ä'.repeat(30_000))).toBe('200');
    expect(there.handler.requests[0]?.request.body.toString()).toBe('ä'.repeat(30_000));
  });

  test('fail at once where nobody listens on a stream', async () => {
    const here = await openLayer();
    const there = await openLayer();
    await there.layer.stop();
    expect(await ask(here.layer, 'tcp', there.port)).toBe('transport');
  });

  test('answer a stream request without Content-Length 400 and close the connection', async () => {
    const { port, layer, handler } = await openLayer();
    const peer = connect(port, HOST);
    const via = 'Via: SIP/2.0/TCP 127.0.0.1:9;branch=z9hG4bK1';
    const head = [via, 'From: <sip:a@b>;tag=1', 'To: <sip:c@d>', 'Call-ID: 1', 'CSeq: 1 OPTIONS'].join('\r\n');
    peer.write(`OPTIONS sip:c@d SIP/2.0\r\n${head}\r\n\r\n`);
    let answered = '';
    peer.on('data', (chunk: Buffer) => {
      answered += chunk.toString();
    });
    await once(peer, 'end');
    peer.destroy();
    expect(answered).toMatch(/^SIP\/2\.0 400 Missing Content-Length\r\n/);
    expect(handler.requests).toEqual([]);
    expect(layer.counters().malformed).toBe(1);
  });
});
