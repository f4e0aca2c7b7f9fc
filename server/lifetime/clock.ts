/** A pending timer. */
export interface Timer {
  cancel(): void;
}

/**
 * Time as the house sees it. Everything that waits takes a clock, so that a test can turn it by hand.
 *
 * `now` is in milliseconds, monotonic, and (for the real clock) based on the epoch, so that values from different
 * processes of one machine compare.
 */
export interface Clock {
  now(): number;
  after(delayMs: number, run: () => void): Timer;
}

export const realClock: Clock = {
  now: () => performance.timeOrigin + performance.now(),
  after(delayMs, run) {
    const handle = setTimeout(run, Math.max(0, delayMs));
    return { cancel: () => clearTimeout(handle) };
  },
};

/** Resolves after `delayMs`; rejects with the signal's reason when aborted first. */
export function delay(clock: Clock, delayMs: number, signal?: AbortSignal): Promise<void> {
  return new Promise((resolve, reject) => {
    if (signal?.aborted) {
      reject(signal.reason as Error);
      return;
    }
    const onAbort = () => {
      timer.cancel();
      reject(signal?.reason as Error);
    };
    const timer = clock.after(delayMs, () => {
      signal?.removeEventListener('abort', onAbort);
      resolve();
    });
    signal?.addEventListener('abort', onAbort, { once: true });
  });
}
