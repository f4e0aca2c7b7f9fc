/** What a NOTIFY of a REFER subscription reports (RFC 3515, 2.4.5). */
export interface ReferNews {
  /** Status of the referred call; undefined when the body holds no status line. */
  readonly status: number | undefined;
  /** The subscription is over: no more news will come. */
  readonly final: boolean;
}

/** Reads `message/sipfrag` (RFC 3420) and Subscription-State. */
export function referNews(body: string | undefined, subscriptionState: string | undefined): ReferNews {
  const found = /^\s*SIP\/2\.0\s+([1-6]\d\d)(?:\s|$)/i.exec(body ?? '');
  const status = found ? Number(found[1]) : undefined;
  const terminated = /^\s*terminated\b/i.test(subscriptionState ?? '');
  return { status, final: terminated || (status !== undefined && status >= 200) };
}
