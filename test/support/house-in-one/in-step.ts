import type { VirtualClock } from '../../../server/lifetime/virtual-clock.ts';

/** Time goes on in steps of this, so that files keep up with the clock. */
const stepMs = 20;
/** A disk slower than this is not waited for. */
const longestFileWaitMs = 2_000;
const longestWorkSteps = 5_000;

/** Whether the system is at work on a file of ours; it knows no virtual clock. */
function fileWorkIsPending(): boolean {
  return process.getActiveResourcesInfo().some((resource) => resource.startsWith('FSReq'));
}

/** Lets files that are being read or written come to their end, while the clock stands. */
async function filesSettled(): Promise<void> {
  const untilMs = performance.now() + longestFileWaitMs;
  let quiet = 0;
  while (quiet < 2 && performance.now() < untilMs) {
    quiet = fileWorkIsPending() ? 0 : quiet + 1;
    await new Promise<void>((resolve) => setImmediate(resolve));
  }
}

/** Turns the clock on; real files keep in step with it. */
export async function pass(clock: VirtualClock, durationMs: number): Promise<void> {
  for (let left = durationMs; left > 0; left -= stepMs) {
    await clock.advance(Math.min(stepMs, left));
    await filesSettled();
  }
}

/** Turns the clock on until the condition holds. Throws when it doesn't within `limitMs`. */
export async function passUntil(
  clock: VirtualClock,
  holds: () => boolean,
  limitMs: number,
  what: string,
): Promise<void> {
  const endMs = clock.now() + limitMs;
  await clock.advance(0);
  while (!holds()) {
    if (clock.now() >= endMs) throw new Error(`Waited ${limitMs} ms of clock time in vain: ${what}.`);
    await pass(clock, stepMs);
  }
}

/**
 * Turns the clock on until the promise has settled. `realMs`: real time to give sockets between the steps. Throws when
 * it hasn't settled after 25 s of clock time and as many steps of real time.
 */
export async function passDuring<T>(clock: VirtualClock, work: Promise<T>, realMs = 0): Promise<T> {
  const settled = { is: false };
  const settle = () => void (settled.is = true);
  work.then(settle, settle);
  await clock.advance(0);
  for (let steps = 0; !settled.is; steps++) {
    if (steps > longestWorkSteps) throw new Error('What was waited for never came to its end.');
    const patienceMs = steps > longestWorkSteps - 100 ? 20 : realMs;
    if (patienceMs > 0) await new Promise<void>((resolve) => setTimeout(resolve, patienceMs));
    await pass(clock, 5);
  }
  return await work;
}
