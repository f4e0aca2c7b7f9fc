import { z } from 'zod';
import type { VoicemailPlan } from '../domain/calls/outbound-order.ts';

/**
 * What a campaign does when a machine answers. None of the published documents has a field for it, so all of them take
 * the same one, and show it only where something else than hanging up was chosen.
 */
export const voicemailField = z
  .discriminatedUnion(
    'action',
    [
      z.object({ action: z.literal('hang-up') }),
      z.object({
        action: z.literal('leave-message'),
        message: z.string().trim().min(1, 'must not be empty').max(2_000, 'must be at most 2,000 characters'),
      }),
      z.object({ action: z.literal('ignore') }),
    ],
    'must have an action: hang-up, leave-message (with a message) or ignore',
  )
  .optional();

/** The field as an answer shows it. */
export function voicemailToWire(plan: VoicemailPlan): { readonly voicemail?: VoicemailPlan } {
  return plan.action === 'hang-up' ? {} : { voicemail: plan };
}
