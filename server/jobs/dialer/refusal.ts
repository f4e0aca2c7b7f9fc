import { LandlineError, messageOf } from '../../contract/errors.ts';

/** What to do about a number whose call could not be begun. */
export type Refusal =
  /** This number will never be dialled. */
  | { readonly kind: 'give-up'; readonly status: 'do-not-call' | 'failed'; readonly why: string }
  /** Nobody of the organization is dialled before `retryAfterMs`. */
  | { readonly kind: 'wait-organization'; readonly retryAfterMs: number }
  /** No line of the machine is free. */
  | { readonly kind: 'wait-house'; readonly retryAfterMs: number }
  /** The campaign can't go on before somebody mends something. */
  | { readonly kind: 'pause'; readonly why: string }
  /** Somebody else changed it meanwhile: look again. */
  | { readonly kind: 'skip' };

/** A line becomes free with an event; this is for limits that none announces (calls per minute). */
const retryMs = 1_000;

const houseTrouble: ReadonlySet<string> = new Set(['database-busy', 'database-failed', 'disk-full', 'no-sip-core']);

/** `mayDial`: whether the organization may dial at all now. */
export function refusalOf(thrown: unknown, mayDial: boolean): Refusal {
  const why = messageOf(thrown);
  if (!(thrown instanceof LandlineError)) return { kind: 'give-up', status: 'failed', why };
  const { code, details } = thrown;
  if (code === 'campaign-not-dialling') return { kind: 'skip' };
  if (code === 'do-not-call') return { kind: 'give-up', status: 'do-not-call', why };
  if (code === 'insufficient-credits') return { kind: 'pause', why };
  if (code === 'dialling-forbidden')
    return mayDial ? { kind: 'give-up', status: 'failed', why } : { kind: 'pause', why };
  if (houseTrouble.has(code)) return { kind: 'wait-house', retryAfterMs: retryMs };
  if (code !== 'too-many-calls') return { kind: 'give-up', status: 'failed', why };
  const retryAfterMs = typeof details.retryAfterMs === 'number' ? details.retryAfterMs : retryMs;
  const isOwnLimit = details.maxCallsAtOnce !== undefined || details.maxCallsPerHour !== undefined;
  return { kind: isOwnLimit ? 'wait-organization' : 'wait-house', retryAfterMs };
}
