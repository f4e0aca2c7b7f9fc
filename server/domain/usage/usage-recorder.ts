import type { Organization } from '../organizations/organization.ts';
import type { OrganizationRepository } from '../organizations/organization-repository.ts';
import { ownerFor } from '../wallets/wallet-access.ts';
import type { WalletLedger } from '../wallets/wallet-ledger.ts';
import { priceUses, type Rates } from './pricing.ts';
import type { UsageDraft, UsageSession } from './usage.ts';
import type { UsageRepository } from './usage-repository.ts';

export interface RecorderDeps {
  readonly usage: UsageRepository;
  readonly organizations: OrganizationRepository;
  readonly walletLedger: WalletLedger;
}

/** Turns work that was done into cost lines and one debit. Called inside a unit of work. */
export class UsageRecorder {
  readonly #deps: RecorderDeps;

  constructor(deps: RecorderDeps) {
    this.#deps = deps;
  }

  /**
   * Does nothing for a session that is known already. It costs what prices and terms say now, and is debited even if
   * that overdraws the wallet, for the work has been done; what costs nothing makes no ledger entry.
   */
  record(draft: UsageDraft, nowMs: number): UsageSession {
    const { usage, organizations, walletLedger } = this.#deps;
    const known = usage.find(draft.id);
    if (known) return known;
    const organization = organizations.find(draft.organizationId);
    const priced = priceUses(draft.uses, usage.prices(), ratesOf(organization));
    walletLedger.expireDue(nowMs);
    const walletId = walletLedger.ofOwner(ownerFor(draft), nowMs).id;
    const session = toSession(draft, priced, draft.agentId === null ? null : usage.agentName(draft.agentId));
    const orgType = organization?.orgType ?? 'internal';
    usage.insert(session, { walletId, orgType, commissionMicro: priced.commissionMicro, nowMs });
    if (priced.costMicro > 0) {
      const reference = { type: 'session', id: draft.id } as const;
      walletLedger.debit(walletId, priced.costMicro, { reference, note: null, actorUserId: draft.userId, nowMs });
    }
    return session;
  }
}

/** Only who sells on has a markup and earns a commission. */
function ratesOf(organization: Organization | undefined): Rates {
  if (!organization || organization.orgType === 'internal') return { markupPpm: 0, commissionPpm: 0 };
  return organization;
}

function toSession(
  draft: UsageDraft,
  { lines, baseMicro, markupMicro, costMicro }: ReturnType<typeof priceUses>,
  agentName: string | null,
): UsageSession {
  const { uses: _priced, ...known } = draft;
  return { ...known, agentName, baseMicro, markupMicro, costMicro, services: lines };
}
