import { LandlineError } from '../../contract/errors.ts';
import { type Call, hasEnded } from './call.ts';
import type { CallService } from './call-service.ts';

/** The calls that are on now, as the rest of the house may touch them. `calls` implements it. */
export interface LiveCalls {
  /**
   * Ends a call: `end` hangs up normally (it completes), `cancel` marks it failed. Resolves with false when the call
   * isn't on, else once its end is written down.
   */
  end(callId: string, how: 'end' | 'cancel'): Promise<boolean>;
}

/**
 * Ends a call of this organization and resolves with it as it then is. Throws `call-not-found`, or `call-not-active`
 * when it has ended already.
 */
export async function endCall(
  calls: CallService,
  liveCalls: LiveCalls,
  request: { readonly organizationId: string; readonly callId: string; readonly how: 'end' | 'cancel' },
): Promise<Call> {
  const { organizationId, callId, how } = request;
  const call = calls.get(organizationId, callId);
  if (!hasEnded(call) && (await liveCalls.end(callId, how))) return calls.get(organizationId, callId);
  throw new LandlineError('call-not-active', 'The call has ended already.', { id: callId, status: call.status });
}
