import type { CallDirection, CallEndReason, CallStatus, TurnRole } from '../contract/call.ts';

/**
 * Something that has happened and is kept: written to `event_log` in the transaction of the change, numbered, then
 * published. Facts name rows and hold no personal data; who wants more reads the row.
 */
export type Fact =
  | { readonly kind: 'organization-created' | 'organization-changed'; readonly organizationId: string }
  | { readonly kind: 'user-created' | 'user-changed' | 'user-deleted'; readonly userId: string }
  | { readonly kind: 'user-invited'; readonly invitationId: string }
  /** Signed out, or a stolen refresh token was shown. */
  | { readonly kind: 'session-ended'; readonly sessionId: string }
  | { readonly kind: 'house-setting-changed'; readonly name: string }
  | {
      readonly kind: 'credential-issued' | 'credential-changed' | 'credential-replaced' | 'credential-revoked';
      readonly credentialId: string;
    }
  | { readonly kind: 'agent-created' | 'agent-changed' | 'agent-deleted'; readonly agentId: string }
  | {
      readonly kind: 'task-created' | 'task-changed' | 'task-deleted' | 'task-started' | 'task-reset';
      readonly taskId: string;
    }
  | {
      readonly kind: 'contact-group-created' | 'contact-group-changed' | 'contact-group-deleted';
      readonly groupId: string;
    }
  | {
      readonly kind: 'file-uploaded' | 'file-renamed' | 'file-ready' | 'file-failed' | 'file-deleted';
      readonly fileId: string;
    }
  | { readonly kind: 'file-mapped' | 'file-unmapped'; readonly agentId: string; readonly fileId: string }
  | { readonly kind: 'task-ended'; readonly taskId: string; readonly status: 'completed' | 'failed' }
  | {
      readonly kind: 'call-begun';
      readonly callId: string;
      readonly direction: CallDirection;
      readonly agentId: string;
      readonly taskId: string | null;
    }
  | { readonly kind: 'call-queued'; readonly queuedCallId: string }
  /** What it cost is written down. */
  | { readonly kind: 'call-metered'; readonly callId: string }
  | {
      readonly kind: 'call-ringing' | 'call-answered' | 'call-changed' | 'call-removed' | 'call-analysed';
      readonly callId: string;
    }
  | { readonly kind: 'turn-added'; readonly callId: string; readonly seq: number; readonly role: TurnRole }
  | { readonly kind: 'message-taken'; readonly callId: string }
  | {
      readonly kind: 'call-ended';
      readonly callId: string;
      readonly status: CallStatus;
      readonly endReason: CallEndReason;
    }
  | {
      readonly kind: 'campaign-created' | 'campaign-changed' | 'campaign-deleted';
      readonly campaignId: string;
    }
  /** Launched, paused, resumed, stopped, completed: `status` is what it is now. */
  | { readonly kind: 'campaign-moved'; readonly campaignId: string; readonly status: string }
  | {
      readonly kind: 'campaign-member-ended';
      readonly campaignId: string;
      readonly memberId: string;
      readonly status: string;
    }
  | {
      readonly kind: 'recording-settled';
      readonly callId: string;
      readonly state: 'ready' | 'partial' | 'missing';
    };

export type FactKind = Fact['kind'];

/** A fact with its place in the log. */
export interface StoredFact {
  readonly seq: number;
  readonly organizationId: string;
  readonly atMs: number;
  readonly fact: Fact;
}

/** Something of the moment, on the bus only: it may be dropped and is never stored. */
export type Signal = {
  readonly kind: 'partial-transcript';
  readonly callId: string;
  readonly role: TurnRole;
  readonly text: string;
  readonly atMs: number;
};
