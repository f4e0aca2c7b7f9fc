import { LandlineError } from '../../contract/errors.ts';
import type { UnitOfWork } from '../../events/unit-of-work.ts';
import type { CallRepository } from '../calls/call-repository.ts';
import { normalNumber } from '../do-not-call/do-not-call.ts';
import type { DoNotCallRepository } from '../do-not-call/do-not-call-repository.ts';
import type { OrganizationRepository } from '../organizations/organization-repository.ts';
import type { OutboundRuleRepository } from './outbound-rule-repository.ts';
import {
  longestWindowMs,
  noRights,
  numberBehind,
  type OutboundRules,
  plainRights,
  requireAllowed,
  requireRoom,
} from './outbound-rules.ts';

export interface OutboundRuleParts {
  readonly unitOfWork: UnitOfWork;
  readonly outboundRules: OutboundRuleRepository;
  readonly doNotCall: DoNotCallRepository;
  readonly organizations: OrganizationRepository;
  readonly calls: CallRepository;
  /** What the settings say for the organization that the first start made; it may always dial. */
  readonly own?: Partial<OutboundRules> | undefined;
}

/** Who may dial what, and how much; the same in every dialect, for tasks and for campaigns. */
export class OutboundRuleService {
  readonly #parts: OutboundRuleParts;

  constructor(parts: OutboundRuleParts) {
    this.#parts = parts;
  }

  /** What holds for the organization now; without rules of its own, the settings' for the first, none for others. */
  get(organizationId: string): OutboundRules {
    const { organizations, outboundRules, own } = this.#parts;
    const set = outboundRules.find(organizationId);
    if (set) return set;
    return organizations.first()?.id === organizationId ? { ...plainRights, ...own } : noRights;
  }

  /** Gives the organization rules of its own; what is left out has no limit and no prefix. Throws `bad-outbound-rules`. */
  async set(organizationId: string, rules: Partial<OutboundRules>): Promise<OutboundRules> {
    const whole = { ...plainRights, ...rules };
    checkRules(whole);
    return await this.#parts.unitOfWork.run((_record, nowMs) => {
      this.#parts.outboundRules.put(organizationId, whole, nowMs);
      return whole;
    });
  }

  /** Back to what holds without rules. */
  clear(organizationId: string): Promise<void> {
    return this.#parts.unitOfWork.run(() => this.#parts.outboundRules.remove(organizationId));
  }

  /**
   * Throws `dialling-forbidden` when the organization has no right to dial `to` (to dial at all, without `to`), and
   * `do-not-call` when the number is on its list. Limits are not looked at: they pass.
   */
  requireAllowed(organizationId: string, to?: string): void {
    requireAllowed(this.get(organizationId), to ?? 'sip:anyone');
    if (to === undefined) return;
    const number = numberBehind(to) ?? '';
    const writings = new Set([normalNumber(to), number, number.slice(1)]);
    if ([...writings].some((writing) => this.#parts.doNotCall.find(organizationId, writing))) {
      throw new LandlineError('do-not-call', `${to} is on the do-not-call list of this organization.`, { to });
    }
  }

  /** Everything at once, as of now: also throws `too-many-calls`. In the transaction that writes the call, it is exact. */
  requireFree(organizationId: string, to: string, nowMs: number = this.#parts.unitOfWork.nowMs()): void {
    this.requireAllowed(organizationId, to);
    const { calls } = this.#parts;
    const { total, oldest } = calls.dialledSince(organizationId, nowMs - longestWindowMs);
    const use = { atOnce: calls.countDialling(organizationId), inLastHour: total, oldestAtMs: oldest };
    requireRoom(this.get(organizationId), use, nowMs);
  }
}

function checkRules({ allowedPrefixes, maxCallsAtOnce, maxCallsPerHour }: OutboundRules): void {
  const problems = [
    ...(allowedPrefixes ?? [])
      .filter((prefix) => !/^\+\d{0,15}$/.test(prefix))
      .map((prefix) => `The prefix "${prefix}" is not a + and digits.`),
    ...(maxCallsAtOnce !== null && !isCount(maxCallsAtOnce)
      ? ['max_calls_at_once must be a whole number from 0.']
      : []),
    ...(maxCallsPerHour !== null && !isCount(maxCallsPerHour)
      ? ['max_calls_per_hour must be a whole number from 0.']
      : []),
  ];
  if (problems.length > 0) throw new LandlineError('bad-outbound-rules', problems.join(' '), { problems });
}

function isCount(value: number): boolean {
  return Number.isSafeInteger(value) && value >= 0;
}
