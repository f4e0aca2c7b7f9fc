import type { LiveCalls } from '../domain/calls/live-calls.ts';
import type { Dialer } from '../domain/calls/outbound-order.ts';
import type { WebCalls } from '../domain/calls/web-calls.ts';
import type { Domain } from '../domain/domain.ts';
import type { Clock } from '../lifetime/clock.ts';
import type { LogRing } from '../log/log-ring.ts';
import type { Logger } from '../log/logger.ts';
import type { TlsSettings } from './certificate.ts';
import type { VoiceraLimitSettings } from './dialects/voicera/limits.ts';
import type { ExtraPortSettings } from './extra-ports.ts';

/** What the HTTP side is given. */
export interface HttpServerOptions {
  readonly domain: Domain;
  readonly dialer: Dialer;
  readonly liveCalls: LiveCalls;
  /** Calls of people who come by WebSocket; without it the audio sockets are not there. */
  readonly webCalls?: WebCalls;
  /** Whether a `sip:` URI may name this host because it is a configured peer's. */
  readonly isPeerHost: (host: string) => boolean;
  /** Address to bind, e.g. `127.0.0.1` or `0.0.0.0`. */
  readonly host: string;
  /** `LANDLINE_HTTP_PORT`; 0 takes any free port. */
  readonly port: number;
  /** Ports that clients of one API have in their code; absent means the usual one, null none. */
  readonly extraPorts?: ExtraPortSettings;
  /** With it every port takes HTTPS and WSS, too. */
  readonly tls?: TlsSettings;
  /** What others reach us by, e.g. `https://voice.example.lan`; worked out from address and port when absent. */
  readonly publicUrl?: string;
  /** Web pages that may call the API from a browser. */
  readonly allowedOrigins?: readonly string[];
  /** How long to wait for a taken port before giving up. */
  readonly portWaitMs?: number;
  readonly version: string;
  readonly log: Logger;
  readonly clock?: Clock;
  /** What every part counts: live things, drops, lateness. */
  readonly readCounters: () => Promise<unknown>;
  /** Requests per minute and `va_` key. */
  readonly rateLimit?: number;
  /** For VoiceERA's clients; its published limits unless told. */
  readonly voiceraLimits?: Partial<VoiceraLimitSettings>;
  /** The newest lines of the log, for administrators. */
  readonly recentLogs?: LogRing;
}
