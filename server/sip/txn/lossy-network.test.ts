import { describe, expect, test } from 'vitest';
import { VirtualClock } from '../../lifetime/virtual-clock.ts';
import { createResponse } from '../msg/build-message.ts';
import { type DeliveryScript, MemoryNetwork } from '../transport/memory-network.ts';
import { createTransactionLayer } from './create-transaction-layer.ts';
import { newRequest, OURS, RecordingHandler, RecordingListener, THEIRS, target } from './two-sides.ts';

const CALLS = 60;

/** Loses, delays (and so reorders) and repeats packets, the same way for the same seed. */
function rough(seed: number, lossPercent: number): DeliveryScript {
  let state = seed;
  const below = (limit: number) => {
    state = (Math.imul(state, 1_664_525) + 1_013_904_223) >>> 0;
    return Math.floor((state / 2 ** 32) * limit);
  };
  return () => {
    if (below(100) < lossPercent) return [];
    const firstMs = 1 + below(300);
    return below(5) === 0 ? [firstMs, firstMs + below(800)] : [firstMs];
  };
}

/** Two layers that talk over a rough network; the far one answers each request `status`. */
async function talk(method: string, status: number, script: DeliveryScript) {
  const clock = new VirtualClock();
  const network = new MemoryNetwork({ clock, script });
  const [near, far] = [OURS, THEIRS].map((address) =>
    createTransactionLayer({ transports: network.host(address), clock }),
  );
  if (near === undefined || far === undefined) throw new Error('no layers');
  const answering = new RecordingHandler();
  answering.request = (transaction) => {
    answering.requests.push(transaction);
    transaction.respond(createResponse(transaction.request, status, { toTag: 'far' }));
  };
  near.setHandler(new RecordingHandler());
  far.setHandler(answering);
  await near.start();
  await far.start();
  const listeners = Array.from({ length: CALLS }, (_, call) => {
    const listener = new RecordingListener();
    near.send(newRequest(method, { callId: `call-${call}` }), target(), listener);
    return listener;
  });
  await clock.advance(200_000);
  return { clock, near, far, listeners, answering };
}

const IDLE = { serverInvite: 0, serverNonInvite: 0, clientInvite: 0, clientNonInvite: 0, timers: 0 };

describe.each([0, 20, 40])('over a network that loses %i percent, reorders and repeats', (lossPercent) => {
  test.each([
    ['OPTIONS', 200],
    ['INVITE', 486],
  ])('every %s ends exactly once, is handed up at most once, and nothing is left', async (method, status) => {
    const { clock, near, far, listeners, answering } = await talk(method, status, rough(lossPercent + 7, lossPercent));
    for (const { statuses, failures, terminations } of listeners) {
      const finals = statuses.filter((status) => status >= 200);
      expect(finals.length + failures.length).toBe(1);
      expect(terminations).toBe(1);
    }
    const answered = listeners.filter(({ statuses }) => statuses.includes(status)).length;
    expect(answered).toBeGreaterThanOrEqual(lossPercent === 0 ? CALLS : CALLS - 6);
    const callIds = answering.requests.map(({ request }) => request.headers.get('Call-ID'));
    expect(new Set(callIds).size).toBe(callIds.length);
    expect(near.counters()).toMatchObject(IDLE);
    expect(far.counters()).toMatchObject(IDLE);
    expect(clock.pendingCount).toBe(0);
  });
});
