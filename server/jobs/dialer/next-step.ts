import type { Campaign } from '../../domain/campaigns/campaign.ts';

/** What a campaign needs now. */
export type Step =
  /** Its start time has come. */
  | { readonly kind: 'begin' }
  /** Its end time has passed. */
  | { readonly kind: 'expire' }
  /** So many more calls may begin. */
  | { readonly kind: 'dial'; readonly most: number }
  /** Nothing to do before that time, or before something happens. */
  | { readonly kind: 'wait'; readonly untilMs: number | undefined };

export interface CampaignState {
  /** Calls that are on. */
  readonly dialing: number;
  /** When the next waiting number may be dialled; undefined when none waits. */
  readonly nextDueAtMs: number | undefined;
}

/** Waves without a beat: whenever fewer calls are on than allowed, the next number whose time has come is dialled. */
export function nextStep(campaign: Campaign, state: CampaignState, nowMs: number): Step {
  const { concurrency, endAtMs, startAtMs, status } = campaign;
  if (status !== 'active' && status !== 'scheduled') return { kind: 'wait', untilMs: undefined };
  if (endAtMs !== null && endAtMs <= nowMs) return { kind: 'expire' };
  const endsAtMs = endAtMs ?? Number.POSITIVE_INFINITY;
  if (startAtMs !== null && startAtMs > nowMs) return { kind: 'wait', untilMs: Math.min(startAtMs, endsAtMs) };
  if (status === 'scheduled') return { kind: 'begin' };
  const most = concurrency - state.dialing;
  const dueAtMs = state.nextDueAtMs ?? Number.POSITIVE_INFINITY;
  if (most > 0 && dueAtMs <= nowMs) return { kind: 'dial', most };
  const untilMs = most > 0 ? Math.min(dueAtMs, endsAtMs) : endsAtMs;
  return { kind: 'wait', untilMs: Number.isFinite(untilMs) ? untilMs : undefined };
}
