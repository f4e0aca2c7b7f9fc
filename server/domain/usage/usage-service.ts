import { LandlineError } from '../../contract/errors.ts';
import type { UnitOfWork } from '../../events/unit-of-work.ts';
import type { CallRepository } from '../calls/call-repository.ts';
import { type Principal, requireRole } from '../credentials/principal.ts';
import type { KnowledgeFileRepository } from '../knowledge/knowledge-file-repository.ts';
import type { Page, PageRequest } from '../paging.ts';
import type { CallAccounts } from './call-accounts.ts';
import { measureFile } from './measure-file.ts';
import { bucketStarts, grainFor, type Period, periodStartMs } from './period.ts';
import type { Price, PriceDraft, UsageBucket, UsageDraft, UsageSession, UsageTotals, UsageType } from './usage.ts';
import type { UsageFilter } from './usage-filter.ts';
import type { UsageRecorder } from './usage-recorder.ts';
import type { UsageRepository } from './usage-repository.ts';
import { resolveScope, type UsageScopeRequest } from './usage-scope.ts';

export interface UsageDeps {
  readonly unitOfWork: UnitOfWork;
  readonly usage: UsageRepository;
  readonly usageRecorder: UsageRecorder;
  readonly calls: CallRepository;
  readonly callAccounts: CallAccounts;
  readonly files: Pick<KnowledgeFileRepository, 'find'>;
}

/** Which records are wanted. */
export interface UsageQuery extends UsageScopeRequest {
  /** `day` is today (UTC); all time when absent. */
  readonly period?: Period | undefined;
  /** All types when absent. */
  readonly types?: readonly UsageType[] | undefined;
  readonly agentIds?: readonly string[] | undefined;
  readonly search?: string | undefined;
  /** Begun at this time or later, besides `period`. */
  readonly fromMs?: number | undefined;
  /** Begun before this time. */
  readonly untilMs?: number | undefined;
}

export interface UsageSummary {
  readonly period: Period;
  /** Without gaps, oldest first. */
  readonly buckets: readonly UsageBucket[];
  readonly totals: UsageTotals;
}

export interface UsageOverview {
  readonly total: UsageTotals;
  readonly thisMonth: UsageTotals;
}

/** Read in one go, which holds up everything else. */
const exportPage = 200;

/** What was used and what it cost. Every method throws `forbidden` for usage that the caller may not see. */
export class UsageService {
  readonly #deps: UsageDeps;

  constructor(deps: UsageDeps) {
    this.#deps = deps;
  }

  /** Newest first, each with its cost lines. */
  records(principal: Principal, query: UsageQuery, page: PageRequest): Page<UsageSession> {
    return this.#deps.usage.list(this.#filter(principal, query), page);
  }

