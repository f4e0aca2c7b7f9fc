import { describe, expect, it } from 'vitest';
import { VirtualClock } from '../../lifetime/virtual-clock.ts';
import type { TransferOutcome } from '../call-edge.ts';
import { referTarget } from './refer-target.ts';
import { referNews } from './sipfrag.ts';
import { Transfer } from './transfer.ts';

function started() {
  const clock = new VirtualClock();
  const transfer = new Transfer(clock);
  const told: TransferOutcome[] = [];
  void transfer.outcome.then((outcome) => told.push(outcome));
  return { clock, transfer, told };
}

const provisional = { status: 180, final: false };

describe('a transfer', () => {
  it('is refused with 408 after 30 s without news', async () => {
    const { clock, transfer, told } = started();
    transfer.referAnswered(202);
    await clock.advance(29_999);
    expect(told).toEqual([]);
    await clock.advance(1);
    expect(told).toEqual([{ kind: 'refused', status: 408 }]);
    expect(clock.pendingCount).toBe(0);
  });

  it('waits on while news come, but not for ever', async () => {
    const { clock, transfer, told } = started();
    transfer.referAnswered(202);
    for (let news = 0; news < 8; news++) {
      await clock.advance(22_000);
      transfer.notified(provisional);
    }
    expect(told).toEqual([]);
    await clock.advance(4_000);
    expect(told).toEqual([{ kind: 'refused', status: 408 }]);
  });

  it('takes a NOTIFY that overtakes the 202', async () => {
    const { clock, transfer, told } = started();
    transfer.notified({ status: 200, final: true });
    transfer.referAnswered(202);
    await clock.advance(60_000);
    expect(told).toEqual([{ kind: 'accepted' }]);
    expect(clock.pendingCount).toBe(0);
  });

  it('is refused when the subscription ends without a result', async () => {
    const { clock, transfer, told } = started();
    transfer.referAnswered(202);
    transfer.notified({ status: 100, final: true });
    await clock.advance(0);
    expect(told).toEqual([{ kind: 'refused', status: 480 }]);
  });
});

describe('referNews', () => {
  it.each([
    ['SIP/2.0 200 OK\r\n', 'terminated;reason=noresource', { status: 200, final: true }],
    ['SIP/2.0 486 Busy Here', 'active;expires=30', { status: 486, final: true }],
    ['SIP/2.0 180', 'active', { status: 180, final: false }],
    ['SIP/2.0 100 Trying', 'Terminated', { status: 100, final: true }],
    ['nonsense', 'active', { status: undefined, final: false }],
    [undefined, undefined, { status: undefined, final: false }],
  ])('reads %j with %j', (body, state, news) => {
    expect(referNews(body, state)).toEqual(news);
  });
});

describe('referTarget', () => {
  it.each([
    ['sip:sales@example.com', 'sip:sales@example.com'],
    ['tel:+49-30-123', 'tel:+49-30-123'],
    ['+49 (30) 123-4', 'sip:+49301234@pbx.example.com:5062'],
    ['*21#', 'sip:*21%23@pbx.example.com:5062'],
    ['sip:a b@x', undefined],
    ['me@example.com', undefined],
    ['<sip:x@y>', undefined],
    ['', undefined],
  ])('writes %j as %j', (target, uri) => {
    expect(referTarget(target, 'sip:pbx@pbx.example.com:5062;transport=tcp')).toBe(uri);
  });
});
