import type { SipCoreStats } from './core.ts';
import type { SipCoreConfig } from './core-config.ts';
import type { Ban } from './guard/guard.ts';
import type { TracedMessage } from './trace/trace.ts';

/** What can be asked of a running core. */
export type CoreQuestion =
  | { readonly kind: 'stats' }
  | { readonly kind: 'trace'; readonly callId: string }
  | { readonly kind: 'bans' }
  | { readonly kind: 'lift-ban'; readonly address: string };

export interface CoreAnswers {
  readonly stats: SipCoreStats;
  readonly trace: readonly TracedMessage[];
  readonly bans: readonly Ban[];
  readonly 'lift-ban': boolean;
}

export type ToSipCore =
  | {
      readonly kind: 'start';
      readonly config: SipCoreConfig;
      /** Fresh for every boot; it never leaves the two processes. */
      readonly secret: string;
      readonly logLevel: 'debug' | 'info' | 'warn' | 'error' | 'silent';
      /** How long to try again when a port is taken (a predecessor may still be letting go of it). */
      readonly waitForPortMs: number;
    }
  | { readonly kind: 'ask'; readonly requestId: number; readonly question: CoreQuestion }
  /** Ends all calls and the process. */
  | { readonly kind: 'shutdown' };

export type FromSipCore =
  | { readonly kind: 'ready'; readonly controlPort: number; readonly endpoints: readonly string[] }
  | {
      readonly kind: 'start-failed';
      readonly code: string;
      readonly message: string;
      readonly details: Readonly<Record<string, unknown>>;
    }
  | { readonly kind: 'answer'; readonly requestId: number; readonly value: CoreAnswers[CoreQuestion['kind']] };
