import type { CodecName } from '../contract/media-session.ts';
import type { Peer } from '../contract/peer.ts';

export interface PortRange {
  /** Even. */
  readonly first: number;
  /** Inclusive. */
  readonly last: number;
}

export interface Limits {
  readonly maxCalls: number;
  readonly maxCallsPerMinute: number;
  readonly ringTimeoutMs: number;
  readonly rtpTimeoutMs: number;
  readonly maxCallDurationMs: number;
}

export interface DrachtioServer {
  readonly host: string;
  readonly port: number;
  readonly secret: string;
}

export interface HttpSettings {
  readonly host: string;
  /** 0 picks a free port. */
  readonly port: number;
  /** Null: none. Absent: the usual one. */
  readonly extraPorts: {
    readonly vaSocketPort?: number | null;
    readonly voicePort?: number | null;
    readonly voiceraPort?: number | null;
  };
  readonly tls?:
    | { readonly kind: 'files'; readonly certificate: string; readonly key: string }
    | { readonly kind: 'self-signed'; readonly folder: string };
  readonly allowedOrigins: readonly string[];
  /** What others reach this machine by, without a slash at its end. */
  readonly publicUrl?: string;
}

export interface SipSettings {
  /** UDP and TCP; 0 picks a free one. */
  readonly port: number;
  readonly lan: boolean;
  readonly drachtio?: DrachtioServer;
  readonly externalAddress?: string;
  readonly timers: { readonly t1Ms: number; readonly t2Ms: number; readonly t4Ms: number };
}

export type VoiceSettings =
  | { readonly family: 'flite'; readonly voice: string }
  | { readonly family: 'piper' | 'kokoro'; readonly model: string; readonly speaker?: number };

/** Everything that can be set, typed and cross-checked. Paths are absolute. */
export interface Settings {
  readonly dataFolder: string;
  readonly http: HttpSettings;
  readonly sip: SipSettings;
  readonly rtpPorts: PortRange;
  readonly logLevel: 'debug' | 'info' | 'warn' | 'error' | 'silent';
  readonly peers: readonly Peer[];
  readonly routes: readonly { readonly number: string; readonly agent: string }[];
  /** In order of preference. */
  readonly codecs: readonly CodecName[];
  readonly limits: Limits;
  readonly speech: { readonly stt?: { readonly model: string }; readonly tts: VoiceSettings };
  readonly brain: { readonly gguf?: string };
  readonly embedder: { readonly gguf?: string };
  /** What the first organization may dial, but for rules that an administrator gives it. */
  readonly outbound: {
    readonly allowedPrefixes: readonly string[];
    readonly maxCallsAtOnce: number | null;
    readonly maxCallsPerHour: number | null;
  };
  /** Hosts that the admin lists for tools, webhooks and MCP servers. */
  readonly egress: {
    readonly allow: readonly string[];
    /** PEM, beside the authorities that everybody trusts. */
    readonly authorities?: string;
  };
  readonly defaults: { readonly agent?: string; readonly timeZone?: string };
}
