import type { SrfMessage } from '../connection/srf.ts';

/**
 * Our part in the session timer (RFC 4028) when the other side asks for one: the headers for the 2xx. The core runs the
 * timer by what it reads there. We leave the refreshing to the caller unless it wants us to do it; a caller that
 * doesn't know the timer (a proxy asked) can't, so then it is us.
 */
export function sessionTimerHeaders(request: Pick<SrfMessage, 'get'>): Readonly<Record<string, string>> {
  const wanted = /^\s*(\d{1,9})\s*(?:;(.*))?$/.exec(request.get('Session-Expires') ?? '');
  if (!wanted) return {};
  const knowsTimer = /\btimer\b/i.test(`${request.get('Supported') ?? ''},${request.get('Require') ?? ''}`);
  const asksUs = /\brefresher\s*=\s*uas\b/i.test(wanted[2] ?? '');
  const refresher = asksUs || !knowsTimer ? 'uas' : 'uac';
  return {
    'Session-Expires': `${wanted[1]};refresher=${refresher}`,
    ...(knowsTimer ? { Require: 'timer' } : {}),
  };
}
