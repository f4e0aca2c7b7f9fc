import type { TelephonyContext } from '../call/telephony-context.ts';
import type { DigestClient } from '../digest/digest-client.ts';
import type { DialTarget } from './dial-plan.ts';

/** What dialling needs beyond what every call needs. */
export interface DialContext extends TelephonyContext {
  /** A peer that says nothing at all for this long is given up when there is another one. */
  readonly silentPeerMs: number;
  /** Where a redirect may lead; undefined when it leads away from this machine and the configured peers. */
  redirectTarget(contact: string): DialTarget | undefined;
  digestForTarget(target: DialTarget): DigestClient | undefined;
  /** Remembers how a peer behaved, so that a dead one is not tried first. */
  peerBehaved(target: DialTarget, well: boolean): void;
}
