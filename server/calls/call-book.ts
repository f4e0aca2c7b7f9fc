import type { AnsweredBy, CallEndReason, CallStatus, ToolUseDraft, TurnDraft, TurnRole } from '../contract/call.ts';
import type { TakenMessage } from '../providers/kinds/llm.ts';

/** How a call ended, as it is written down. */
export interface CallClosing {
  readonly status: Extract<CallStatus, 'completed' | 'failed'>;
  readonly endReason: CallEndReason;
  readonly errorMessage?: string;
  readonly endedAtMs: number;
}

/** The part of the call records that a live call writes. Every promise resolves when the row is committed. */
export interface CallBook {
  ringing(callId: string, atMs: number): Promise<unknown>;
  answered(callId: string, atMs: number, also: { readonly sipCallId: string }): Promise<unknown>;
  answeredBy(callId: string, answeredBy: AnsweredBy): Promise<unknown>;
  addTurn(callId: string, turn: TurnDraft): Promise<unknown>;
  addToolUse(callId: string, use: ToolUseDraft): Promise<unknown>;
  setVariables(callId: string, values: Readonly<Record<string, string>>): Promise<unknown>;
  messageTaken(callId: string, message: TakenMessage): Promise<unknown>;
  finish(callId: string, closing: CallClosing): Promise<unknown>;
  /** Words while they are spoken: a signal, never stored. */
  partial(callId: string, role: TurnRole, text: string): void;
}

/** The part of the recording records that a live call writes. */
export interface RecordingBook {
  open(callId: string): Promise<{ readonly path: string }>;
  finished(callId: string, file: { readonly durationMs: number; readonly sizeBytes: number }): Promise<unknown>;
  failed(callId: string, message: string): Promise<unknown>;
}

/** Reasons that leave a call `completed`; every other one is `failed`. */
const completedReasons: ReadonlySet<CallEndReason> = new Set([
  'caller-hangup',
  'agent-hangup',
  'api-end',
  'transferred',
  'voicemail',
  'silence',
  'max-duration',
  'shutdown',
]);

/** The status that a reason gives. A caller who hung up before the answer had no call: that is `failed`. */
export function statusFor(reason: CallEndReason, answered: boolean): CallClosing['status'] {
  return answered && completedReasons.has(reason) ? 'completed' : 'failed';
}
