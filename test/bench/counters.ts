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

/** What must be zero when nobody is on the line. */
const liveCounters = [
  'calls.live',
  'telephony.liveCalls',
  'telephony.pendingByes',
  'media.legs',
  'media.portsInUse',
  'speech.openStreams',
  'sip.transactions.serverInvite',
  'sip.transactions.serverNonInvite',
  'sip.transactions.clientInvite',
  'sip.transactions.clientNonInvite',
  'sip.transactions.timers',
  'sip.userAgent.dialogs',
  'sip.userAgent.incoming',
  'sip.userAgent.outgoingInvites',
  'sip.timers',
];

/** Those of them that are not; a counter that is not told counts as 1. */
export function leaks(counters: Readonly<Record<string, number>>): Record<string, number> {
  return Object.fromEntries(
    liveCounters.map((name) => [name, counters[name] ?? 1] as const).filter(([, value]) => value !== 0),
  );
}
