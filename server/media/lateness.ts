const bucketMs = 0.1;
const bucketCount = 2_501;
const windowMs = 60_000;

/**
 * How late something ran, as percentiles over the last one to two minutes: two windows of 0.1 ms buckets, of which
 * the older is dropped when the newer is full. Lateness above 250 ms falls into the last bucket; `max` is exact.
 */
export class LatenessHistogram {
  #current = new Uint32Array(bucketCount);
  #previous = new Uint32Array(bucketCount);
  #currentMax = 0;
  #previousMax = 0;
  #windowStartMs: number | undefined;

  record(lateMs: number, nowMs: number): void {
    this.#windowStartMs ??= nowMs;
    if (nowMs - this.#windowStartMs >= windowMs) this.#rotate(nowMs);
    const bucket = Math.min(bucketCount - 1, Math.max(0, Math.floor(lateMs / bucketMs)));
    this.#current[bucket] = (this.#current[bucket] ?? 0) + 1;
    if (lateMs > this.#currentMax) this.#currentMax = lateMs;
  }

  get max(): number {
    return Math.max(this.#currentMax, this.#previousMax);
  }

  /** Upper edge of the bucket that holds this share (0–1) of all records; 0 without records. */
  percentile(share: number): number {
    let total = 0;
    for (let bucket = 0; bucket < bucketCount; bucket++) total += this.#count(bucket);
    if (total === 0) return 0;
    let seen = 0;
    for (let bucket = 0; bucket < bucketCount; bucket++) {
      seen += this.#count(bucket);
      if (seen >= total * share) return Math.min(this.max, (bucket + 1) * bucketMs);
    }
    return this.max;
  }

  #count(bucket: number): number {
    return (this.#current[bucket] ?? 0) + (this.#previous[bucket] ?? 0);
  }

  #rotate(nowMs: number): void {
    const emptied = this.#previous.fill(0);
    this.#previous = this.#current;
    this.#previousMax = this.#currentMax;
    this.#current = emptied;
    this.#currentMax = 0;
    this.#windowStartMs = nowMs;
  }
}