  /** Every record that `records` would page through, newest first: the source of exports. */
  *export(principal: Principal, query: UsageQuery): Generator<UsageSession> {
    // What is written down meanwhile must not push records from one page onto the next.
    const filter = { ...this.#filter(principal, query), recordedByMs: this.#deps.unitOfWork.nowMs() - 1 };
    let page = this.#deps.usage.after(filter, undefined, exportPage);
    yield* page.items;
    while (page.next) {
      page = this.#deps.usage.after(filter, page.next, exportPage);
      yield* page.items;
    }
  }

  /** Throws `usage-session-not-found`, also for a session that the caller may not see. */
  session(principal: Principal, id: string): UsageSession {
    const session = this.#deps.usage.find(id);
    const { organizationIds, userIds } = resolveScope(principal, { scope: 'all' });
    const isVisible =
      session !== undefined &&
      (organizationIds?.includes(session.organizationId) ?? true) &&
      (userIds === undefined || (session.userId !== null && userIds.includes(session.userId)));
    if (isVisible) return session;
    throw new LandlineError('usage-session-not-found', 'There is no usage of a session with this id.', { id });
  }

  /** Sums over a period, in hours (`day`), days (`week`, `month`), weeks (`4months`) or months. */
  summary(principal: Principal, request: UsageScopeRequest & { readonly period: Period }): UsageSummary {
    const { period } = request;
    const filter = this.#filter(principal, request);
    const { usage, unitOfWork } = this.#deps;
    const filled = new Map(usage.buckets(filter, grainFor(period)).map((bucket) => [bucket.startMs, bucket]));
    const nowMs = unitOfWork.nowMs();
    const [oldest = nowMs] = filled.keys();
    const fromMs = period === 'all' ? oldest : periodStartMs(period, nowMs);
    const buckets = bucketStarts(grainFor(period), fromMs, nowMs).map(
      (startMs) => filled.get(startMs) ?? { startMs, calls: 0, durationSeconds: 0, costMicro: 0 },
    );
    const sum = (of: (bucket: UsageBucket) => number) => buckets.reduce((total, bucket) => total + of(bucket), 0);
    const totals = {
      calls: sum(({ calls }) => calls),
      durationSeconds: sum(({ durationSeconds }) => durationSeconds),
      costMicro: sum(({ costMicro }) => costMicro),
    };
    return { period, buckets, totals };
  }

  /** All time and this month (UTC); of one person when `userId` is given. */
  overview(principal: Principal, request: { readonly userId?: string | undefined } = {}): UsageOverview {
    const scope = request.userId === undefined ? {} : { ownerUserIds: [request.userId] };
    return {
      total: this.#deps.usage.totals(this.#filter(principal, scope)),
      thisMonth: this.#deps.usage.totals(this.#filter(principal, { ...scope, period: 'month' })),
    };
  }

  /** What each of these calls cost, in micro-units; a call that has not ended isn't there. */
  costsOf(callIds: readonly string[]): ReadonlyMap<string, number> {
    return this.#deps.usage.costs(callIds);
  }

  prices(): readonly Price[] {
    return this.#deps.usage.prices();
  }

  /** For super admins; counts for what is used from now on. Throws `invalid-argument`. */
  async setPrice(principal: Principal, price: PriceDraft): Promise<void> {
    requireRole(principal, 'super_admin');
    checkPrice(price);
    await this.#deps.unitOfWork.run((_record, nowMs) => this.#deps.usage.setPrice(price, nowMs));
  }

  /** For super admins. Throws `price-not-found`. */
  async removePrice(principal: Principal, price: Omit<PriceDraft, 'priceMicro' | 'perQuantity'>): Promise<void> {
    requireRole(principal, 'super_admin');
    const isRemoved = await this.#deps.unitOfWork.run(() => this.#deps.usage.removePrice(price));
    if (!isRemoved) throw new LandlineError('price-not-found', 'There is no such price.', { ...price });
  }

  /** Writes down work that is no call (indexing, chat), once per id, and debits it. */
  record(draft: UsageDraft): Promise<UsageSession> {
    return this.#deps.unitOfWork.run((_record, nowMs) => this.#deps.usageRecorder.record(draft, nowMs));
  }

  /** Writes down an ended call and that the facts up to `seq` are done, together. */
  async meterCall(callId: string, seq: number): Promise<void> {
    const { calls, callAccounts, usage, unitOfWork } = this.#deps;
    await unitOfWork.run((record, nowMs) => {
      // A call that was removed since was metered then.
      const call = calls.find(callId);
      if (call) {
        callAccounts.meter(call, nowMs);
        record(call.organizationId, { kind: 'call-metered', callId });
      }
      usage.setCursor(seq);
    });
  }

  /** The same for a file that was read and embedded; reading it anew later is not counted again. */
  async meterFile(fileId: string, seq: number): Promise<void> {
    const { files, usage, usageRecorder, unitOfWork } = this.#deps;
    await unitOfWork.run((_record, nowMs) => {
      const indexed = files.find(fileId);
      if (indexed) usageRecorder.record(measureFile(indexed.file), nowMs);
      usage.setCursor(seq);
    });
  }

  /** Number of the last fact that was metered. */
  meteredSeq(): number {
    return this.#deps.usage.cursor();
  }

  #filter(principal: Principal, query: UsageQuery): UsageFilter {
    const { period = 'all', types, agentIds, search, fromMs, untilMs } = query;
    const periodMs = periodStartMs(period, this.#deps.unitOfWork.nowMs());
    const from = Math.max(fromMs ?? 0, periodMs);
    return {
      ...resolveScope(principal, query),
      types,
      agentIds,
      search,
      fromMs: from > 0 ? from : undefined,
      untilMs,
    };
  }
}

function checkPrice(price: PriceDraft): void {
  const isWhole = Number.isSafeInteger(price.priceMicro) && Number.isSafeInteger(price.perQuantity);
  if (isWhole && price.priceMicro >= 0 && price.perQuantity > 0) return;
  throw new LandlineError(
    'invalid-argument',
    'A price is a whole number of micro-units from 0 for a whole number of units from 1.',
    { priceMicro: price.priceMicro, perQuantity: price.perQuantity },
  );
}
