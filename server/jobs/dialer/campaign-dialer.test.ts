import { expect, onTestFinished, test } from 'vitest';
import { openFirstHouse } from '../../../test/support/first-house.ts';
import type { CampaignDraft, MemberDraft } from '../../domain/campaigns/campaign.ts';
import { VirtualClock } from '../../lifetime/virtual-clock.ts';
import { silentLogger } from '../../log/logger.ts';
import { type Script, ScriptedTelephone } from '../testing/scripted-telephone.ts';
import { CampaignDialer } from './campaign-dialer.ts';

const answers: Script = { kind: 'answers', afterMs: 2_000, talksMs: 8_000 };
const busy: Script = { kind: 'refuses', reason: 'busy', afterMs: 500 };

async function open(script: (to: string, attempt: number) => Script) {
  const clock = new VirtualClock(Date.UTC(2030, 0, 1, 12));
  const { domain, first } = await openFirstHouse({ clock, timeZone: 'UTC' });
  const { organizationId, agentId } = first;
  const telephone = new ScriptedTelephone(domain, clock, script);
  const dialer = new CampaignDialer({ domain, dialer: telephone, clock, log: silentLogger });
  dialer.start();
  onTestFinished(() => dialer.stop());
  const campaign = async (howMany: number, more: Partial<CampaignDraft> = {}) => {
    const draft = { kind: 'voicera', name: 'Reminders', agentId, concurrency: 5, ...more } as const;
    return (await domain.campaigns.create(organizationId, draft, numbers(howMany))).id;
  };
  const counts = (id: string) => domain.campaigns.counts(organizationId, id);
  const status = (id: string) => domain.campaigns.get(organizationId, id).status;
  return { domain, clock, telephone, dialer, organizationId, agentId, campaign, counts, status };
}

function numbers(howMany: number): MemberDraft[] {
  return Array.from({ length: howMany }, (_each, at) => ({ toNumber: `+1555010${String(at).padStart(4, '0')}` }));
}

test('a list is dialled to its end, never more at once than allowed, and everything is counted', async () => {
  const { domain, clock, telephone, organizationId, campaign, counts, status } = await open((to) =>
    to.endsWith('3') ? busy : to.endsWith('7') ? { ...answers, voicemail: true } : answers,
  );
  const id = await campaign(50);
  await domain.campaigns.launch(organizationId, id);
  await clock.advance(1);
  expect(counts(id)).toMatchObject({ inProgress: 5, pending: 45 });
  await clock.advance(200_000);
  expect(status(id)).toBe('completed');
  expect(telephone.mostLive).toBe(5);
  expect(telephone.dialled).toHaveLength(50);
  expect(counts(id)).toMatchObject({ total: 50, pending: 0, inProgress: 0, completed: 45, failed: 5 });
  expect(counts(id).byStatus).toMatchObject({ completed: 40, voicemail: 5, busy: 5 });
  const calls = await domain.calls.totals({ organizationId, campaignId: id });
  expect(calls).toMatchObject({ total: 50, completed: 45, failed: 5, open: 0, averageDurationMs: 8_000 });
  expect(domain.calls.list({ organizationId, outcomes: ['busy'] }, { limit: 2, offset: 0 }).total).toBe(5);
});

test('who is busy is tried again after the delay, so often and no more; who answered never is', async () => {
  const { domain, clock, telephone, organizationId, campaign, counts } = await open((to, attempt) =>
    to.endsWith('0') && attempt < 3 ? busy : to.endsWith('1') ? busy : answers,
  );
  const id = await campaign(3, { maxRetries: 2, retryDelayMs: 60_000 });
  await domain.campaigns.launch(organizationId, id);
  await clock.advance(59_000);
  expect(telephone.dialled).toHaveLength(3);
  expect(counts(id)).toMatchObject({ pending: 2, completed: 1 });
  await clock.advance(600_000);
  expect(telephone.dialled.filter((to) => to.endsWith('0'))).toHaveLength(3);
  expect(telephone.dialled.filter((to) => to.endsWith('1'))).toHaveLength(3);
  expect(telephone.dialled.filter((to) => to.endsWith('2'))).toHaveLength(1);
  expect(counts(id)).toMatchObject({ completed: 2, failed: 1, pending: 0 });
});

test('paused it begins no call, resumed it goes on, stopped it cancels what waits and lets calls end', async () => {
  const { domain, clock, telephone, organizationId, campaign, counts, status } = await open(() => answers);
  const id = await campaign(20);
  await domain.campaigns.launch(organizationId, id);
  await clock.advance(1_000);
  await domain.campaigns.pause(organizationId, id);
  await clock.advance(60_000);
  expect(telephone.dialled).toHaveLength(5);
  expect(counts(id)).toMatchObject({ completed: 5, pending: 15, inProgress: 0 });
  await domain.campaigns.resume(organizationId, id);
  await clock.advance(1_000);
  expect(telephone.dialled).toHaveLength(10);
  await domain.campaigns.stop(organizationId, id);
  await clock.advance(60_000);
  expect(status(id)).toBe('stopped');
  expect(counts(id).byStatus).toMatchObject({ completed: 10, cancelled: 10 });
  expect(telephone.dialled).toHaveLength(10);
  await expect(domain.campaigns.resume(organizationId, id)).rejects.toMatchObject({ code: 'campaign-state' });
});

