import type { Clock } from '../../lifetime/clock.ts';
import { isLoopback, NetworkSet, normalizeAddress } from './networks.ts';

export type Refusal = 'unknown-source' | 'banned' | 'too-many-messages';

export interface GuardLimits {
  /** Messages per second that one address of a LAN or peer may send for long. */
  readonly ratePerSecond: number;
  /** Messages it may send at once. */
  readonly burst: number;
  readonly firstBanMs: number;
  readonly longestBanMs: number;
  /** After this long without a new offence the next ban is a first one again. */
  readonly forgiveAfterMs: number;
  /** Addresses remembered for rates and bans; the one that was quiet longest is forgotten first. */
  readonly trackedAddresses: number;
}

export const DEFAULT_GUARD_LIMITS: GuardLimits = {
  ratePerSecond: 200,
  burst: 600,
  firstBanMs: 30_000,
  longestBanMs: 3_600_000,
  forgiveAfterMs: 3_600_000,
  trackedAddresses: 4_096,
};

/** One refusal worth a log line; at most one per address and minute, and ten per second over all. */
export interface RefusalNotice {
  readonly address: string;
  readonly why: Refusal;
  readonly userAgent?: string;
  readonly untilMs?: number;
}

export interface GuardOptions {
  readonly clock: Clock;
  /** Networks of the LAN, read again when it may have changed; empty when the LAN is not admitted. */
  readonly lanNetworks: () => readonly string[];
  /** Addresses or networks of configured peers. */
  readonly peerSources: readonly string[];
  readonly limits?: GuardLimits;
  readonly refused: (notice: RefusalNotice) => void;
}

export interface Ban {
  readonly address: string;
  readonly untilMs: number;
  /** How many bans this address had in a row, this one included. */
  readonly count: number;
}

export interface GuardCounters {
  readonly admitted: number;
  readonly unknownSource: number;
  readonly banned: number;
  readonly tooMany: number;
  readonly scannerHints: number;
  readonly bans: number;
  readonly trackedAddresses: number;
}

interface Track {
  tokens: number;
  refilledMs: number;
  banCount: number;
  bannedUntilMs: number;
}

/** Tools that name themselves; a hint only, since a name is easily changed. */
const SCANNERS = /friendly-scanner|sipvicious|sipcli|sip-scan|smap|sundayddr|pplsip|iwar|sivus|vaxsipuseragent/i;
/** A message of a known scanner costs this many ordinary ones. */
const SCANNER_COST = 100;
const LAN_REFRESH_MS = 15_000;
const NOTICE_EVERY_MS = 60_000;
const NOTICES_PER_SECOND = 10;
const REMEMBERED_NOTICES = 1_024;

/**
 * Decides, before anything is parsed, whose messages are looked at: loopback always, the LAN and peers when configured,
 * nobody else. An address that floods is banned, each time for longer.
 */
export class Guard {
  readonly #options: GuardOptions;
  readonly #limits: GuardLimits;
  readonly #peers: NetworkSet;
  readonly #tracks = new Map<string, Track>();
  readonly #noticed = new Map<string, number>();
  #lan = new NetworkSet([]);
  #lanReadMs = Number.NEGATIVE_INFINITY;
  #noticeSecond = 0;
  #noticesThisSecond = 0;
  #counts = { admitted: 0, unknownSource: 0, banned: 0, tooMany: 0, scannerHints: 0 };

  constructor(options: GuardOptions) {
    this.#options = options;
    this.#limits = options.limits ?? DEFAULT_GUARD_LIMITS;
    this.#peers = new NetworkSet(options.peerSources);
  }

  /** Whether one message (or connection) from this address is looked at at all. */
  admits(rawAddress: string): boolean {
    const address = normalizeAddress(rawAddress);
    if (address === undefined) return false;
    if (isLoopback(address)) {
      this.#counts.admitted++;
      return true;
    }
    if (!this.#isKnown(address)) {
      this.#counts.unknownSource++;
      this.#notice({ address, why: 'unknown-source' });
      return false;
    }
    return this.#spend(address, 1);
  }

  /** A hint from inside a message that was admitted. */
  sawUserAgent(rawAddress: string, userAgent: string): void {
    if (!SCANNERS.test(userAgent)) return;
    const address = normalizeAddress(rawAddress);
    if (address === undefined || isLoopback(address)) return;
    this.#counts.scannerHints++;
    this.#spend(address, SCANNER_COST, userAgent);
  }

