import { LandlineError } from '../../contract/errors.ts';
import type { UnitOfWork } from '../../events/unit-of-work.ts';
import { type Principal, requireRole } from '../credentials/principal.ts';
import type { Organization, OrganizationType } from '../organizations/organization.ts';
import type { OrganizationService } from '../organizations/organization-service.ts';
import { bucketStarts, grainFor, type Period, periodStartMs } from '../usage/period.ts';
import type { EarnedBucket, UsageRepository } from '../usage/usage-repository.ts';
import { currency } from '../wallets/wallet.ts';
import type { EarnedAmounts, Earnings, EarningsBreakdown } from './earnings.ts';

export interface EarningsDeps {
  readonly unitOfWork: UnitOfWork;
  readonly organizations: OrganizationService;
  readonly usage: UsageRepository;
}

/** A thousand times the price; more is a slip of the hand. */
const mostMarkupPercent = 100_000;

/**
 * Terms and earnings of organizations that sell on. Earnings count what was used while the organization did so, at the
 * terms of that time. Throws `forbidden` and `organization-not-found`.
 */
export class EarningsService {
  readonly #deps: EarningsDeps;

  constructor(deps: EarningsDeps) {
    this.#deps = deps;
  }

  /** Of the caller's organization, for its admins; `forbidden` when it is `internal`. */
  mine(principal: Principal, period: Period): Earnings {
    return this.#earnings(this.#ownReseller(principal), period);
  }

  /** The same in hours (`day`), days (`week`, `month`), weeks (`4months`) or months. */
  breakdown(principal: Principal, period: Period): EarningsBreakdown {
    const { id } = this.#ownReseller(principal);
    const filled = this.#earned(id, period);
    const byStart = new Map(filled.map((bucket) => [bucket.startMs, bucket]));
    const nowMs = this.#deps.unitOfWork.nowMs();
    const fromMs = period === 'all' ? (filled[0]?.startMs ?? nowMs) : periodStartMs(period, nowMs);
    const buckets = bucketStarts(grainFor(period), fromMs, nowMs).map((startMs) => {
      const bucket = byStart.get(startMs);
      return { startMs, ...amountsOf(bucket ? [bucket] : []) };
    });
    return { period, buckets };
  }

  /** Of any organization, for super admins. */
  ofOrganization(principal: Principal, organizationId: string, period: Period): Earnings {
    requireRole(principal, 'super_admin');
    return this.#earnings(this.#deps.organizations.get(principal, organizationId), period);
  }

  /** For super admins. */
  async setBusinessModel(
    principal: Principal,
    organizationId: string,
    orgType: OrganizationType,
  ): Promise<Organization> {
    requireRole(principal, 'super_admin');
    return this.#deps.organizations.setTerms(principal, organizationId, { orgType });
  }

  /** Percent of the price that the organization gets, 0–100 with at most four decimals. For super admins. */
  async setCommission(principal: Principal, organizationId: string, percent: number): Promise<Organization> {
    requireRole(principal, 'super_admin');
    const commissionPpm = toPpm('The commission', percent, 100);
    return this.#deps.organizations.setTerms(principal, organizationId, { commissionPpm });
  }

  /**
   * Percent that the organization puts on top of the price. For super admins and the admins of an organization that
   * sells on. The currency is kept as a note: amounts are in the house's currency, nothing is exchanged.
   */
  async setMarkup(
    principal: Principal,
    organizationId: string,
    markup: { readonly percent: number; readonly currency?: string | undefined },
  ): Promise<Organization> {
    const organization = this.#deps.organizations.get(principal, organizationId);
    requireRole(principal, 'org_admin');
    if (principal.role !== 'super_admin') requireReseller(organization);
    const markupPpm = toPpm('The markup', markup.percent, mostMarkupPercent);
    const markupCurrency = checkCurrency(markup.currency ?? organization.markupCurrency);
    return this.#deps.organizations.setTerms(principal, organizationId, { markupPpm, markupCurrency });
  }

  #ownReseller(principal: Principal): Organization {
    requireRole(principal, 'org_admin');
    const organization = this.#deps.organizations.get(principal, principal.organizationId);
    requireReseller(organization);
    return organization;
  }

  #earnings(organization: Organization, period: Period): Earnings {
    const buckets = this.#earned(organization.id, period);
    const sum = (of: (bucket: EarnedBucket) => number) => buckets.reduce((total, bucket) => total + of(bucket), 0);
    return {
      organizationId: organization.id,
      orgType: organization.orgType,
      period,
      currency,
      calls: sum(({ calls }) => calls),
      durationSeconds: sum(({ durationSeconds }) => durationSeconds),
      ...amountsOf(buckets),
    };
  }

  #earned(organizationId: string, period: Period): readonly EarnedBucket[] {
    const fromMs = periodStartMs(period, this.#deps.unitOfWork.nowMs());
    const filter = { organizationIds: [organizationId], resellersOnly: true, ...(fromMs > 0 ? { fromMs } : {}) };
    return this.#deps.usage.earned(filter, grainFor(period));
  }
}

function amountsOf(buckets: readonly EarnedBucket[]): EarnedAmounts {
  const markupMicro = buckets.reduce((sum, bucket) => sum + bucket.markupMicro, 0);
  const commissionMicro = buckets.reduce((sum, bucket) => sum + bucket.commissionMicro, 0);
  return { markupMicro, commissionMicro, totalMicro: markupMicro + commissionMicro };
}

function requireReseller({ orgType }: Organization): void {
  if (orgType !== 'internal') return;
  throw new LandlineError(
    'forbidden',
    'This organization is internal: only one that sells on has markup and earnings.',
  );
}

function toPpm(what: string, percent: number, most: number): number {
  const ppm = Math.round(percent * 10_000);
  const isExact = Math.abs(percent * 10_000 - ppm) < 1e-6 * Math.max(1, Math.abs(ppm));
  if (isExact && percent >= 0 && percent <= most) return ppm;
  throw new LandlineError(
    'invalid-argument',
    `${what} must be from 0 to ${most} percent with at most four decimals, not ${percent}.`,
    { percent },
  );
}

function checkCurrency(code: string): string {
  if (/^[A-Z]{3}$/.test(code)) return code;
  throw new LandlineError('invalid-argument', `The currency must be three capital letters, not "${code}".`, { code });
}
