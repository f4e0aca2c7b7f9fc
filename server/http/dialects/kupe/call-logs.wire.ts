import type { RuleResult } from '../../../domain/analysis/analysis.ts';
import type { CallLog } from '../../../domain/call-logs/call-log.ts';
import { type Call, durationMs, outcomeOf, type Turn } from '../../../domain/calls/call.ts';
import type { JsonObject } from '../../../domain/json-column.ts';
import { isPlayable } from '../../../domain/recordings/recording.ts';
import { isoTime, isoTimeOrNull } from './fields.ts';
import { toUsd } from './money.ts';

/** A call session. */
export function callLogToWire(log: CallLog, recordingUrl: (callId: string) => string): JsonObject {
  const { agent, call, costMicro } = log;
  const talkingMs = durationMs(call);
  return {
    id: call.id,
    call_session_id: call.id,
    request_id: call.requestId,
    user_id: call.userId,
    organization_id: call.organizationId,
    agent_id: call.agentId,
    agent_name: agent.name,
    workflow_id: null,
    batch_id: call.campaignId,
    phone_number_id: call.callerNumberId,
    call_type: callTypeOf(call),
    status: statusOf(call),
    from_number: call.identity.from,
    to_number: call.identity.to,
    telephony_provider: 'pstn',
    telephony_leg_id: call.sipCallId,
    started_at: isoTime(call.startedAtMs),
    answered_at: isoTimeOrNull(call.answeredAtMs),
    ended_at: isoTimeOrNull(call.endedAtMs),
    created_at: isoTime(call.startedAtMs),
    updated_at: isoTime(call.updatedAtMs),
    duration_seconds: talkingMs === null ? null : Math.round(talkingMs / 1000),
    variable_values: call.variables,
    cost_usd: costMicro === null ? null : toUsd(costMicro),
    end_reason: call.endReason,
    error_message: call.errorMessage,
    ...(agent.isConfidential ? redacted : {}),
    ...heard(log, recordingUrl),
  };
}

/** Says of a confidential agent's call why it holds no words. */
export const redacted = { hipaa_redacted: true } as const;

function heard({ call, recording, results, turns }: CallLog, recordingUrl: (callId: string) => string): JsonObject {
  const playable = recording !== undefined && isPlayable(recording);
  return {
    call_transcript: turns.map((turn) => turnToWire(turn, call)),
    recording_url: playable ? recordingUrl(call.id) : null,
    post_call_analysis_results: results.map((result) => ({ ...ruleResultToWire(result), engine: result.engine })),
  };
}

function callTypeOf({ channel, direction }: Pick<Call, 'channel' | 'direction'>): string {
  return channel === 'web' ? 'web' : direction;
}

function statusOf(call: Call): string {
  const outcome = outcomeOf(call);
  return outcome === 'cancelled' ? 'canceled' : outcome;
}

export function turnToWire(turn: Turn, call: Call): JsonObject {
  return {
    role: roleOf(turn),
    content: turn.text,
    timestamp: isoTime((call.answeredAtMs ?? call.startedAtMs) + turn.startMs),
  };
}

export function roleOf({ role }: Pick<Turn, 'role'>): 'assistant' | 'user' {
  return role === 'agent' ? 'assistant' : 'user';
}

/** A finding of an analysis rule, as logs and webhooks print it. */
export function ruleResultToWire(result: RuleResult): JsonObject {
  return {
    rule_id: result.ruleId,
    rule_name: result.ruleName,
    source: result.source,
    sort_order: result.sortOrder,
    body_text: result.bodyText,
    structured_json: result.structured,
    tool_invocation: result.toolInvocation,
    raw_response: result.rawResponse,
  };
}
