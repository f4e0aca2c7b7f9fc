import type { FlushReport, PlaybackChunk } from './media-engine.ts';

interface Entry {
  queuedMs: number;
  startedAtMs: number | undefined;
}

/** Lost speeches that are remembered, so that their late chunks are not played alone. Oldest are forgotten first. */
const mostLost = 64;

/** What was given to the media process to say and is not known to be finished: what a crash loses. */
export class SpeechLedger {
  readonly #open = new Map<number, Entry>();
  readonly #lost = new Set<number>();

  queued({ speechId, samples, sampleRate }: PlaybackChunk): void {
    const entry = this.#open.get(speechId) ?? { queuedMs: 0, startedAtMs: undefined };
    entry.queuedMs += (samples.length * 1_000) / sampleRate;
    this.#open.set(speechId, entry);
  }

  started(speechId: number, atMs: number): void {
    const entry = this.#open.get(speechId);
    if (entry) entry.startedAtMs ??= atMs;
  }

  finished(speechId: number): void {
    this.#open.delete(speechId);
  }

  isLost(speechId: number): boolean {
    return this.#lost.has(speechId);
  }

  /** What was heard, as far as it can be told from outside: from the start on, without pauses. */
  estimate(nowMs: number): FlushReport {
    const speeches = [...this.#open].map(([speechId, { queuedMs, startedAtMs }]) => ({
      speechId,
      playedMs: startedAtMs === undefined ? 0 : Math.min(queuedMs, nowMs - startedAtMs),
      queuedMs,
    }));
    return { speeches };
  }

  /** Marks everything open as lost and returns the ids. */
  loseAll(): number[] {
    const ids = [...this.#open.keys()];
    this.#open.clear();
    for (const id of ids) this.#lost.add(id);
    for (const id of this.#lost) {
      if (this.#lost.size <= mostLost) break;
      this.#lost.delete(id);
    }
    return ids;
  }
}