test('a campaign waits for its start time, and its end time ends it', async () => {
  const { domain, clock, telephone, organizationId, campaign, counts, status } = await open(() => answers);
  const startAtMs = clock.now() + 3_600_000;
  const id = await campaign(20, { startAtMs, endAtMs: startAtMs + 15_000 });
  expect((await domain.campaigns.launch(organizationId, id)).status).toBe('scheduled');
  await clock.advance(3_599_000);
  expect([status(id), telephone.dialled.length]).toEqual(['scheduled', 0]);
  await clock.advance(2_000);
  expect([status(id), telephone.dialled.length]).toEqual(['active', 5]);
  await clock.advance(60_000);
  expect(status(id)).toBe('completed');
  expect(counts(id).byStatus).toMatchObject({ completed: 10, cancelled: 10, pending: 0 });
});

test('numbers on the do-not-call list are not dialled, in whatever form they are there', async () => {
  const { domain, clock, telephone, organizationId, campaign, counts } = await open(() => answers);
  await domain.doNotCall.add(organizationId, ['+1 (555) 010-0001', '0015550100002']);
  const id = await campaign(4);
  await domain.campaigns.launch(organizationId, id);
  await clock.advance(60_000);
  expect(telephone.dialled).toEqual(['+15550100000', '+15550100003']);
  expect(counts(id)).toMatchObject({ completed: 2, failed: 2 });
  expect(counts(id).byStatus['do-not-call']).toBe(2);
});

test('what the organization may dial at once and per hour holds, and only makes it wait', async () => {
  const { domain, clock, telephone, organizationId, campaign, counts, status } = await open(() => answers);
  await domain.outboundRules.set(organizationId, {
    allowedPrefixes: ['+1555'],
    maxCallsAtOnce: 2,
    maxCallsPerHour: 6,
  });
  const id = await campaign(10);
  await domain.campaigns.addMembers(organizationId, id, [{ toNumber: '+49301234567' }]);
  await domain.campaigns.launch(organizationId, id);
  await clock.advance(1_800_000);
  expect(telephone.mostLive).toBe(2);
  expect(telephone.dialled).toHaveLength(6);
  await clock.advance(3_600_000);
  expect(status(id)).toBe('completed');
  expect(counts(id)).toMatchObject({ completed: 10, failed: 1 });
  expect(telephone.dialled).not.toContain('+49301234567');
});

test('without a free line everyone waits, and two campaigns take turns', async () => {
  const { clock, domain, telephone, organizationId, campaign, counts } = await open(() => answers);
  telephone.lines = 2;
  const ids = [await campaign(6), await campaign(6)];
  for (const id of ids) await domain.campaigns.launch(organizationId, id);
  await clock.advance(25_000);
  // The first was alone when it took both lines; from then on they take turns.
  expect(ids.map((id) => counts(id).completed)).toEqual([3, 1]);
  await clock.advance(100_000);
  expect(ids.map((id) => counts(id).completed)).toEqual([6, 6]);
  expect(telephone.mostLive).toBe(2);
});

test('a call in flight at a crash is interrupted and never made again; the rest is dialled by the next start', async () => {
  const { domain, clock, telephone, dialer, organizationId, campaign, counts, status } = await open(() => answers);
  const id = await campaign(12, { maxRetries: 3 });
  await domain.campaigns.launch(organizationId, id);
  await clock.advance(1_000);
  telephone.die();
  await dialer.stop();
  const inFlight = [...telephone.dialled];
  expect(inFlight).toHaveLength(5);

  expect(await domain.calls.closeInterrupted()).toBe(5);
  const next = new ScriptedTelephone(domain, clock, () => answers);
  const again = new CampaignDialer({ domain, dialer: next, clock, log: silentLogger });
  again.start();
  onTestFinished(() => again.stop());
  await clock.advance(100_000);
  expect(status(id)).toBe('completed');
  expect(counts(id).byStatus).toMatchObject({ completed: 7, interrupted: 5 });
  expect(counts(id)).toMatchObject({ completed: 7, failed: 5 });
  expect(next.dialled.filter((to) => inFlight.includes(to))).toEqual([]);
  expect(await domain.calls.totals({ organizationId, campaignId: id })).toMatchObject({ completed: 7, failed: 5 });
});

