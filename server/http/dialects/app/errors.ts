import { LandlineError } from '../../../contract/errors.ts';

/** Statuses by error code; a code that ends in `-not-found` is 404 without a line here. */
const statuses: Readonly<Record<string, number>> = {
  'invalid-request': 400,
  'password-unfit': 400,
  'key-unfit': 400,
  'bundle-invalid': 400,
  'invalid-argument': 400,
  'refund-too-large': 400,
  'invitation-invalid': 400,
  'tool-arguments-invalid': 400,
  'reset-token-invalid': 400,
  unauthorized: 401,
  'invalid-credentials': 401,
  forbidden: 403,
  'user-inactive': 403,
  'setup-token-invalid': 403,
  'invalid-path': 404,
  'method-not-allowed': 405,
  'email-taken': 409,
  'key-taken': 409,
  'last-administrator': 409,
  'setup-done': 409,
  'tool-disabled': 409,
  'bundle-conflict': 409,
  'body-too-large': 413,
  'too-many-attempts': 429,
  'database-busy': 503,
  'database-failed': 503,
  'disk-full': 503,
  'setup-too-early': 503,
  'too-busy': 503,
};

export interface AppFailure {
  readonly status: number;
  readonly body: {
    readonly error: string;
    readonly code: string;
    readonly details?: Readonly<Record<string, unknown>>;
  };
}

/** Any failure as our own API says it: what nobody foresaw is a 500 that tells nothing of the inside. */
export function toFailure(thrown: unknown): AppFailure {
  const known = thrown instanceof LandlineError ? thrown : undefined;
  const status = known && (statuses[known.code] ?? (/(^|-)not-found$/.test(known.code) ? 404 : undefined));
  if (!known || status === undefined) return { status: 500, body: { error: 'Internal error', code: 'internal' } };
  const { code, details, message } = known;
  return { status, body: { error: message, code, ...(status < 500 ? { details } : {}) } };
}
