import { describe, expect, test } from 'vitest';
import { VirtualClock } from '../../lifetime/virtual-clock.ts';
import { createResponse } from '../msg/build-message.ts';
import { mutant } from '../msg/mutants.ts';
import type { SipTransport, TransportEvents } from '../transport/sip-transport.ts';
import { createTransactionLayer } from './create-transaction-layer.ts';
import type { Flow, Target } from './transaction-layer.ts';
import { RecordingHandler } from './two-sides.ts';

const MESSAGES = 5000;
const LOCAL = { transport: 'udp', localAddress: '10.0.0.1', localPort: 5060 } as const;

/** A wire that a test feeds by hand and that swallows what is sent. */
class DeadEnd implements SipTransport {
  readonly name = 'udp';
  readonly port = 5060;
  readonly addresses = ['10.0.0.1'];
  sent = 0;
  events: TransportEvents | undefined;

  start(events: TransportEvents): Promise<void> {
    this.events = events;
    return Promise.resolve();
  }
  flowTo({ address, port }: Target): Flow {
    return { ...LOCAL, remoteAddress: address, remotePort: port };
  }
  send(): void {
    this.sent++;
  }
  stop(): Promise<void> {
    return Promise.resolve();
  }
  counters() {
    return { connections: 0, refusedConnections: 0, slowConnections: 0, sendErrors: 0 };
  }
}

describe('a flood of broken and half broken messages', () => {
  test('is answered at most once each, keeps calls apart, and leaves nothing behind', async () => {
    const clock = new VirtualClock();
    const wire = new DeadEnd();
    const layer = createTransactionLayer({ transports: [wire], clock });
    const handler = new RecordingHandler();
    handler.request = (transaction) => {
      handler.requests.push(transaction);
      transaction.respond(createResponse(transaction.request, 404, { toTag: 'x' }));
    };
    layer.setHandler(handler);
    await layer.start();
    for (let seed = 1; seed <= MESSAGES; seed++) {
      const flow = { ...LOCAL, remoteAddress: '10.6.6.6', remotePort: 1024 + (seed % 1000) };
      const sentBefore = wire.sent;
      wire.events?.message(mutant(seed), flow);
      // An INVITE gets 100 and its final response.
      expect(wire.sent - sentBefore).toBeLessThanOrEqual(2);
    }
    const { malformed, serverInvite, serverNonInvite } = layer.counters();
    expect(malformed).toBeGreaterThan(MESSAGES / 3);
    expect(serverInvite).toBeGreaterThan(0);
    expect(serverInvite + serverNonInvite).toBeLessThanOrEqual(MESSAGES - malformed);
    clock.advanceSync(65_000);
    expect(layer.counters()).toMatchObject({ serverInvite: 0, serverNonInvite: 0, timers: 0 });
    expect(clock.pendingCount).toBe(0);
  });
});
