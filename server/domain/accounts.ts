import type { Database, UnitOfWork } from '../events/unit-of-work.ts';
import type { CallRepository } from './calls/call-repository.ts';
import type { TurnRepository } from './calls/turn-repository.ts';
import { EarningsService } from './earnings/earnings-service.ts';
import { FeatureFlagRepository } from './feature-flags/feature-flag-repository.ts';
import { FeatureFlagService } from './feature-flags/feature-flag-service.ts';
import { KnowledgeFileRepository } from './knowledge/knowledge-file-repository.ts';
import type { OrganizationRepository } from './organizations/organization-repository.ts';
import type { OrganizationService } from './organizations/organization-service.ts';
import { CallAccounts } from './usage/call-accounts.ts';
import { UsageRecorder } from './usage/usage-recorder.ts';
import { UsageRepository } from './usage/usage-repository.ts';
import { UsageService } from './usage/usage-service.ts';
import { LedgerRepository } from './wallets/ledger-repository.ts';
import { WalletLedger } from './wallets/wallet-ledger.ts';
import { WalletRepository } from './wallets/wallet-repository.ts';
import { WalletService } from './wallets/wallet-service.ts';

export interface AccountsDeps {
  readonly db: Database;
  readonly unitOfWork: UnitOfWork;
  readonly organizations: OrganizationService;
  readonly organizationStore: OrganizationRepository;
  readonly calls: CallRepository;
  readonly turns: TurnRepository;
}

/** What people may do, what they used, what it cost and who pays. */
export interface Accounts {
  readonly wallets: WalletService;
  readonly usage: UsageService;
  readonly earnings: EarningsService;
  readonly featureFlags: FeatureFlagService;
  /** For the transactions of calls. */
  readonly callAccounts: CallAccounts;
}

export function createAccounts(deps: AccountsDeps): Accounts {
  const { db, unitOfWork, organizations, calls, turns } = deps;
  const wallets = new WalletRepository(db);
  const ledgerEntries = new LedgerRepository(db);
  const walletLedger = new WalletLedger(wallets, ledgerEntries);
  const usage = new UsageRepository(db);
  const usageRecorder = new UsageRecorder({ usage, walletLedger, organizations: deps.organizationStore });
  const walletService = new WalletService({ unitOfWork, wallets, ledgerEntries, walletLedger });
  const callAccounts = new CallAccounts({ wallets: walletService, usageRecorder, turns });
  return {
    wallets: walletService,
    callAccounts,
    usage: new UsageService({
      unitOfWork,
      usage,
      usageRecorder,
      calls,
      callAccounts,
      files: new KnowledgeFileRepository(db),
    }),
    earnings: new EarningsService({ unitOfWork, organizations, usage }),
    featureFlags: new FeatureFlagService(unitOfWork, new FeatureFlagRepository(db)),
  };
}
