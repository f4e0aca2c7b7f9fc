import { randomUUID } from 'node:crypto';
import { LandlineError } from '../../contract/errors.ts';
import type { RecordFact, UnitOfWork } from '../../events/unit-of-work.ts';
import type { AgentRepository } from '../agents/agent-repository.ts';
import { mergedExtras } from '../json-column.ts';
import type { OutboundRuleService } from '../outbound-rules/outbound-rule-service.ts';
import type { Page, PageRequest } from '../paging.ts';
import type { PeerRepository } from '../peers/peer-repository.ts';
import {
  afterAction,
  type Campaign,
  type CampaignAction,
  type CampaignChange,
  type CampaignCounts,
  type CampaignDraft,
  type CampaignMember,
  type CampaignSpan,
  countsOf,
  type MemberDraft,
  type MemberStatus,
  makeCampaign,
  requireSound,
  requireStill,
} from './campaign.ts';
import type { CampaignAttempts } from './campaign-attempts.ts';
import { CampaignNumbers } from './campaign-numbers.ts';
import type { CampaignFilter, CampaignRepository } from './campaign-repository.ts';
import type { CampaignSumsRepository } from './campaign-sums-repository.ts';
import { launchBlockers, type Readiness, readinessOf } from './launch-readiness.ts';
import { cancelPending, isLong, LongLists, stoppedMessage } from './long-lists.ts';
import { type AddedMembers, MemberList, type MemberUpsert, requireNone } from './member-list.ts';
import type { MemberRepository } from './member-repository.ts';
import type { MemberWindowRepository } from './member-window-repository.ts';

export interface CampaignParts {
  readonly unitOfWork: UnitOfWork;
  readonly campaigns: CampaignRepository;
  readonly campaignSums: CampaignSumsRepository;
  readonly members: MemberRepository;
  readonly memberWindows: MemberWindowRepository;
  readonly agents: AgentRepository;
  readonly peers: PeerRepository;
  readonly attempts: CampaignAttempts;
  readonly outboundRules: OutboundRuleService;
}

/** Campaigns of every kind. Each method throws `campaign-not-found`, also for one of another organization. */
export class CampaignService {
  readonly #parts: CampaignParts;
  readonly #list: MemberList;
  readonly #longLists: LongLists;
  readonly #numbers: CampaignNumbers;

