/** What is under way in a dialog when another offer arrives. */
export interface Negotiation {
  /** Whether the dialog still waits for the final response of the INVITE that made it. */
  readonly early: boolean;
  /** An INVITE of ours without final response. */
  readonly ourInvite: boolean;
  /** An INVITE of theirs without final response. */
  readonly theirInvite: boolean;
  /** An UPDATE of ours, with an offer, without final response. */
  readonly ourUpdate: boolean;
  /** An UPDATE of theirs without final response. */
  readonly theirUpdate: boolean;
  /** Whether their INVITE's offer has been answered in a provisional response. */
  readonly earlyAnswer: boolean;
}

/** 491: both sides at once; 500 with Retry-After: the other side was too fast. */
export type Conflict = 491 | 500 | undefined;

/** RFC 3261 14.2. */
export function inviteConflict(now: Negotiation): Conflict {
  if (now.ourInvite || now.ourUpdate) return 491;
  return now.theirInvite || now.theirUpdate ? 500 : undefined;
}

/** RFC 3311 5.2; an UPDATE without offer (a session refresh) conflicts only with another UPDATE of theirs. */
export function updateConflict(now: Negotiation, hasOffer: boolean): Conflict {
  if (now.theirUpdate) return 500;
  if (!hasOffer) return undefined;
  if ((now.ourInvite && !now.early) || now.ourUpdate) return 491;
  return now.theirInvite && !now.earlyAnswer ? 500 : undefined;
}
