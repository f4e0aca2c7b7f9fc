import type { Agent } from '../agents/agent.ts';
import type { JsonObject } from '../json-column.ts';

/** What to do when a machine answers an outgoing call. */
export type VoicemailPlan =
  | { readonly action: 'hang-up' }
  /** Said after the beep or the end of the greeting, then we hang up. */
  | { readonly action: 'leave-message'; readonly message: string }
  /** Nobody listens for a machine: the agent talks to whatever answers. */
  | { readonly action: 'ignore' };

/** A call to be made, whoever wants it: a task, a campaign, or one request. */
export interface OutboundOrder {
  readonly organizationId: string;
  readonly agentId: string;
  /** E.164 number or `sip:` URI. */
  readonly to: string;
  readonly userId?: string;
  readonly taskId?: string;
  readonly campaignId?: string;
  readonly campaignMemberId?: string;
  /** Row of the number that is shown to the other side, for the record. */
  readonly callerNumberId?: string;
  /** The number itself: user part of our From. The peer's own when absent. */
  readonly from?: string;
  /** Said instead of the agent's starting message. */
  readonly startingMessage?: string;
  /** Sentences that the agent knows in this call. */
  readonly context?: readonly string[];
  /** Values for `{{name}}` in prompt and greeting. */
  readonly variables?: JsonObject;
  /** `ignore` when absent. */
  readonly voicemail?: VoicemailPlan;
  /** UUIDs to use; made when absent. */
  readonly callId?: string;
  readonly requestId?: string;
}

/** Places calls. `calls` implements it. */
export interface Dialer {
  /** Whether `to` can be dialled now, and if not, the sentence that says why. */
  canDial(to: string): { readonly ok: true } | { readonly ok: false; readonly why: string };
  /** Whether one more call would be admitted now: the telephone is connected and a line is free. */
  hasFreeLine(): boolean;
  /**
   * Resolves when the call is written down (`initiated`); ringing goes on by itself. Rejects when none was begun, with
   * `too-many-calls` (no free line, or one of the organization's limits is reached: `details.retryAfterMs` says when to
   * try again where that is known), `dialling-forbidden`, `do-not-call`, or for a member of a campaign
   * `campaign-not-dialling`.
   */
  start(order: OutboundOrder, agent: Agent): Promise<{ readonly callId: string; readonly requestId: string }>;
}