  constructor(parts: CampaignParts) {
    this.#parts = parts;
    this.#list = new MemberList(parts.members, (host) => {
      return parts.peers.all().some((peer) => peer.host.toLowerCase() === host);
    });
    this.#longLists = new LongLists(parts, this.#list);
    this.#numbers = new CampaignNumbers({ ...parts, list: this.#list, longLists: this.#longLists });
  }

  /** Takes away what a crash left of lists that were being written. */
  sweepLists(): Promise<void> {
    return this.#longLists.sweepAll();
  }

  /**
   * Makes a draft with its numbers, all or nothing. Throws `agent-not-found`, `bad-campaign`, or `bad-members` when a
   * number can't be dialled by its form (`details.rejected` names them all).
   */
  create(organizationId: string, draft: CampaignDraft, numbers: readonly MemberDraft[] = []): Promise<Campaign> {
    if (isLong(numbers)) return this.#createLong(organizationId, draft, numbers);
    return this.#parts.unitOfWork.run((record, nowMs) => {
      const campaign = this.#insert(organizationId, draft, nowMs);
      requireNone(this.#list.add(campaign.id, numbers, { skipDuplicates: false, nowMs }).rejected);
      record(organizationId, { kind: 'campaign-created', campaignId: campaign.id });
      return campaign;
    });
  }

  /**
   * Throws `agent-not-found`, `bad-campaign`, and `campaign-state` when the agent of a campaign that is running (or over)
   * would change.
   */
  update(organizationId: string, id: string, change: CampaignChange): Promise<Campaign> {
    return this.#change(organizationId, id, (before, record, nowMs) => {
      if (change.agentId !== undefined && change.agentId !== before.agentId) requireStill(before, 'agent');
      const extras = mergedExtras(before.extras, change.extras);
      const campaign: Campaign = { ...before, ...change, extras, updatedAtMs: nowMs };
      this.#check(campaign);
      record(organizationId, { kind: 'campaign-changed', campaignId: id });
      return campaign;
    });
  }

  /** Its calls stay. Throws `campaign-state` while it is active or one of its calls is on. */
  delete(organizationId: string, id: string): Promise<void> {
    return this.#parts.unitOfWork.run((record, nowMs) => {
      const { status } = this.get(organizationId, id);
      if (status === 'active' || this.#parts.members.countDialing(id) > 0) {
        throw new LandlineError('campaign-state', 'A campaign that is dialling cannot be deleted: stop it first.', {
          status,
        });
      }
      this.#parts.campaigns.delete(id, nowMs);
      record(organizationId, { kind: 'campaign-deleted', campaignId: id });
    });
  }

  get(organizationId: string, id: string): Campaign {
    const campaign = this.#parts.campaigns.find(id);
    if (campaign?.organizationId === organizationId) return campaign;
    throw new LandlineError('campaign-not-found', 'There is no campaign with this id.', { id });
  }

  /** Whatever the organization: for calls and jobs, which know it from their own rows. */
  find(id: string): Campaign | undefined {
    return this.#parts.campaigns.find(id);
  }

  /** Newest first. */
  list(filter: CampaignFilter, page: PageRequest): Page<Campaign> {
    return this.#parts.campaigns.list(filter, page);
  }

  counts(organizationId: string, id: string): CampaignCounts {
    return countsOf(this.#parts.members.counts(this.get(organizationId, id).id));
  }

  /** The numbers of all campaigns that were made within the span. Throws `database-busy` when too many sums wait. */
  async countsTogether(organizationId: string, span: CampaignSpan): Promise<CampaignCounts> {
    return countsOf(await this.#parts.campaignSums.counts(organizationId, span));
  }

  readiness(organizationId: string, id: string): Readiness {
    const campaign = this.get(organizationId, id);
    const { total: members } = countsOf(this.#parts.members.counts(id));
    return readinessOf(campaign, { members, nowMs: this.#parts.unitOfWork.nowMs() });
  }

  /**
   * draft or paused → active, or scheduled while its start time is ahead. Throws `campaign-state`, `campaign-not-ready`
   * (`details.blockers`) or `dialling-forbidden`.
   */
  launch(organizationId: string, id: string): Promise<Campaign> {
    return this.#change(organizationId, id, (before, record, nowMs) => {
      this.#parts.outboundRules.requireAllowed(organizationId);
      const after = afterAction(before, 'launch', nowMs);
      const { total: members } = countsOf(this.#parts.members.counts(id));
      const blockers = launchBlockers(before, { members, nowMs });
      if (blockers.length > 0) throw new LandlineError('campaign-not-ready', blockers.join(' '), { blockers });
      record(organizationId, { kind: 'campaign-moved', campaignId: id, status: after.status });
      return after;
    });
  }

  /** No further call begins; those that are on go on. Throws `campaign-state`. */
  pause(organizationId: string, id: string): Promise<Campaign> {
    return this.#act(organizationId, id, 'pause');
  }

  /** Throws `campaign-state`. */
  resume(organizationId: string, id: string): Promise<Campaign> {
    return this.#act(organizationId, id, 'resume');
  }

  /** Final: numbers that still wait are cancelled, calls that are on go on. Throws `campaign-state`. */
  async stop(organizationId: string, id: string): Promise<Campaign> {
    const stopped = await this.#change(organizationId, id, (before, record, nowMs) => {
      const after = afterAction(before, 'stop', nowMs);
      record(organizationId, { kind: 'campaign-moved', campaignId: id, status: 'stopped' });
      return after;
    });
    await cancelPending(this.#parts, id, stoppedMessage);
    return stopped;
  }

  /** All its numbers, in the order of dialling. Throws `database-busy` when too many such reads wait. */
  async numbers(organizationId: string, id: string): Promise<readonly string[]> {
    this.get(organizationId, id);
    return (await this.#parts.campaignSums.numbers([id])).get(id) ?? [];
  }

  /** The same for several campaigns; those without numbers are absent. */
  numbersOf(campaigns: readonly Campaign[]): Promise<ReadonlyMap<string, readonly string[]>> {
    return this.#parts.campaignSums.numbers(campaigns.map(({ id }) => id));
  }

  /** In the order of dialling. */
  members(organizationId: string, id: string, page: PageRequest, status?: MemberStatus): Page<CampaignMember> {
    return this.#parts.members.list(this.get(organizationId, id).id, status, page);
  }

  /** Throws `member-not-found`. */
  member(organizationId: string, id: string, memberId: string): CampaignMember {
    return this.#list.require(this.get(organizationId, id).id, memberId);
  }

  /**
   * Appends numbers; those that can't be dialled by their form (or are there already, with `skipDuplicates`) are left
   * out and told. Throws `campaign-state` while it is active or over, `too-many-members`, and `database-busy` when too
   * many changes of its list wait.
   */
  addMembers(
    organizationId: string,
    id: string,
    numbers: readonly MemberDraft[],
    options: { readonly skipDuplicates?: boolean } = {},
  ): Promise<AddedMembers> {
    return this.#numbers.add(organizationId, id, numbers, options.skipDuplicates ?? false);
  }

  /** Makes the numbers exactly these. Throws as `addMembers`, `bad-members`, and once one of them was dialled. */
  replaceMembers(organizationId: string, id: string, numbers: readonly MemberDraft[]): Promise<AddedMembers> {
    return this.#numbers.replace(organizationId, id, numbers);
  }

  /** Changes a number that waits. Throws `member-not-found`, `member-not-pending`, `bad-members`, `campaign-state`. */
  updateMember(organizationId: string, id: string, memberId: string, change: Partial<MemberDraft>) {
    return this.#numbers.update(organizationId, id, memberId, change);
  }

  /** Changes the numbers whose ids are given and appends the others, all or nothing. Throws as `updateMember`. */
  upsertMembers(organizationId: string, id: string, items: readonly MemberUpsert[]) {
    return this.#numbers.upsert(organizationId, id, items);
  }

  /** Throws `member-not-found`, `member-not-pending`, or `campaign-state`. */
  removeMember(organizationId: string, id: string, memberId: string): Promise<void> {
    return this.#numbers.remove(organizationId, id, memberId);
  }

  /** Takes every number out. Throws `campaign-state` once one of them was dialled. */
  removeMembers(organizationId: string, id: string): Promise<void> {
    return this.#numbers.removeAll(organizationId, id);
  }

  #act(organizationId: string, id: string, action: CampaignAction): Promise<Campaign> {
    return this.#change(organizationId, id, (before, record, nowMs) => {
      const after = afterAction(before, action, nowMs);
      record(organizationId, { kind: 'campaign-moved', campaignId: id, status: after.status });
      return after;
    });
  }

  #change(
    organizationId: string,
    id: string,
    change: (before: Campaign, record: RecordFact, nowMs: number) => Campaign,
  ): Promise<Campaign> {
    return this.#parts.unitOfWork.run((record, nowMs) => {
      const after = change(this.get(organizationId, id), record, nowMs);
      this.#parts.campaigns.update(after);
      return after;
    });
  }

  #insert(organizationId: string, draft: CampaignDraft & { readonly id?: string }, nowMs: number): Campaign {
    const campaign = makeCampaign(draft, { id: draft.id ?? randomUUID(), organizationId, nowMs });
    this.#check(campaign);
    this.#parts.campaigns.insert(campaign);
    return campaign;
  }

  /** Nobody finds the campaign before its last number is there. */
  async #createLong(organizationId: string, draft: CampaignDraft, numbers: readonly MemberDraft[]): Promise<Campaign> {
    const { campaigns, memberWindows, unitOfWork } = this.#parts;
    const id = draft.id ?? randomUUID();
    let isBegun = false;
    try {
      await this.#longLists.write(id, numbers, {
        begin: (_record, nowMs) => {
          this.#insert(organizationId, { ...draft, id }, nowMs);
          this.#list.requireRoom(id, numbers.length);
          campaigns.delete(id, nowMs);
          isBegun = true;
        },
        end: ({ rejected }, _before, record) => {
          requireNone(rejected);
          campaigns.show(id);
          memberWindows.drop(id);
          record(organizationId, { kind: 'campaign-created', campaignId: id });
        },
      });
    } catch (thrown) {
      if (isBegun) await unitOfWork.run(() => campaigns.remove(id));
      throw thrown;
    }
    return this.get(organizationId, id);
  }

  #check(campaign: Campaign): void {
    const { agentId, organizationId } = campaign;
    if (agentId !== null && this.#parts.agents.find(agentId)?.organizationId !== organizationId) {
      throw new LandlineError('agent-not-found', 'There is no agent with this id.', { id: agentId });
    }
    requireSound(campaign);
  }
}
