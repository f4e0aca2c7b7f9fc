import { LandlineError } from '../../../contract/errors.ts';
import type { Campaign } from '../../../domain/campaigns/campaign.ts';
import type { NumberService } from '../../../domain/numbers/number-service.ts';
import type { KupeCaller } from './auth.ts';

/** What is to call, and from which line, as a client names it. */
export interface CampaignTarget {
  readonly workflow_id?: string | null | undefined;
  readonly call_flow_id?: string | null | undefined;
  readonly caller_phone_id?: string | undefined;
}

/** Throws `workflow-unavailable`, and `number-not-found` for a line that isn't the organization's. */
export function checkTarget(numbers: NumberService, caller: KupeCaller, target: CampaignTarget): void {
  if (target.workflow_id || target.call_flow_id) {
    throw new LandlineError('workflow-unavailable', 'Workflows are not available on this appliance');
  }
  if (target.caller_phone_id !== undefined) numbers.get(caller.organizationId, target.caller_phone_id);
}

/** Throws `campaign-state` once it has been started. */
export function requireNotStarted({ status }: Campaign): void {
  if (status === 'draft') return;
  throw new LandlineError('campaign-state', 'The batch has been started: it can no longer be changed.', { status });
}