test('a campaign whose agent is disabled is paused instead of failing its list', async () => {
  const { domain, clock, telephone, organizationId, campaign, counts, status, agentId } = await open(() => answers);
  const id = await campaign(3);
  await domain.agents.update(organizationId, agentId, { enabled: false });
  await domain.campaigns.launch(organizationId, id);
  await clock.advance(10_000);
  expect([status(id), counts(id).pending, telephone.dialled.length]).toEqual(['paused', 3, 0]);
});

test('a campaign is launched once, with an agent, with numbers and before its end', async () => {
  const { domain, clock, organizationId, campaign } = await open(() => answers);
  const { campaigns } = domain;
  const empty = await campaign(0, { agentId: null, endAtMs: clock.now() - 1 });
  expect(campaigns.readiness(organizationId, empty)).toMatchObject({
    canStart: false,
    memberCount: 0,
    hasAgent: false,
  });
  await expect(campaigns.launch(organizationId, empty)).rejects.toMatchObject({
    code: 'campaign-not-ready',
    details: { blockers: [expect.any(String), expect.any(String), expect.any(String)] },
  });
  const id = await campaign(2);
  expect(campaigns.readiness(organizationId, id)).toMatchObject({ canStart: true, blockers: [] });
  const both = await Promise.allSettled([campaigns.launch(organizationId, id), campaigns.launch(organizationId, id)]);
  expect(both.map((each) => each.status).sort()).toEqual(['fulfilled', 'rejected']);
  await expect(campaigns.addMembers(organizationId, id, numbers(1))).rejects.toMatchObject({ code: 'campaign-state' });
  await expect(campaigns.delete(organizationId, id)).rejects.toMatchObject({ code: 'campaign-state' });
  const stranger = (await domain.organizations.create('Strangers')).id;
  await expect(campaigns.pause(stranger, id)).rejects.toMatchObject({ code: 'campaign-not-found' });
});

test('numbers that are none are told by row, and leave nothing half-written', async () => {
  const { domain, organizationId, campaign, counts } = await open(() => answers);
  const { campaigns } = domain;
  const id = await campaign(1);
  const added = await campaigns.addMembers(
    organizationId,
    id,
    [{ toNumber: '12' }, { toNumber: ' +15550109999 ', variables: { name: 'Ada' } }, { toNumber: '+15550109999' }],
    { skipDuplicates: true },
  );
  expect(added.inserted).toMatchObject([{ toNumber: '+15550109999', position: 2, variables: { name: 'Ada' } }]);
  expect(added.rejected).toMatchObject([
    { index: 0, why: 'invalid' },
    { index: 2, why: 'duplicate' },
  ]);
  const draft = { kind: 'voicera', name: 'Bad' } as const;
  const bad = campaigns.create(organizationId, draft, [...numbers(1), { toNumber: 'sip:a@evil.example' }]);
  await expect(bad).rejects.toMatchObject({ code: 'bad-members', details: { rejected: [{ index: 1 }] } });
  expect(campaigns.list({ organizationId }, { limit: 10, offset: 0 }).total).toBe(1);
  await campaigns.replaceMembers(organizationId, id, numbers(3));
  expect(counts(id).total).toBe(3);
});

test('an organization that was granted nothing may not dial, and one without rules only sip: addresses', async () => {
  const { domain } = await open(() => answers);
  const { outboundRules } = domain;
  const { id } = await domain.organizations.create('Newcomers');
  const forbidden = expect.objectContaining({ code: 'dialling-forbidden' }) as unknown;
  expect(() => outboundRules.requireAllowed(id)).toThrow(forbidden);
  await outboundRules.set(id, { mayDial: true });
  outboundRules.requireAllowed(id, 'sip:100@127.0.0.1');
  outboundRules.requireAllowed(id, 'sip:reception@pbx.example');
  expect(() => outboundRules.requireAllowed(id, '+15550100')).toThrow(forbidden);
  expect(() => outboundRules.requireAllowed(id, 'sip:0049301234567@trunk.example')).toThrow(forbidden);
  await outboundRules.set(id, { allowedPrefixes: ['+4930'] });
  outboundRules.requireAllowed(id, 'sip:0049301234567@trunk.example');
  await domain.doNotCall.add(id, ['+49 30 1234567', '4930 7654321']);
  const unwanted = expect.objectContaining({ code: 'do-not-call' }) as unknown;
  for (const to of ['sip:%2B49-30-1234567@trunk.example', 'sip:0049301234567@trunk.example:5062', '+49307654321']) {
    expect(() => outboundRules.requireAllowed(id, to)).toThrow(unwanted);
  }
  await expect(outboundRules.set(id, { allowedPrefixes: ['030'], maxCallsAtOnce: -1 })).rejects.toMatchObject({
    details: { problems: [expect.any(String), expect.any(String)] },
  });
});
