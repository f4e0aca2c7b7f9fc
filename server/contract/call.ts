import { z } from 'zod';

export const callDirections = ['inbound', 'outbound'] as const;
export type CallDirection = (typeof callDirections)[number];

/** Statuses as the `va_` API prints them (seed 002); every dialect maps from these. */
export const callStatuses = ['initiated', 'in_progress', 'completed', 'failed'] as const;
export type CallStatus = (typeof callStatuses)[number];

/** How the call reached us: by SIP, or from a browser's or program's web socket. */
export const callChannels = ['sip', 'web'] as const;
export type CallChannel = (typeof callChannels)[number];

/** The finer status, for dialects that tell more than four apart; `outcomeOf` derives it. */
export const callOutcomes = [
  'initiated',
  'ringing',
  'in_progress',
  'completed',
  'failed',
  'busy',
  'no_answer',
  'cancelled',
] as const;
export type CallOutcome = (typeof callOutcomes)[number];

/** Who took an outgoing call; unknown until it shows. */
export type AnsweredBy = 'human' | 'voicemail';

/** Why a call ended; stable, stored with the call. */
export const callEndReasons = [
  'caller-hangup',
  'agent-hangup',
  'api-end',
  'api-cancel',
  'transferred',
  'voicemail',
  'silence',
  'max-duration',
  'rtp-timeout',
  'rejected',
  'busy',
  'no-answer',
  'cancelled',
  'unreachable',
  'sip-core-lost',
  'media-lost',
  'interrupted',
  'shutdown',
  'error',
] as const;
export type CallEndReason = (typeof callEndReasons)[number];

/** Who the signalling said is calling whom. Every value is as received, unparsed. */
export interface CallIdentity {
  /** User part (or whole URI where there is none) of From. */
  readonly from: string;
  /** What was dialled: user part of the Request-URI. */
  readonly to: string;
  readonly fromDisplayName?: string;
  readonly fromUri: string;
  readonly toUri: string;
  readonly pAssertedIdentity?: string;
  readonly diversion?: string;
}

/**
 * Latency marks of one turn, in milliseconds of the machine's epoch-based monotonic clock
 * (`performance.timeOrigin + performance.now()`), so that marks from different processes compare.
 */
export const turnMarksSchema = z.object({
  /** End of the caller's last voiced frame. */
  callerStopped: z.number().optional(),
  /** The conversation decided that the turn is over. */
  endOfTurn: z.number().optional(),
  /** The brain's first text. */
  firstToken: z.number().optional(),
  /** First synthesised audio arrived. */
  firstAudio: z.number().optional(),
  /** First packet of the answer's own words left. */
  firstPacket: z.number().optional(),
});
export type TurnMarks = z.infer<typeof turnMarksSchema>;

export type TurnRole = 'agent' | 'caller';

/** One thing that one side said. */
export interface TurnDraft {
  readonly role: TurnRole;
  /** What was said; for an agent that was interrupted, only what was heard. */
  readonly text: string;
  /** Milliseconds from the start of the call's audio. */
  readonly startMs: number;
  readonly endMs: number;
  readonly interrupted: boolean;
  /** The provider that made the text, e.g. `starter (scripted)` or `starter-stt-en`. */
  readonly provider: string;
  readonly marks: TurnMarks;
}

/** `aborted`: the turn was given up while the tool worked, and nobody knows whether it did. */
export const toolOutcomes = ['ok', 'failed', 'timed-out', 'aborted'] as const;
export type ToolOutcome = (typeof toolOutcomes)[number];

/** One use of a tool by the agent of a call. */
export interface ToolUseDraft {
  /** As the brain knows it. */
  readonly name: string;
  readonly args: Readonly<Record<string, unknown>>;
  readonly outcome: ToolOutcome;
  /** What the brain read of it, at most 4,000 characters. */
  readonly result: string;
  /** Milliseconds from the start of the call's audio. */
  readonly startMs: number;
  readonly endMs: number;
}
