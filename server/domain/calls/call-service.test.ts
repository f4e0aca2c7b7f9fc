import { existsSync, writeFileSync } from 'node:fs';
import { expect, test } from 'vitest';
import { openFirstHouse } from '../../../test/support/first-house.ts';
import type { CallEndReason } from '../../contract/call.ts';
import { VirtualClock } from '../../lifetime/virtual-clock.ts';
import type { CallDraft } from './call.ts';
import { type CallFilter, conditionOf } from './call-filter.ts';

const page = { limit: 50, offset: 0 };

async function open() {
  const clock = new VirtualClock(Date.UTC(2030, 0, 1, 12));
  const { dataFolder, db, domain, first } = await openFirstHouse({ clock, timeZone: 'UTC' });
  const { organizationId, agentId } = first;
  const begin = (from: string, to: string, more: Partial<CallDraft> = {}) =>
    domain.calls.begin({
      organizationId,
      agentId,
      direction: 'outbound',
      identity: { from, to, fromUri: '', toUri: '' },
      ...more,
    });
  const end = (id: string, endReason: CallEndReason, status: 'completed' | 'failed' = 'failed') =>
    domain.calls.finish(id, { status, endReason, endedAtMs: clock.now() });
  const listed = (filter: object) => {
    const { items, total } = domain.calls.list({ organizationId, ...filter }, page);
    return [items.map((call) => call.identity.to), total];
  };
  return { domain, db, clock, dataFolder, organizationId, agentId, begin, end, listed };
}

test('calls are found by every filter, newest first, with exact totals that follow each change', async () => {
  const { begin, end, listed, clock, domain } = await open();
  const one = await begin('a', '1', { userId: 'ada', campaignId: 'c', channel: 'web' });
  await clock.advance(60_000);
  const two = await begin('b', '2', { direction: 'inbound' });
  await clock.advance(60_000);
  const three = await begin('1', '3');
  expect(listed({})).toEqual([['3', '2', '1'], 3]);
  expect(listed({ userId: 'ada' })).toEqual([['1'], 1]);
  expect(listed({ campaignId: 'c', channel: 'web' })).toEqual([['1'], 1]);
  expect(listed({ direction: 'inbound' })).toEqual([['2'], 1]);
  expect(listed({ toNumber: '3' })).toEqual([['3'], 1]);
  expect(listed({ fromNumber: '1' })).toEqual([['3'], 1]);
  expect(listed({ remoteNumber: 'b' })).toEqual([['2'], 1]);
  expect(listed({ remoteNumber: '1' })).toEqual([['1'], 1]);
  expect(listed({ requestId: two.requestId })).toEqual([['2'], 1]);
  expect(listed({ fromMs: two.startedAtMs, untilMs: three.startedAtMs })).toEqual([['2'], 1]);
  expect(listed({ outcomes: ['initiated'] })[1]).toBe(3);
  await domain.calls.ringing(one.id, clock.now());
  await end(three.id, 'busy');
  expect(listed({ outcomes: ['initiated', 'ringing'] })).toEqual([['2', '1'], 2]);
  expect(listed({ outcomes: ['busy'] })).toEqual([['3'], 1]);
});

test('how a call ended is told more finely than whether it failed', async () => {
  const { begin, end, domain, clock, organizationId } = await open();
  const outcomeAfter = async (reason: CallEndReason, answered: boolean) => {
    const { id } = await begin('', '1');
    if (answered) await domain.calls.answered(id, clock.now());
    await end(id, reason);
    const { requestId } = domain.calls.get(organizationId, id);
    return (await domain.calls.totalsBy({ organizationId, requestId }, 'outcome'))[0]?.key;
  };
  expect(await outcomeAfter('busy', false)).toBe('busy');
  expect(await outcomeAfter('no-answer', false)).toBe('no_answer');
  expect(await outcomeAfter('api-cancel', false)).toBe('cancelled');
  expect(await outcomeAfter('api-cancel', true)).toBe('failed');
  expect(await outcomeAfter('interrupted', true)).toBe('failed');
});

test('a deleted call is gone with what was said and its recording; its request id stays taken', async () => {
  const { begin, end, domain, clock, organizationId, listed } = await open();
  const { id, requestId } = await begin('', '1');
  await expect(domain.calls.remove(organizationId, id)).rejects.toMatchObject({ code: 'call-still-active' });
  const { path } = await domain.recordings.open(id);
  writeFileSync(path, Buffer.alloc(100));
  await domain.calls.answered(id, clock.now());
  const turn = { role: 'caller', text: 'Secret.', startMs: 0, endMs: 1, interrupted: false, provider: 'x' } as const;
  await domain.calls.addTurn(id, { ...turn, marks: {} });
  await end(id, 'caller-hangup', 'completed');
  await domain.calls.setNotes(organizationId, id, 'Rude.');
  expect(domain.calls.get(organizationId, id).notes).toBe('Rude.');

  await expect(domain.calls.remove('another', id)).rejects.toMatchObject({ code: 'call-not-found' });
  await domain.calls.remove(organizationId, id);
  expect([domain.calls.find(id), listed({})]).toEqual([undefined, [[], 0]]);
  expect([domain.calls.turns(id), existsSync(path), domain.recordings.find(id)?.state]).toEqual([[], false, 'missing']);
  await expect(begin('', '2', { requestId })).rejects.toThrow();
});

