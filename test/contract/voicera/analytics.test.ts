import { parse } from 'csv-parse/sync';
import { expect, test } from 'vitest';
import { type PastCall, writeHistory } from './history.ts';
import { VoiceraHouse } from './voicera-house.ts';

const dayMs = 86_400_000;
const today = Math.floor(Date.now() / dayMs) * dayMs;
const iso = (atMs: number) => new Date(atMs).toISOString().slice(0, 10);

test('calls are summed by day and hour, every one of them listed, today included', async () => {
  const house = await VoiceraHouse.open();
  const agent = await house.agent();
  await writeHistory(house, agent, [
    { startedAtMs: today - 2 * dayMs + 5 * 3_600_000, durationMs: 30_000 },
    { startedAtMs: today - 2 * dayMs + 5 * 3_600_000, status: 'failed' },
    { startedAtMs: today - 3 * dayMs, durationMs: 90_000 },
  ]);
  const daily = await house.request('GET', '/analytics/daily-calls?days=3');
  expect(daily.body).toEqual([
    { date: iso(today - 2 * dayMs), count: 2, completed: 1, failed: 1 },
    { date: iso(today - dayMs), count: 0, completed: 0, failed: 0 },
    { date: iso(today), count: 0, completed: 0, failed: 0 },
  ]);
  const hourly = await house.request('GET', '/analytics/hourly-calls?days=4');
  expect([hourly.at('length'), hourly.at(5), hourly.at(0)]).toEqual([24, { hour: 5, count: 2 }, { hour: 0, count: 1 }]);
  const calls = await house.request('GET', '/analytics/calls?days=4');
  const sums = { total_calls: 3, completed_calls: 2, failed_calls: 1, average_duration: 60, success_rate: 66.7 };
  expect(calls.body).toMatchObject({ ...sums, cost_per_call: 0 });
  expect((await house.request('GET', '/analytics/calls?days=0')).failure).toEqual([422, 'VALIDATION_001']);
  expect((await house.request('GET', '/analytics/calls?days=4000')).status).toBe(422);
});

test('a call that is on counts as neither completed nor failed', async () => {
  const house = await VoiceraHouse.open();
  const agent = await house.agent();
  await house.call(agent);
  await house.endedCall(agent);
  expect((await house.request('GET', '/analytics/calls')).body).toMatchObject({
    total_calls: 2,
    completed_calls: 1,
    failed_calls: 0,
    success_rate: 100,
    average_duration: 120,
  });
});

test('moods and phrases are counted by agent and for all', async () => {
  const house = await VoiceraHouse.open();
  const [one, two] = [await house.agent({ name: 'One' }), await house.agent({ name: 'Two' })];
  const analysed = (sentiment: 'positive' | 'negative', score: number, emotions: readonly string[]): PastCall => {
    return { durationMs: 60_000, analysis: { sentiment, score, emotions, phrases: ['price', sentiment] } };
  };
  await writeHistory(house, one, [analysed('positive', 0.5, ['happy']), analysed('positive', 1, ['happy', 'calm'])]);
  await writeHistory(house, two, [analysed('negative', -1, ['angry']), { status: 'failed' }]);
  const emotions = await house.request('GET', '/analytics/emotions');
  expect(emotions.body).toEqual([
    { emotion: 'happy', count: 2, percentage: 66.7 },
    { emotion: 'angry', count: 1, percentage: 33.3 },
    { emotion: 'calm', count: 1, percentage: 33.3 },
  ]);
  expect((await house.request('GET', `/analytics/emotions?agent_id=${two}&days=1`)).at('length')).toBe(1);
  expect((await house.request('GET', `/analytics/sentiment?agent_id=${one}`)).at('positive_percentage')).toBe(100);
  const phrases = await house.request('GET', '/analytics/top-phrases?limit=1');
  expect(phrases.body).toEqual([{ phrase: 'price', count: 3, frequency: 75 }]);
  const ofTwo = await house.request('GET', `/analytics/top-phrases?agent_id=${two}`);
  expect(ofTwo.at(0)).toMatchObject({ count: 1, frequency: 50 });
  const performance = (await house.request('GET', '/analytics/agent-performance')).body as { agent_id: string }[];
  expect(performance.find(({ agent_id }) => agent_id === one)).toEqual({
    agent_id: one,
    agent_name: 'One',
    total_calls: 2,
    completed_calls: 2,
    success_rate: 100,
    average_duration: 60,
    sentiment_score: 0.75,
  });
  expect(performance.find(({ agent_id }) => agent_id === two)).toMatchObject({ success_rate: 50, sentiment_score: -1 });
});

test('campaigns are compared by their calls', async () => {
  const house = await VoiceraHouse.open();
  const [busy, idle] = [await house.campaign({ name: 'Busy' }), await house.campaign({ name: 'Idle' })];
  await writeHistory(house, await house.agent(), [{ campaignId: busy }, { campaignId: busy, status: 'failed' }, {}]);
  const all = await house.request('GET', '/analytics/campaign-stats');
  expect(all.body).toEqual([
    { campaign_id: idle, name: 'Idle', status: 'draft', total_calls: 0, completed_calls: 0, success_rate: 0 },
    { campaign_id: busy, name: 'Busy', status: 'draft', total_calls: 2, completed_calls: 1, success_rate: 50 },
  ]);
  expect((await house.request('GET', `/analytics/campaign-stats?campaign_id=${busy}`)).at('length')).toBe(1);
  const unknown = '00000000-0000-4000-8000-000000000000';
  const missing = await house.request('GET', `/analytics/campaign-stats?campaign_id=${unknown}`);
  expect(missing.failure).toEqual([404, 'CAMPAIGN_001']);
});

test('the export is a CSV file of every call, safe to open in a spreadsheet', async () => {
  const house = await VoiceraHouse.open();
  const agent = await house.agent();
  const summary = '=HYPERLINK("http://evil")';
  const past: PastCall[] = Array.from({ length: 450 }, () => ({ durationMs: 1_000, startedAtMs: today - dayMs }));
  await writeHistory(house, agent, [
    ...past,
    { to: '+15550199', costMicro: 1_500_000, startedAtMs: today, analysis: { sentiment: 'neutral', summary } },
    { startedAtMs: today - 40 * dayMs },
  ]);
  const file = await house.request('GET', `/analytics/export?agent_id=${agent}`);
  expect([file.status, file.headers.get('content-type')]).toEqual([200, 'text/csv; charset=utf-8']);
  expect(file.headers.get('content-disposition')).toContain('attachment; filename="calls.csv"');
  const lines = parse<Record<string, string>>(file.text, { columns: true });
  expect(lines.length).toBe(451);
  expect(lines.at(-1)).toMatchObject({
    phone_number: '+15550199',
    cost: '1.5',
    summary: `'${summary}`,
    sentiment: 'neutral',
  });
});
