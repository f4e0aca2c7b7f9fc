import { z } from 'zod';
import { callDirections, callStatuses } from '../../../contract/call.ts';
import { type Call, durationMs, type Turn } from '../../../domain/calls/call.ts';
import type { JsonObject } from '../../../domain/json-column.ts';
import { isPlayable, type Recording } from '../../../domain/recordings/recording.ts';
import { isoTime, isoTimeOrNull } from './fields.ts';

const timeOrNull = z.iso.datetime().nullable();

export const callWire = z.object({
  id: z.uuid(),
  organization_id: z.string(),
  task_id: z.uuid().nullable(),
  agent_id: z.uuid(),
  to_number: z.string(),
  from_number: z.string(),
  direction: z.enum(callDirections),
  status: z.enum(callStatuses),
  started_at: z.iso.datetime(),
  answered_at: timeOrNull,
  ended_at: timeOrNull,
  duration_seconds: z.number().nullable(),
  has_recording: z.boolean(),
  redacted: z.literal(true).optional(),
  error_message: z.string().nullable(),
  end_reason: z.string().nullable(),
  extracted_data: z.record(z.string(), z.unknown()).nullable(),
  providers: z.object({ llm: z.string().nullable(), stt: z.string().nullable(), tts: z.string().nullable() }),
  created_at: z.iso.datetime(),
  updated_at: z.iso.datetime(),
});

export const turnWire = z.object({
  role: z.enum(['user', 'agent']),
  message: z.string(),
  text: z.string(),
  time_in_call_secs: z.number(),
  timestamp: z.iso.datetime(),
  interrupted: z.boolean(),
});

export const transcriptWire = z.object({
  call_id: z.uuid(),
  status: z.enum(callStatuses),
  transcript: z.array(turnWire),
  transcript_text: z.string(),
});

export const recordingWire = z.object({
  call_id: z.uuid(),
  recording_url: z.url(),
  content_type: z.literal('audio/wav'),
  duration_seconds: z.number().nullable(),
  size_bytes: z.int().nullable(),
});

export const liveWire = z.object({
  websocket_url: z.string(),
  call_id: z.uuid(),
  temp_token: z.string(),
  connection_info: z.object({
    url: z.string(),
    auth_method: z.literal('query_param'),
    auth_param: z.literal('api_key'),
    temp_auth_param: z.literal('session_token'),
    example: z.string(),
    example_session: z.string(),
    message_format: z.literal('json'),
    message_types: z.array(z.string()),
  }),
});

/** `redacted` stands in the calls of confidential agents alone: what was said and found out is left out of them. */
export function callToWire(
  call: Call,
  told: { readonly recording: Recording | undefined; readonly isConfidential: boolean },
): JsonObject {
  const duration = durationMs(call);
  return {
    id: call.id,
    organization_id: call.organizationId,
    task_id: call.taskId,
    agent_id: call.agentId,
    to_number: call.identity.to,
    from_number: call.identity.from,
    direction: call.direction,
    status: call.status,
    started_at: isoTime(call.startedAtMs),
    answered_at: isoTimeOrNull(call.answeredAtMs),
    ended_at: isoTimeOrNull(call.endedAtMs),
    duration_seconds: duration === null ? null : Math.round(duration / 1000),
    has_recording: told.recording !== undefined && isPlayable(told.recording),
    ...(told.isConfidential ? { redacted: true } : {}),
    error_message: call.errorMessage,
    end_reason: call.endReason,
    extracted_data: call.extracted,
    providers: { llm: call.brain, stt: call.stt, tts: call.tts },
    created_at: isoTime(call.startedAtMs),
    updated_at: isoTime(call.updatedAtMs),
  };
}

/** `message` and `time_in_call_secs` are what clients of this dialect read; `text` repeats the message. */
export function turnToWire(turn: Turn, call: Call): JsonObject {
  return {
    role: turn.role === 'caller' ? 'user' : 'agent',
    message: turn.text,
    text: turn.text,
    time_in_call_secs: Math.round(turn.startMs / 100) / 10,
    timestamp: isoTime(Math.round((call.answeredAtMs ?? call.startedAtMs) + turn.startMs)),
    interrupted: turn.interrupted,
  };
}

export function transcriptToWire(turns: readonly Turn[], call: Call): readonly JsonObject[] {
  return turns.map((turn) => turnToWire(turn, call));
}

/** The transcript as one text, a line for each turn. */
export function transcriptText(turns: readonly Turn[]): string {
  return turns.map(({ role, text }) => `${role === 'caller' ? 'User' : 'Agent'}: ${text}`).join('\n');
}

export function recordingToWire(recording: Recording, recordingUrl: string): JsonObject {
  return {
    call_id: recording.callId,
    recording_url: recordingUrl,
    content_type: 'audio/wav',
    duration_seconds: recording.durationMs === null ? null : Math.round(recording.durationMs / 100) / 10,
    size_bytes: recording.sizeBytes,
  };
}

export function liveToWire(callId: string, socketUrl: string, token: string): JsonObject {
  const sessionToken = encodeURIComponent(token);
  return {
    websocket_url: socketUrl,
    call_id: callId,
    temp_token: token,
    connection_info: {
      url: socketUrl,
      auth_method: 'query_param',
      auth_param: 'api_key',
      temp_auth_param: 'session_token',
      example: `${socketUrl}?api_key=YOUR_API_KEY`,
      example_session: `${socketUrl}?session_token=${sessionToken}`,
      message_format: 'json',
      message_types: ['connected', 'transcript_update', 'call_status_update', 'error'],
    },
  };
}
