import { LandlineError } from '../../contract/errors.ts';

/** What an organization may dial. */
export interface OutboundRules {
  /** False: no outgoing call at all (`dialling-forbidden`). */
  readonly mayDial: boolean;
  /**
   * Beginnings of the E.164 numbers that may be dialled, e.g. `+4930`. Empty: no numbers, only agents of this machine
   * and `sip:` URIs at loopback or a configured peer. Null: every number that a configured peer carries.
   */
  readonly allowedPrefixes: readonly string[] | null;
  /** Outgoing calls at once; null for no limit but that of the machine. */
  readonly maxCallsAtOnce: number | null;
  /** Outgoing calls begun in any 60 minutes. */
  readonly maxCallsPerHour: number | null;
}

/** Of an organization that nobody has granted anything, e.g. one that registered itself. */
export const noRights: OutboundRules = {
  mayDial: false,
  allowedPrefixes: [],
  maxCallsAtOnce: null,
  maxCallsPerHour: null,
};

/** Of an organization that may dial and has no rule: agents here and `sip:` URIs, but no telephone numbers. */
export const plainRights: OutboundRules = { ...noRights, mayDial: true };

export const longestWindowMs = 3_600_000;

/** Calls of the organization so far. */
export interface OutboundUse {
  readonly atOnce: number;
  /** Begun in the last hour, and when the first of them began. */
  readonly inLastHour: number;
  readonly oldestAtMs: number | null;
}

/** Throws `dialling-forbidden` when the organization may never dial `to`. */
export function requireAllowed(rules: OutboundRules, to: string): void {
  if (!rules.mayDial) {
    throw new LandlineError(
      'dialling-forbidden',
      'This organization may not place calls: an administrator has to grant it dialling first.',
      { to },
    );
  }
  const number = numberBehind(to);
  if (number === undefined || rules.allowedPrefixes === null) return;
  if (rules.allowedPrefixes.some((prefix) => number.startsWith(prefix))) return;
  const allowed = rules.allowedPrefixes.length === 0 ? 'no numbers at all' : rules.allowedPrefixes.join(', ');
  throw new LandlineError(
    'dialling-forbidden',
    `The outbound rules of this organization don't allow ${to} (allowed: ${allowed}).`,
    { to, allowedPrefixes: rules.allowedPrefixes },
  );
}

/** Throws `too-many-calls` while a limit is reached; `details.retryAfterMs` where it is known when that ends. */
export function requireRoom(rules: OutboundRules, use: OutboundUse, nowMs: number): void {
  if (rules.maxCallsAtOnce !== null && use.atOnce >= rules.maxCallsAtOnce) {
    throw new LandlineError(
      'too-many-calls',
      `This organization may have ${rules.maxCallsAtOnce} outgoing calls at once, and has them.`,
      { maxCallsAtOnce: rules.maxCallsAtOnce },
    );
  }
  if (rules.maxCallsPerHour === null || use.inLastHour < rules.maxCallsPerHour) return;
  const retryAfterMs = Math.max(1, (use.oldestAtMs ?? nowMs) + longestWindowMs - nowMs);
  throw new LandlineError(
    'too-many-calls',
    `This organization may begin ${rules.maxCallsPerHour} outgoing calls per hour, and has.`,
    { maxCallsPerHour: rules.maxCallsPerHour, retryAfterMs },
  );
}

/**
 * The telephone number that a target leads to: itself, or the user part of a `sip:` URI away from this machine that is
 * a number, so that no rule is evaded by writing the trunk's address behind it, by percent signs (RFC 3261, 19.1.2) or
 * by visual separators (RFC 3966, 5.1.1). As `+` and digits; undefined for what is none.
 */
export function numberBehind(to: string): string | undefined {
  if (to.startsWith('+')) return to;
  const [, user = '', host = ''] = /^sips?:([^@]+)@(.+)$/i.exec(to) ?? [];
  if (/^(localhost|127\.\d+\.\d+\.\d+|\[::1\])([:;]|$)/i.test(host)) return undefined;
  const plain = unescaped(user)
    .replace(/;.*$/s, '')
    .replaceAll(/[-.()\s]/g, '');
  const [, plus, digits = ''] = /^(\+?)(\d{7,})$/.exec(plain) ?? [];
  if (plus === undefined) return undefined;
  return plus === '+' ? `+${digits}` : `+${digits.replace(/^00/, '')}`;
}

function unescaped(user: string): string {
  try {
    return decodeURIComponent(user);
  } catch {
    return user;
  }
}
