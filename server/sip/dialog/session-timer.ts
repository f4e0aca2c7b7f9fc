import type { Timer } from '../../lifetime/clock.ts';
import type { SipRequest, SipResponse } from '../msg/sip-message.ts';
import type { HeaderPairs } from './application-side.ts';
import { hasOption, type Refusal } from './capabilities.ts';
import type { Dialog } from './dialog.ts';
import { endDialog } from './ending.ts';
import type { UaContext } from './ua-context.ts';

/** The shortest session interval that RFC 4028 allows (section 5). */
export const MIN_SESSION_SECONDS = 90;

export interface SessionExpires {
  readonly seconds: number;
  readonly refresher: 'uac' | 'uas' | undefined;
}

export function parseSessionExpires(value: string | undefined): SessionExpires | undefined {
  const match = /^\s*(\d{1,9})\s*(;.*)?$/.exec(value ?? '');
  if (match === null) return undefined;
  const refresher = /;\s*refresher\s*=\s*(uac|uas)\b/i.exec(match[2] ?? '')?.[1]?.toLowerCase();
  return { seconds: Number(match[1]), refresher: refresher === 'uac' || refresher === 'uas' ? refresher : undefined };
}

/** 422 for an interval below our minimum, where the other side can make sense of it (RFC 4028 9). */
export function intervalProblem(request: SipRequest): Refusal | undefined {
  const wanted = parseSessionExpires(request.headers.get('Session-Expires'));
  if (wanted === undefined || wanted.seconds >= MIN_SESSION_SECONDS) return undefined;
  if (!hasOption(request.headers, 'timer', 'Supported', 'Require')) return undefined;
  return { status: 422, headers: [['Min-SE', String(MIN_SESSION_SECONDS)]] };
}

/** What a session needs in the way of refreshing, seen from our side. */
export interface SessionPlan {
  readonly weRefresh: boolean;
  readonly refreshAfterMs: number;
  /** When the session counts as dead: the interval less a third of it, 32 s at most (RFC 4028 10). */
  readonly endAfterMs: number;
}

export function planSession(agreed: SessionExpires, ourRole: 'uac' | 'uas'): SessionPlan {
  const intervalMs = Math.max(agreed.seconds, MIN_SESSION_SECONDS) * 1000;
  return {
    weRefresh: (agreed.refresher ?? 'uac') === ourRole,
    refreshAfterMs: intervalMs / 2,
    endAfterMs: intervalMs - Math.min(32_000, intervalMs / 3),
  };
}

/** Sends a refresh inside the dialog; `done` hears the final response. Set by the user agent. */
export type SendRefresh = (
  dialog: Dialog,
  method: 'UPDATE' | 'INVITE',
  headers: HeaderPairs,
  done: (response: SipResponse) => void,
) => void;

/**
 * Starts, restarts or (where the 2xx names none) ends the session timer of a dialog. `ourRole` is our part in the
 * transaction that this 2xx ends.
 */
export function startSessionTimer(
  context: UaContext,
  dialog: Dialog,
  response: SipResponse,
  ourRole: 'uac' | 'uas',
): void {
  dialog.stopSessionTimer?.();
  dialog.stopSessionTimer = undefined;
  const agreed = parseSessionExpires(response.headers.get('Session-Expires'));
  if (agreed === undefined || agreed.seconds === 0) return;
  const plan = planSession(agreed, ourRole);
  const timers: Timer[] = [
    context.clock.after(plan.endAfterMs, () => endDialog(context, dialog, 'session timer expired', true)),
  ];
  if (plan.weRefresh) timers.push(...refreshLater(context, dialog, agreed.seconds, plan.refreshAfterMs));
  dialog.stopSessionTimer = () => {
    for (const timer of timers) timer.cancel();
  };
}

function refreshLater(context: UaContext, dialog: Dialog, seconds: number, afterMs: number): Timer[] {
  const again: { timer: Timer | undefined } = { timer: undefined };
  const refresh = (): void => {
    if (dialog.state !== 'confirmed') return;
    const headers: HeaderPairs = [
      ['Supported', 'timer'],
      ['Session-Expires', `${seconds};refresher=uac`],
      ['Min-SE', String(MIN_SESSION_SECONDS)],
    ];
    const method = dialog.peerAllowsUpdate || dialog.localSdp === undefined ? 'UPDATE' : 'INVITE';
    context.sendRefresh(dialog, method, headers, (response) => {
      // Both sides at once (RFC 3261 14.1): the owner of the Call-ID waits 2.1 to 4 s, so 4 s suits both roles.
      if (response.status === 491) again.timer = context.clock.after(4_000, refresh);
    });
  };
  const first = context.clock.after(afterMs, refresh);
  return [first, { cancel: () => again.timer?.cancel() }];
}
