import type {
  AnsweredBy,
  CallChannel,
  CallDirection,
  CallEndReason,
  CallIdentity,
  CallOutcome,
  CallStatus,
} from '../../contract/call.ts';
import { fromJsonOrNull, type JsonObject, toJsonOrNull } from '../json-column.ts';
import { type Call, outcomeOf, type TakenMessage } from './call.ts';

/** A call as it lies in its table. */
export interface CallRow {
  readonly id: string;
  readonly organization_id: string;
  readonly agent_id: string;
  readonly task_id: string | null;
  readonly direction: CallDirection;
  readonly from_user: string;
  readonly to_user: string;
  readonly from_display_name: string | null;
  readonly from_uri: string;
  readonly to_uri: string;
  readonly p_asserted_identity: string | null;
  readonly diversion: string | null;
  readonly sip_call_id: string | null;
  readonly status: CallStatus;
  readonly end_reason: CallEndReason | null;
  readonly error_message: string | null;
  readonly brain: string | null;
  readonly stt: string | null;
  readonly tts: string | null;
  readonly message: string | null;
  readonly extracted: string;
  readonly request_id: string;
  readonly user_id: string | null;
  readonly channel: CallChannel;
  readonly campaign_id: string | null;
  readonly campaign_member_id: string | null;
  readonly caller_number_id: string | null;
  readonly variables: string;
  readonly notes: string | null;
  readonly answered_by: AnsweredBy | null;
  readonly outcome: CallOutcome;
  readonly started_at_ms: number;
  readonly ringing_at_ms: number | null;
  readonly answered_at_ms: number | null;
  readonly ended_at_ms: number | null;
  /** Read only: `delete` writes it. */
  readonly deleted_at_ms: number | null;
  readonly updated_at_ms: number;
}

/** Every column that a call is made of. */
export const callColumns = [
  'id',
  'organization_id',
  'agent_id',
  'task_id',
  'direction',
  'from_user',
  'to_user',
  'from_display_name',
  'from_uri',
  'to_uri',
  'p_asserted_identity',
  'diversion',
  'sip_call_id',
  'status',
  'end_reason',
  'error_message',
  'brain',
  'stt',
  'tts',
  'message',
  'extracted',
  'request_id',
  'user_id',
  'channel',
  'campaign_id',
  'campaign_member_id',
  'caller_number_id',
  'variables',
  'notes',
  'answered_by',
  'outcome',
  'started_at_ms',
  'ringing_at_ms',
  'answered_at_ms',
  'ended_at_ms',
  'updated_at_ms',
] as const satisfies readonly (keyof CallRow)[];

export function toCall(row: CallRow): Call {
  return {
    id: row.id,
    organizationId: row.organization_id,
    agentId: row.agent_id,
    taskId: row.task_id,
    requestId: row.request_id,
    userId: row.user_id,
    channel: row.channel,
    campaignId: row.campaign_id,
    campaignMemberId: row.campaign_member_id,
    callerNumberId: row.caller_number_id,
    direction: row.direction,
    identity: toIdentity(row),
    sipCallId: row.sip_call_id,
    status: row.status,
    endReason: row.end_reason,
    errorMessage: row.error_message,
    brain: row.brain,
    stt: row.stt,
    tts: row.tts,
    message: fromJsonOrNull(row.message) as TakenMessage | null,
    extracted: JSON.parse(row.extracted) as JsonObject,
    variables: JSON.parse(row.variables) as JsonObject,
    notes: row.notes,
    answeredBy: row.answered_by,
    startedAtMs: row.started_at_ms,
    ringingAtMs: row.ringing_at_ms,
    answeredAtMs: row.answered_at_ms,
    endedAtMs: row.ended_at_ms,
    updatedAtMs: row.updated_at_ms,
  };
}

function toIdentity(row: CallRow): CallIdentity {
  return {
    from: row.from_user,
    to: row.to_user,
    fromUri: row.from_uri,
    toUri: row.to_uri,
    ...(row.from_display_name === null ? {} : { fromDisplayName: row.from_display_name }),
    ...(row.p_asserted_identity === null ? {} : { pAssertedIdentity: row.p_asserted_identity }),
    ...(row.diversion === null ? {} : { diversion: row.diversion }),
  };
}

export function toRow(call: Call): Omit<CallRow, 'deleted_at_ms'> {
  const { identity } = call;
  return {
    id: call.id,
    organization_id: call.organizationId,
    agent_id: call.agentId,
    task_id: call.taskId,
    direction: call.direction,
    from_user: identity.from,
    to_user: identity.to,
    from_display_name: identity.fromDisplayName ?? null,
    from_uri: identity.fromUri,
    to_uri: identity.toUri,
    p_asserted_identity: identity.pAssertedIdentity ?? null,
    diversion: identity.diversion ?? null,
    sip_call_id: call.sipCallId,
    status: call.status,
    end_reason: call.endReason,
    error_message: call.errorMessage,
    brain: call.brain,
    stt: call.stt,
    tts: call.tts,
    message: toJsonOrNull(call.message),
    extracted: JSON.stringify(call.extracted),
    request_id: call.requestId,
    user_id: call.userId,
    channel: call.channel,
    campaign_id: call.campaignId,
    campaign_member_id: call.campaignMemberId,
    caller_number_id: call.callerNumberId,
    variables: JSON.stringify(call.variables),
    notes: call.notes,
    answered_by: call.answeredBy,
    outcome: outcomeOf(call),
    started_at_ms: call.startedAtMs,
    ringing_at_ms: call.ringingAtMs,
    answered_at_ms: call.answeredAtMs,
    ended_at_ms: call.endedAtMs,
    updated_at_ms: call.updatedAtMs,
  };
}