test('remembered totals stay exact through anything that is written, rolled back or deleted', async () => {
  const { begin, end, domain, db, clock, organizationId, agentId } = await open();
  const startMs = clock.now();
  const filters: CallFilter[] = [
    {},
    { organizations: 'all' as const },
    { organizations: [organizationId, 'x'] },
    { agentId },
    { userIds: ['u1', 'u2'] },
    { status: 'failed' as const, userId: 'u1' },
    { outcomes: ['busy' as const, 'completed' as const] },
    { direction: 'inbound' as const },
    { remoteNumber: '1' },
    { requestIdBegins: 'a' },
    { fromMs: startMs + 5_000, untilMs: startMs + 30_000 },
    { userRoles: ['user'] },
    { ofCampaigns: true as const },
  ].map((filter) => ({ organizationId, ...filter }));
  const ids: string[] = [];
  const pick = (many: readonly string[]) => many[Math.floor(random() * many.length)] ?? '';
  let state = 7;
  const random = () => {
    state = (Math.imul(state, 1_664_525) + 1_013_904_223) >>> 0;
    return state / 2 ** 32;
  };
  const ended = (id: string) => domain.calls.find(id)?.endedAtMs !== null;
  for (let round = 0; round < 300; round++) {
    const dice = random();
    if (dice < 0.45) {
      const direction = random() < 0.3 ? ('inbound' as const) : ('outbound' as const);
      const campaign = random() < 0.5 ? { campaignId: 'c' } : {};
      const more = { direction, userId: pick(['u1', 'u2', 'u3']), ...campaign };
      ids.push((await begin(pick(['1', '2']), pick(['1', '3']), more)).id);
    } else if (dice < 0.75 && ids.length > 0) {
      await end(pick(ids), 'busy', random() < 0.5 ? 'failed' : 'completed').catch(() => {});
    } else if (dice < 0.85) {
      const known = domain.calls.find(pick(ids))?.requestId ?? 'x';
      await begin('1', '1', { requestId: known }).catch(() => {});
    } else if (ids.some(ended)) {
      await domain.calls.remove(organizationId, pick(ids.filter(ended))).catch(() => {});
    }
    await clock.advance(200);
    for (const filter of random() < 0.5 ? filters : []) {
      const { sql, values } = conditionOf(filter);
      const counted = db.prepare<{ total: number }>(`SELECT count(*) AS total FROM calls WHERE ${sql}`).get(...values);
      expect(domain.calls.list(filter, { limit: 1, offset: 0 }).total, JSON.stringify(filter)).toBe(counted?.total);
    }
  }
  expect(domain.calls.list({ organizationId }, page).total).toBeGreaterThan(50);
});

test('sums over calls hold what was acknowledged before, and leave the loop free', async () => {
  const { begin, end, domain, organizationId } = await open();
  for (let total = 1; total <= 10; total++) {
    const { id } = await begin('1', '2', total % 2 === 0 ? { campaignId: 'c' } : {});
    await end(id, 'busy');
    expect(await domain.calls.totals({ organizationId })).toMatchObject({ total, failed: total });
  }
  expect(await domain.calls.totals({ organizationId, ofCampaigns: true })).toMatchObject({ total: 5 });
  expect(await domain.calls.totalsBy({ organizationId }, 'campaign')).toMatchObject([
    { key: null, total: 5 },
    { key: 'c', total: 5 },
  ]);
  let turned = false;
  setImmediate(() => (turned = true));
  await domain.calls.totalsBy({ organizationId }, 'day');
  expect(turned).toBe(true);
  expect(domain.reports.counters).toMatchObject({ asked: 13, failed: 0, refused: 0 });
});

test('pages and totals of a hundred thousand calls are read through an index', async () => {
  const { db } = await open();
  const plan = (where: string) =>
    db
      .prepare<{ detail: string }>(
        `EXPLAIN QUERY PLAN SELECT * FROM calls WHERE deleted_at_ms IS NULL AND organization_id = ? ${where}
         ORDER BY rowid DESC LIMIT 50`,
      )
      .all('x')
      .map(({ detail }) => detail)
      .join();
  expect(plan('')).toMatch(/SEARCH calls USING INDEX calls_listed\w* \(organization_id=\?/);
  expect(plan('')).not.toContain('TEMP B-TREE');
  expect(plan("AND outcome = 'busy'")).not.toContain('SCAN');
  expect(plan("AND campaign_id = 'c'")).not.toContain('SCAN');
  expect(plan("AND agent_id = 'a'")).not.toContain('SCAN');
});
