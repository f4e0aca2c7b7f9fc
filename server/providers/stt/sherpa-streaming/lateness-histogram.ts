/** Upper edges of the buckets in milliseconds: a quarter at first, then each a tenth wider than the one before. */
const edgesMs: readonly number[] = makeEdges();

function makeEdges(): number[] {
  const edges: number[] = [];
  for (let edge = 0.25; edge < 60_000; edge = Math.max(edge + 0.25, edge * 1.1)) edges.push(edge);
  return edges;
}

export interface LatenessSummary {
  readonly p50: number;
  readonly p99: number;
  readonly max: number;
}

/** Counts of how late something was, in fixed memory; percentiles are right to a tenth of their value. */
export class LatenessHistogram {
  readonly #counts = new Uint32Array(edgesMs.length + 1);
  #total = 0;
  #max = 0;

  add(lateMs: number): void {
    const value = Math.max(0, lateMs);
    const at = edgesMs.findIndex((edge) => value <= edge);
    const bucket = at === -1 ? edgesMs.length : at;
    this.#counts[bucket] = (this.#counts[bucket] ?? 0) + 1;
    this.#total++;
    this.#max = Math.max(this.#max, value);
  }

  summary(): LatenessSummary {
    return { p50: this.#percentile(0.5), p99: this.#percentile(0.99), max: this.#max };
  }

  #percentile(share: number): number {
    if (this.#total === 0) return 0;
    let left = Math.ceil(this.#total * share);
    for (const [bucket, count] of this.#counts.entries()) {
      left -= count;
      if (left <= 0) return Math.min(this.#max, edgesMs[bucket] ?? this.#max);
    }
    return this.#max;
  }
}
