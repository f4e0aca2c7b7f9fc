/**
 * Stretches of time that usage and earnings are summed over. They follow the calendar in UTC (weeks begin on Monday)
 * and run from their beginning until now; `4months` is this month and the three before it.
 */
export const periods = ['day', 'week', 'month', '4months', 'year', 'all'] as const;
export type Period = (typeof periods)[number];

export const grains = ['hour', 'day', 'week', 'month'] as const;
export type Grain = (typeof grains)[number];

const hourMs = 3_600_000;
const dayMs = 24 * hourMs;
const weekMs = 7 * dayMs;
/** 1970-01-05 was a Monday. */
const firstMondayMs = 4 * dayMs;

const grainOf: Readonly<Record<Period, Grain>> = {
  day: 'hour',
  week: 'day',
  month: 'day',
  '4months': 'week',
  year: 'month',
  all: 'month',
};

/** How finely a period is broken down. */
export function grainFor(period: Period): Grain {
  return grainOf[period];
}

/** When the period that holds `nowMs` began; 0 for all time. */
export function periodStartMs(period: Period, nowMs: number): number {
  const now = new Date(nowMs);
  const [year, month] = [now.getUTCFullYear(), now.getUTCMonth()];
  switch (period) {
    case 'day':
      return bucketStartMs('day', nowMs);
    case 'week':
      return bucketStartMs('week', nowMs);
    case 'month':
      return Date.UTC(year, month);
    case '4months':
      return Date.UTC(year, month - 3);
    case 'year':
      return Date.UTC(year, 0);
    case 'all':
      return 0;
  }
}

/** When the hour, day, week or month that holds `atMs` (1970 or later) began. */
export function bucketStartMs(grain: Grain, atMs: number): number {
  switch (grain) {
    case 'hour':
      return atMs - (atMs % hourMs);
    case 'day':
      return atMs - (atMs % dayMs);
    case 'week':
      return atMs - ((atMs - firstMondayMs + weekMs) % weekMs);
    case 'month':
      return Date.UTC(new Date(atMs).getUTCFullYear(), new Date(atMs).getUTCMonth());
  }
}

/** Every bucket's start from the one that holds `fromMs` to the one that holds `toMs`, without gaps. */
export function bucketStarts(grain: Grain, fromMs: number, toMs: number): readonly number[] {
  const starts: number[] = [];
  for (let at = bucketStartMs(grain, fromMs); at <= toMs; at = nextBucketMs(grain, at)) starts.push(at);
  return starts;
}

function nextBucketMs(grain: Grain, startMs: number): number {
  if (grain === 'hour') return startMs + hourMs;
  if (grain === 'day') return startMs + dayMs;
  if (grain === 'week') return startMs + weekMs;
  return Date.UTC(new Date(startMs).getUTCFullYear(), new Date(startMs).getUTCMonth() + 1);
}
