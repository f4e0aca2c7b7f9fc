import { DEFAULT_GUARD_LIMITS, type GuardLimits } from './guard/guard.ts';
import type { SipTimers } from './txn/timers.ts';

/** What the core needs to know. Plain data: it crosses a process border. */
export interface SipCoreConfig {
  /** Port for UDP and TCP; 0 takes any free one (the same for both). */
  readonly port: number;
  /** Addresses to bind; without them loopback, or with `lan` every interface. */
  readonly bindAddresses?: readonly string[];
  /** Admit the private networks that this machine is attached to. */
  readonly lan?: boolean;
  /** Addresses or networks of configured peers. */
  readonly peerSources?: readonly string[];
  readonly guard?: Partial<GuardLimits>;
  readonly timers?: Partial<SipTimers>;
}

/** The addresses to bind: what is configured, else everything when others may call, else loopback alone. */
export function bindAddressesOf({ bindAddresses, lan, peerSources }: SipCoreConfig): readonly string[] {
  if (bindAddresses !== undefined && bindAddresses.length > 0) return bindAddresses;
  return lan === true || (peerSources?.length ?? 0) > 0 ? ['0.0.0.0'] : ['127.0.0.1'];
}

export function guardLimitsOf({ guard }: SipCoreConfig): GuardLimits {
  return { ...DEFAULT_GUARD_LIMITS, ...guard };
}
