import type { CodecName, LocalMediaPoint } from '../../contract/media-session.ts';
import type { Clock } from '../../lifetime/clock.ts';
import type { Logger } from '../../log/logger.ts';
import type { Srf } from '../connection/srf.ts';
import type { DigestClient } from '../digest/digest-client.ts';

/** A call as its owner counts it. */
export interface LiveCall {
  hangup(): Promise<void>;
  /** The connection to the core is gone: ends the call without sending anything. */
  coreLost(): void;
}

/** What calls share while one control connection lives. */
export interface TelephonyContext {
  readonly srf: Srf;
  readonly clock: Clock;
  readonly log: Logger;
  readonly codecs: readonly CodecName[];
  /** A call adds itself when it begins and removes itself at its one end. */
  readonly calls: Set<LiveCall>;
  /** Our RTP socket as this peer must see it (static NAT). */
  publicPoint(local: LocalMediaPoint, peerAddress: string): LocalMediaPoint;
  /** Credentials for a peer that may challenge requests inside its calls. */
  digestFor(peerAddress: string): DigestClient | undefined;
  /** Keeps the wait for the answer to a BYE, so that a stop can wait for it too. */
  runBye(bye: Promise<void>): void;
}
