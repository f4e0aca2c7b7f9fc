import { LandlineError } from '../../../contract/errors.ts';
import type { VaFailure } from './envelope.ts';

/** Statuses of this dialect by error code: it has no 409, so conflicts of state are 400 with `details.code`. */
const statuses: Readonly<Record<string, number>> = {
  'invalid-request': 400,
  'body-too-large': 400,
  'agent-in-use': 400,
  'agent-disabled': 400,
  'task-not-pending': 400,
  'task-not-deletable': 400,
  'task-pending': 400,
  'call-not-active': 400,
  'call-still-active': 400,
  'email-taken': 400,
  'password-unfit': 400,
  unauthorized: 401,
  'invalid-credentials': 401,
  'insufficient-credits': 402,
  forbidden: 403,
  'user-inactive': 403,
  'do-not-call': 400,
  'dialling-forbidden': 403,
  'call-confidential': 403,
  'invalid-path': 404,
  'not-found': 404,
  'agent-not-found': 404,
  'task-not-found': 404,
  'call-not-found': 404,
  'recording-not-found': 404,
  'transcript-not-found': 404,
  'credential-not-found': 404,
  'organization-not-found': 404,
  'user-not-found': 404,
  'method-not-allowed': 405,
  'range-not-satisfiable': 416,
  'rate-limited': 429,
  'too-many-attempts': 429,
  'recording-missing': 503,
  'transcription-unavailable': 503,
  'transcription-failed': 503,
  'too-busy': 503,
  'cannot-dial': 503,
  'database-busy': 503,
  'database-failed': 503,
  'disk-full': 503,
};

/** Any failure as this dialect says it. What nobody foresaw is a 500 that tells nothing of the inside. */
export function toFailure(thrown: unknown): VaFailure {
  const known = thrown instanceof LandlineError ? thrown : undefined;
  const status = known && statuses[known.code];
  if (!known || status === undefined) {
    return { status: 500, error: 'Internal server error', details: { code: 'internal' } };
  }
  const details = status < 500 ? { code: known.code, ...known.details } : { code: known.code };
  return { status, error: known.message, details };
}
