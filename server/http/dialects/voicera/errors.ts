import { LandlineError } from '../../../contract/errors.ts';
import type { VoiceraFailure } from './envelope.ts';

type Row = readonly [status: number, code: string];

/** Status and code of this dialect by the house's error code. */
const rows: Readonly<Record<string, Row>> = {
  'invalid-request': [422, 'VALIDATION_001'],
  'body-too-large': [413, 'VALIDATION_001'],
  'format-unknown': [422, 'VALIDATION_001'],
  'invalid-credentials': [401, 'AUTH_001'],
  'too-many-attempts': [429, 'RATE_001'],
  'user-inactive': [403, 'AUTH_004'],
  'registration-closed': [403, 'AUTH_004'],
  'password-unfit': [422, 'VALIDATION_001'],
  'last-administrator': [409, 'USER_003'],
  'token-expired': [401, 'AUTH_002'],
  'token-invalid': [401, 'AUTH_003'],
  unauthorized: [401, 'AUTH_003'],
  'reset-token-invalid': [400, 'AUTH_003'],
  forbidden: [403, 'AUTH_004'],
  'not-found': [404, 'NOT_FOUND_001'],
  'agent-not-found': [404, 'AGENT_001'],
  'agent-exists': [409, 'AGENT_002'],
  'agent-in-use': [409, 'AGENT_003'],
  'campaign-not-found': [404, 'CAMPAIGN_001'],
  'campaign-state': [409, 'CAMPAIGN_002'],
  'campaign-not-ready': [409, 'CAMPAIGN_002'],
  'bad-campaign': [422, 'VALIDATION_001'],
  'bad-members': [422, 'VALIDATION_001'],
  'too-many-members': [422, 'VALIDATION_001'],
  'dialling-forbidden': [403, 'AUTH_004'],
  'call-confidential': [403, 'AUTH_004'],
  'call-not-found': [404, 'CALL_001'],
  'call-still-active': [409, 'CALL_002'],
  'recording-not-found': [404, 'CALL_001'],
  'transcript-not-found': [404, 'CALL_001'],
  'recording-missing': [404, 'CALL_001'],
  'transcription-unavailable': [503, 'SERVER_003'],
  'transcription-failed': [503, 'SERVER_003'],
  'user-not-found': [404, 'USER_001'],
  'email-taken': [409, 'USER_002'],
  'integration-not-found': [404, 'INTEGRATION_001'],
  'webhook-not-found': [404, 'WEBHOOK_001'],
  'webhook-invalid': [422, 'VALIDATION_001'],
  'method-not-allowed': [405, 'METHOD_001'],
  'range-not-satisfiable': [416, 'RANGE_001'],
  'rate-limited': [429, 'RATE_001'],
  'maintenance-mode': [503, 'SERVER_002'],
  'cannot-dial': [503, 'SERVER_003'],
  'too-busy': [503, 'SERVER_003'],
  'database-busy': [503, 'SERVER_003'],
  'database-failed': [503, 'SERVER_003'],
  'disk-full': [503, 'SERVER_003'],
};

/** What an id that is none stands for, by the first word of the path. */
const unknownIn: Readonly<Record<string, Row>> = {
  agents: [404, 'AGENT_001'],
  campaigns: [404, 'CAMPAIGN_001'],
  'call-logs': [404, 'CALL_001'],
  'call-recordings': [404, 'CALL_001'],
  users: [404, 'USER_001'],
  admin: [404, 'USER_001'],
  integrations: [404, 'INTEGRATION_001'],
  webhooks: [404, 'WEBHOOK_001'],
};

/** Any failure as this dialect says it. What nobody foresaw is a 500 that tells nothing of the inside. */
export function toFailure(thrown: unknown, path: string): VoiceraFailure {
  const known = thrown instanceof LandlineError ? thrown : undefined;
  const row = known && (known.code === 'invalid-path' ? unknownIn[path.split('/')[1] ?? ''] : rows[known.code]);
  if (!known || !row) return { status: 500, code: 'SERVER_001', message: 'Internal server error', details: null };
  if (known.code === 'invalid-credentials') return wrongCredentials;
  const [status, code] = row;
  return { status, code, message: known.message, details: status < 500 ? detailsOf(known) : null };
}

/** As the contract prints it, for an unknown address and a wrong password alike: nobody learns who has an account. */
const wrongCredentials: VoiceraFailure = {
  status: 401,
  code: 'AUTH_001',
  message: 'Invalid credentials',
  details: 'Email not found',
};

/** A sentence where the thrower wrote one, the list of problems of a bad request, else the plain values. */
function detailsOf({ details }: LandlineError): unknown {
  if (typeof details['reason'] === 'string') return details['reason'];
  if (details['problems'] !== undefined) return details['problems'];
  if (details['rejected'] !== undefined) return details['rejected'];
  return Object.keys(details).length === 0 ? null : details;
}
