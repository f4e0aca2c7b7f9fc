/** Order statistics of a sample; NaN-free, rounded to a tenth. */
export interface Spread {
  readonly n: number;
  readonly p50: number;
  readonly p95: number;
  readonly p99: number;
  readonly max: number;
}

export function spread(values: readonly number[]): Spread {
  const sorted = [...values].sort((a, b) => a - b);
  const at = (share: number) => {
    const index = Math.min(sorted.length - 1, Math.ceil(share * sorted.length) - 1);
    return Math.round((sorted[Math.max(0, index)] ?? 0) * 10) / 10;
  };
  return { n: sorted.length, p50: at(0.5), p95: at(0.95), p99: at(0.99), max: at(1) };
}

export function median(values: readonly number[]): number {
  return spread(values).p50;
}

/** One bar of a bench: what was asked for and whether it was met. */
export interface Bar {
  readonly name: string;
  readonly value: number;
  readonly limit: number;
  readonly rule: 'at most' | 'at least';
  readonly met: boolean;
}

export function bar(name: string, value: number, rule: Bar['rule'], limit: number): Bar {
  return { name, value, limit, rule, met: rule === 'at most' ? value <= limit : value >= limit };
}
