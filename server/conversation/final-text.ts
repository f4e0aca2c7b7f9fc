import { LandlineError } from '../contract/errors.ts';
import type { Clock } from '../lifetime/clock.ts';
import { abortable } from './abortable.ts';
import type { Ear } from './ports.ts';

/** The recogniser's final text; rejects with `recognition-late` when it doesn't come in time. */
export async function finalTextWithin(ear: Ear, clock: Clock, limitMs: number, signal: AbortSignal): Promise<string> {
  const late = Promise.withResolvers<never>();
  const timer = clock.after(limitMs, () =>
    late.reject(new LandlineError('recognition-late', `The recogniser gave no final text within ${limitMs} ms.`)),
  );
  try {
    return await abortable(Promise.race([ear.endTurn(), late.promise]), signal);
  } finally {
    timer.cancel();
  }
}
