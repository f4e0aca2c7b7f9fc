import type { LegCounters } from './media-engine.ts';

/** The counters of a leg while it lives. */
export type LegTally = { -readonly [Counter in keyof LegCounters]: number };

export function newTally(): LegTally {
  return {
    packetsIn: 0,
    packetsOut: 0,
    lost: 0,
    concealed: 0,
    late: 0,
    duplicate: 0,
    reordered: 0,
    strangers: 0,
    malformed: 0,
    wrongPayloadType: 0,
    sinkDropped: 0,
    playoutDropped: 0,
    underruns: 0,
  };
}
