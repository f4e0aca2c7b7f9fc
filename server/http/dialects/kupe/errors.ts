import { LandlineError } from '../../../contract/errors.ts';
import type { Problem } from '../../route.ts';

/** Statuses of this dialect by error code; a code that ends in `-not-found` is 404 without a line here. */
const statuses: Readonly<Record<string, number>> = {
  'invalid-path': 400,
  'agent-in-use': 400,
  'agent-active': 400,
  'agent-disabled': 400,
  'workflow-unavailable': 400,
  'invalid-argument': 400,
  'table-invalid': 400,
  'file-type-refused': 400,
  'file-empty': 400,
  'file-name-refused': 400,
  'search-query-invalid': 400,
  'no-email': 400,
  'key-unfit': 400,
  'key-taken': 409,
  'flag-unknown': 400,
  'wallet-balance-insufficient': 400,
  'tool-invalid': 400,
  'tool-unknown': 400,
  'mcp-server-invalid': 400,
  'webhook-invalid': 400,
  'webhook-not-configured': 400,
  'webhook-signature-invalid': 401,
  'analysis-rule-invalid': 400,
  'analysis-rule-unknown': 400,
  'analysis-rules-full': 400,
  'campaign-state': 409,
  'campaign-not-ready': 400,
  'member-not-pending': 409,
  'too-many-members': 400,
  'bad-campaign': 400,
  'bad-members': 400,
  'too-many-uploads': 503,
  'too-many-exports': 503,
  unauthorized: 401,
  'token-expired': 401,
  'token-invalid': 401,
  'insufficient-credits': 402,
  forbidden: 403,
  'scope-missing': 403,
  'feature-disabled': 403,
  'call-confidential': 403,
  'dialling-forbidden': 403,
  'do-not-call': 403,
  'origin-not-allowed': 403,
  'method-not-allowed': 405,
  'voice-taken': 409,
  'body-too-large': 413,
  'file-too-large': 413,
  'range-not-satisfiable': 416,
  'too-many-queued-calls': 429,
  'too-many-files-waiting': 429,
  'rate-limited': 429,
  'no-line': 500,
  'cannot-dial': 503,
  'search-unavailable': 503,
  'search-busy': 503,
  'search-failed': 500,
  'database-busy': 503,
  'database-failed': 503,
  'disk-full': 503,
};

export interface KupeFailure {
  readonly status: number;
  readonly body: { readonly detail: unknown };
}

/** Any failure as this dialect says it. What nobody foresaw is a 500 that tells nothing of the inside. */
export function toFailure(thrown: unknown): KupeFailure {
  const known = thrown instanceof LandlineError ? thrown : undefined;
  if (known?.code === 'invalid-request') return { status: 422, body: { detail: validationDetail(known) } };
  const status = known && statusOf(known.code);
  if (!known || status === undefined) return { status: 500, body: { detail: 'Internal Server Error' } };
  return { status, body: { detail: known.code === 'method-not-allowed' ? 'Method Not Allowed' : known.message } };
}

function statusOf(code: string): number | undefined {
  return statuses[code] ?? (/(^|-)not-found$/.test(code) ? 404 : undefined);
}

/** As FastAPI prints what it could not validate. */
function validationDetail({ details, message }: LandlineError): readonly object[] {
  const { problems } = details as { readonly problems?: readonly Problem[] };
  return problems?.map(toIssue) ?? [{ loc: ['body'], msg: message, type: 'value_error' }];
}

function toIssue({ in: place, field, message }: Problem): object {
  const path = field === place ? [] : field.split('.').map((part) => (/^\d+$/.test(part) ? Number(part) : part));
  const missing = message.endsWith('received undefined');
  return {
    loc: [place, ...path],
    msg: missing ? 'Field required' : message,
    type: missing ? 'missing' : 'value_error',
  };
}
