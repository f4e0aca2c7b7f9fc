import type { CallDirection, CallEndReason, CallIdentity, CallStatus, TurnDraft } from '../../contract/call.ts';
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
  readonly startedAtMs: number;
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

export function hasEnded(call: Call): boolean {
  return call.status === 'completed' || call.status === 'failed';
}

/** Talking time in milliseconds: from the answer to the end; 0 for a call that was never answered. */
export function durationMs(call: Call): number | null {
  if (call.endedAtMs === null) return null;
  return call.answeredAtMs === null ? 0 : Math.max(0, call.endedAtMs - call.answeredAtMs);
}
