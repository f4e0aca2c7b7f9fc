import { randomUUID } from 'node:crypto';
import type {
  AnsweredBy,
  CallChannel,
  CallDirection,
  CallEndReason,
  CallIdentity,
  CallOutcome,
  CallStatus,
  ToolUseDraft,
  TurnDraft,
} from '../../contract/call.ts';
import type { JsonObject } from '../json-column.ts';

/** A message that the agent took and read back. */
export interface TakenMessage {
  readonly name: string;
  readonly number: string;
  readonly reason: string;
}

/** One call, from its first sign to its end. */
export interface Call {
  readonly id: string;
  readonly organizationId: string;
  readonly agentId: string;
  readonly taskId: string | null;
  /** Unique; what an order for a call is answered with. */
  readonly requestId: string;
  /** Who asked for it; null when no person did. */
  readonly userId: string | null;
  readonly channel: CallChannel;
  readonly campaignId: string | null;
  readonly campaignMemberId: string | null;
  readonly callerNumberId: string | null;
  readonly direction: CallDirection;
  readonly identity: CallIdentity;
  readonly sipCallId: string | null;
  readonly status: CallStatus;
  readonly endReason: CallEndReason | null;
  readonly errorMessage: string | null;
  /** Names of the providers, as every record shows them. */
  readonly brain: string | null;
  readonly stt: string | null;
  readonly tts: string | null;
  readonly message: TakenMessage | null;
  /** What was found out in the call; holds `message` when one was taken. */
  readonly extracted: JsonObject;
  /** Values for `{{name}}` in this call's prompt and greeting. */
  readonly variables: JsonObject;
  /** What people wrote about it. */
  readonly notes: string | null;
  readonly answeredBy: AnsweredBy | null;
  readonly startedAtMs: number;
  /** First sign of ringing at the other side (outgoing calls). */
  readonly ringingAtMs: number | null;
  readonly answeredAtMs: number | null;
  readonly endedAtMs: number | null;
  readonly updatedAtMs: number;
}

/** What is known when a call begins. */
export interface CallDraft {
  /** A UUID to use; one is made when absent. */
  readonly id?: string;
  readonly organizationId: string;
  readonly agentId: string;
  readonly taskId?: string;
  /** A UUID; one is made when absent. */
  readonly requestId?: string;
  readonly userId?: string;
  /** `sip` when absent. */
  readonly channel?: CallChannel;
  readonly campaignId?: string;
  readonly campaignMemberId?: string;
  readonly callerNumberId?: string;
  readonly variables?: JsonObject;
  readonly direction: CallDirection;
  readonly identity: CallIdentity;
  /** Unknown at the beginning of an outgoing call; `answered` brings it then. */
  readonly sipCallId?: string;
  readonly brain?: string;
  readonly stt?: string;
  readonly tts?: string;
}

/** How a call ended. */
export interface CallFinish {
  readonly status: 'completed' | 'failed';
  readonly endReason: CallEndReason;
  readonly errorMessage?: string;
  readonly endedAtMs: number;
}

/** One thing that one side said, as stored. `seq` counts from 1 within the call. */
export interface Turn extends TurnDraft {
  readonly callId: string;
  readonly seq: number;
  readonly createdAtMs: number;
}

/** One use of a tool by the call's agent, as stored. `seq` counts from 1 within the call. */
export interface ToolUse extends ToolUseDraft {
  readonly callId: string;
  readonly seq: number;
  /** `seq` of the turn before it; 0 before the first. */
  readonly afterTurn: number;
  readonly createdAtMs: number;
}

/** A call at its beginning, `initiated`. */
export function makeCall(draft: CallDraft, nowMs: number): Call {
  return {
    id: draft.id ?? randomUUID(),
    organizationId: draft.organizationId,
    agentId: draft.agentId,
    taskId: draft.taskId ?? null,
    requestId: draft.requestId ?? randomUUID(),
    userId: draft.userId ?? null,
    channel: draft.channel ?? 'sip',
    campaignId: draft.campaignId ?? null,
    campaignMemberId: draft.campaignMemberId ?? null,
    callerNumberId: draft.callerNumberId ?? null,
    direction: draft.direction,
    identity: draft.identity,
    sipCallId: draft.sipCallId ?? null,
    status: 'initiated',
    endReason: null,
    errorMessage: null,
    brain: draft.brain ?? null,
    stt: draft.stt ?? null,
    tts: draft.tts ?? null,
    message: null,
    extracted: {},
    variables: draft.variables ?? {},
    notes: null,
    answeredBy: null,
    startedAtMs: nowMs,
    ringingAtMs: null,
    answeredAtMs: null,
    endedAtMs: null,
    updatedAtMs: nowMs,
  };
}

export function hasEnded(call: Call): boolean {
  return call.status === 'completed' || call.status === 'failed';
}

/** The finer status: which kind of failure, and whether it rings already. */
export function outcomeOf(call: Pick<Call, 'status' | 'endReason' | 'ringingAtMs' | 'answeredAtMs'>): CallOutcome {
  if (call.status === 'initiated') return call.ringingAtMs === null ? 'initiated' : 'ringing';
  if (call.status !== 'failed') return call.status;
  if (call.endReason === 'busy') return 'busy';
  if (call.endReason === 'no-answer') return 'no_answer';
  const calledOff = call.endReason === 'cancelled' || call.endReason === 'api-cancel';
  return calledOff && call.answeredAtMs === null ? 'cancelled' : 'failed';
}

/** Talking time in milliseconds: from the answer to the end; 0 for a call that was never answered. */
export function durationMs(call: Call): number | null {
  if (call.endedAtMs === null) return null;
  return call.answeredAtMs === null ? 0 : Math.max(0, call.endedAtMs - call.answeredAtMs);
}
