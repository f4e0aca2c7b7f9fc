import { LandlineError, messageOf } from '../../contract/errors.ts';
import type { Refusal } from './speech-messages.ts';

/** An error made ready for another process. */
export function toRefusal(thrown: unknown): Refusal {
  return { code: thrown instanceof LandlineError ? thrown.code : 'speech-failed', message: messageOf(thrown) };
}

export function fromRefusal({ code, message }: Refusal): LandlineError {
  return new LandlineError(code, message);
}

/** The speech process died in the middle. */
export function speechLost(): LandlineError {
  return new LandlineError('speech-lost', 'The speech process ended unexpectedly; it is being started again.');
}
