import type { Appliance } from '../../server/caller/appliance.ts';

/** The appliance's counters, flattened: `sip.dialogs`, `media.legs`, `speech.tickLatenessMs.p99`… */
export async function readCounters(appliance: Appliance): Promise<Readonly<Record<string, number>>> {
  const response = await fetch(new URL('/app/api/counters', appliance.url), {
    headers: { authorization: `Bearer ${appliance.key}` },
  });
  if (!response.ok) throw new Error(`The counters could not be read: ${response.status} ${await response.text()}`);
  return Object.fromEntries(flatten('', await response.json()));
}

function flatten(prefix: string, value: unknown): [string, number][] {
  if (typeof value === 'number') return [[prefix, value]];
  if (typeof value !== 'object' || value === null) return [];
  return Object.entries(value).flatMap(([key, inner]) => flatten(prefix === '' ? key : `${prefix}.${key}`, inner));
}

/** Counters that must be zero when nobody is on the line. */
export function leaks(counters: Readonly<Record<string, number>>): Record<string, number> {
  const live =
    /^(calls\.live|media\.(legs|portsInUse)|speech\.openStreams|telephony\.|sip\.(transactions|dialogs|timers))/;
  return Object.fromEntries(Object.entries(counters).filter(([name, value]) => live.test(name) && value !== 0));
}
