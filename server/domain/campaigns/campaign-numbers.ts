import { LandlineError } from '../../contract/errors.ts';
import type { RecordFact, UnitOfWork } from '../../events/unit-of-work.ts';
import { type Campaign, type CampaignMember, type MemberDraft, requireStill } from './campaign.ts';
import type { CampaignRepository } from './campaign-repository.ts';
import { isLong, type LongLists } from './long-lists.ts';
import { type AddedMembers, type MemberList, type MemberUpsert, requireNone } from './member-list.ts';
import type { MemberRepository } from './member-repository.ts';
import type { MemberWindowRepository } from './member-window-repository.ts';

export interface CampaignNumberParts {
  readonly unitOfWork: UnitOfWork;
  readonly campaigns: CampaignRepository;
  readonly members: MemberRepository;
  readonly memberWindows: MemberWindowRepository;
  readonly list: MemberList;
  readonly longLists: LongLists;
}

/** What campaigns let be done to their numbers; `CampaignService` says what each use case throws. */
export class CampaignNumbers {
  readonly #parts: CampaignNumberParts;

  constructor(parts: CampaignNumberParts) {
    this.#parts = parts;
  }

  add(
    organizationId: string,
    id: string,
    numbers: readonly MemberDraft[],
    skipDuplicates: boolean,
  ): Promise<AddedMembers> {
    const { list, longLists, memberWindows } = this.#parts;
    if (!isLong(numbers)) {
      return longLists.inTurn(id, () =>
        this.#change(organizationId, id, (_campaign, nowMs) => {
          list.requireRoom(id, numbers.length);
          return list.add(id, numbers, { skipDuplicates, nowMs });
        }),
      );
    }
    return longLists.inTurn(id, () =>
      longLists.write(id, numbers, {
        skipDuplicates,
        begin: () => {
          this.#requireStill(organizationId, id);
          list.requireRoom(id, numbers.length);
        },
        end: (_added, _before, record, nowMs) => {
          this.#changed(this.#requireStill(organizationId, id), record, nowMs);
          memberWindows.drop(id);
        },
      }),
    );
  }

  replace(organizationId: string, id: string, numbers: readonly MemberDraft[]): Promise<AddedMembers> {
    const { list, longLists, memberWindows } = this.#parts;
    const requireFree = () => {
      const campaign = this.#requireStill(organizationId, id);
      list.requireUndialled(campaign);
      return campaign;
    };
    return longLists.inTurn(id, () =>
      longLists.write(id, numbers, {
        begin: () => {
          requireFree();
          list.requireFit(numbers.length);
        },
        end: ({ rejected }, before, record, nowMs) => {
          requireNone(rejected);
          this.#changed(requireFree(), record, nowMs);
          memberWindows.set(id, { after: before });
        },
      }),
    );
  }

  update(organizationId: string, id: string, memberId: string, change: Partial<MemberDraft>): Promise<CampaignMember> {
    return this.#change(organizationId, id, (_campaign, nowMs) => this.#parts.list.update(id, memberId, change, nowMs));
  }

  upsert(organizationId: string, id: string, items: readonly MemberUpsert[]): Promise<readonly CampaignMember[]> {
    return this.#parts.longLists.inTurn(id, () =>
      this.#change(organizationId, id, (_campaign, nowMs) => this.#parts.list.upsert(id, items, nowMs)),
    );
  }

  remove(organizationId: string, id: string, memberId: string): Promise<void> {
    return this.#change(organizationId, id, () => this.#parts.list.remove(id, memberId));
  }

  removeAll(organizationId: string, id: string): Promise<void> {
    const { list, longLists, members, memberWindows } = this.#parts;
    return longLists.inTurn(id, async () => {
      await this.#change(organizationId, id, (campaign) => {
        list.requireUndialled(campaign);
        memberWindows.set(id, { after: members.lastPosition(id) });
      });
      await longLists.sweep(id);
    });
  }

  #change<T>(organizationId: string, id: string, work: (campaign: Campaign, nowMs: number) => T): Promise<T> {
    return this.#parts.unitOfWork.run((record, nowMs) => {
      const campaign = this.#requireStill(organizationId, id);
      const result = work(campaign, nowMs);
      this.#changed(campaign, record, nowMs);
      return result;
    });
  }

  #requireStill(organizationId: string, id: string): Campaign {
    const campaign = this.#parts.campaigns.find(id);
    if (campaign?.organizationId !== organizationId) {
      throw new LandlineError('campaign-not-found', 'There is no campaign with this id.', { id });
    }
    requireStill(campaign, 'list of numbers');
    return campaign;
  }

  #changed(campaign: Campaign, record: RecordFact, nowMs: number): void {
    this.#parts.campaigns.update({ ...campaign, updatedAtMs: nowMs });
    record(campaign.organizationId, { kind: 'campaign-changed', campaignId: campaign.id });
  }
}