  bans(): Ban[] {
    const nowMs = this.#options.clock.now();
    const bans: Ban[] = [];
    for (const [address, { bannedUntilMs, banCount }] of this.#tracks) {
      if (bannedUntilMs > nowMs) bans.push({ address, untilMs: bannedUntilMs, count: banCount });
    }
    return bans;
  }

  /** Lifts a ban; false when there was none. */
  lift(rawAddress: string): boolean {
    const address = normalizeAddress(rawAddress);
    return address !== undefined && this.#tracks.delete(address);
  }

  counters(): GuardCounters {
    return { ...this.#counts, bans: this.bans().length, trackedAddresses: this.#tracks.size };
  }

  #isKnown(address: string): boolean {
    const nowMs = this.#options.clock.now();
    if (nowMs - this.#lanReadMs > LAN_REFRESH_MS) {
      this.#lanReadMs = nowMs;
      this.#lan = new NetworkSet(this.#options.lanNetworks());
    }
    return this.#lan.has(address) || this.#peers.has(address);
  }

  #spend(address: string, cost: number, userAgent?: string): boolean {
    const nowMs = this.#options.clock.now();
    const track = this.#track(address, nowMs);
    if (track.bannedUntilMs > nowMs) {
      this.#counts.banned++;
      return false;
    }
    const { ratePerSecond, burst } = this.#limits;
    track.tokens = Math.min(burst, track.tokens + ((nowMs - track.refilledMs) / 1000) * ratePerSecond);
    track.refilledMs = nowMs;
    track.tokens -= cost;
    if (track.tokens >= 0) {
      this.#counts.admitted++;
      return true;
    }
    this.#counts.tooMany++;
    this.#ban(address, track, nowMs, userAgent);
    return false;
  }

  #ban(address: string, track: Track, nowMs: number, userAgent: string | undefined): void {
    const { firstBanMs, longestBanMs, forgiveAfterMs, burst } = this.#limits;
    if (nowMs - track.bannedUntilMs > forgiveAfterMs) track.banCount = 0;
    const lastsMs = Math.min(longestBanMs, firstBanMs * 4 ** track.banCount);
    track.banCount++;
    track.bannedUntilMs = nowMs + lastsMs;
    track.tokens = burst;
    track.refilledMs = track.bannedUntilMs;
    const untilMs = track.bannedUntilMs;
    this.#notice({ address, why: 'too-many-messages', untilMs, ...(userAgent === undefined ? {} : { userAgent }) });
  }

  /** The address's track, moved to the young end of the map. */
  #track(address: string, nowMs: number): Track {
    const known = this.#tracks.get(address);
    if (known !== undefined) {
      this.#tracks.delete(address);
      this.#tracks.set(address, known);
      return known;
    }
    if (this.#tracks.size >= this.#limits.trackedAddresses) this.#forgetOne(nowMs);
    const fresh: Track = { tokens: this.#limits.burst, refilledMs: nowMs, banCount: 0, bannedUntilMs: 0 };
    this.#tracks.set(address, fresh);
    return fresh;
  }

  /** Forgets the address that was quiet longest, a banned one only when there is no other among the oldest. */
  #forgetOne(nowMs: number): void {
    let oldest: string | undefined;
    let looked = 0;
    for (const [address, track] of this.#tracks) {
      oldest ??= address;
      if (track.bannedUntilMs <= nowMs) {
        oldest = address;
        break;
      }
      if (++looked === 64) break;
    }
    if (oldest !== undefined) this.#tracks.delete(oldest);
  }

  #notice(notice: RefusalNotice): void {
    const nowMs = this.#options.clock.now();
    const lastMs = this.#noticed.get(notice.address);
    if (lastMs !== undefined && nowMs - lastMs < NOTICE_EVERY_MS && notice.why === 'unknown-source') return;
    const second = Math.floor(nowMs / 1000);
    if (second !== this.#noticeSecond) {
      this.#noticeSecond = second;
      this.#noticesThisSecond = 0;
    }
    if (++this.#noticesThisSecond > NOTICES_PER_SECOND) return;
    this.#noticed.delete(notice.address);
    this.#noticed.set(notice.address, nowMs);
    if (this.#noticed.size > REMEMBERED_NOTICES) {
      const [first] = this.#noticed.keys();
      if (first !== undefined) this.#noticed.delete(first);
    }
    this.#options.refused(notice);
  }
}
