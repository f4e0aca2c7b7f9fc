/** A stretch of speech, in milliseconds of the recording. */
export interface Utterance {
  readonly startMs: number;
  readonly endMs: number;
}

/** Length of what one level stands for. */
export const levelMs = 20;
const overFloorDb = 10;
/** Quieter is no speech, however silent the line. */
const quietestDb = -50;
const joinGapMs = 700;
const shortestMs = 120;
const padMs = 200;
/** Recognisers keep at most ten seconds that they have not heard yet. */
const longestMs = 9_000;

/** Stretches of speech by the level (dB of full scale) of every 20 ms; pauses below 0.7 s don't divide. */
export function utterancesOf(levelsDb: Float32Array): readonly Utterance[] {
  const threshold = Math.max(quietestDb, floorOf(levelsDb) + overFloorDb);
  const voiced: { startMs: number; endMs: number }[] = [];
  for (let at = 0; at < levelsDb.length; at++) {
    if ((levelsDb[at] ?? -Infinity) < threshold) continue;
    const startMs = at * levelMs;
    const last = voiced.at(-1);
    if (last && startMs - last.endMs < joinGapMs) last.endMs = startMs + levelMs;
    else voiced.push({ startMs, endMs: startMs + levelMs });
  }
  const wholeMs = levelsDb.length * levelMs;
  return voiced
    .filter(({ startMs, endMs }) => endMs - startMs >= shortestMs)
    .map(({ startMs, endMs }) => ({ startMs: Math.max(0, startMs - padMs), endMs: Math.min(wholeMs, endMs + padMs) }))
    .flatMap(divided);
}

/** The level that a fifth of the time is not exceeded: speech leaves more silence than that. */
function floorOf(levelsDb: Float32Array): number {
  const sorted = levelsDb.slice().sort();
  return Math.max(-90, sorted[Math.floor(sorted.length / 5)] ?? -90);
}

function divided({ startMs, endMs }: Utterance): Utterance[] {
  const parts = Math.ceil((endMs - startMs) / longestMs);
  const lengthMs = Math.ceil((endMs - startMs) / parts);
  return Array.from({ length: parts }, (_, part) => ({
    startMs: startMs + part * lengthMs,
    endMs: Math.min(endMs, startMs + (part + 1) * lengthMs),
  }));
}
