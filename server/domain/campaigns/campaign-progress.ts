import type { UnitOfWork } from '../../events/unit-of-work.ts';
import type { Campaign, CampaignMember } from './campaign.ts';
import type { CampaignAttempts } from './campaign-attempts.ts';
import type { CampaignRepository } from './campaign-repository.ts';
import { cancelPending } from './long-lists.ts';
import type { MemberRepository } from './member-repository.ts';

export interface CampaignProgressParts {
  readonly unitOfWork: UnitOfWork;
  readonly campaigns: CampaignRepository;
  readonly members: MemberRepository;
  readonly attempts: CampaignAttempts;
}

/** What the dialer needs of the campaigns of all organizations: what is due, and to move them on. */
export class CampaignProgress {
  readonly #parts: CampaignProgressParts;

  constructor(parts: CampaignProgressParts) {
    this.#parts = parts;
  }

  /** Scheduled and active ones of every organization. */
  running(): readonly Campaign[] {
    return this.#parts.campaigns.running();
  }

  find(id: string): Campaign | undefined {
    return this.#parts.campaigns.find(id);
  }

  /** scheduled → active when its time has come; says whether it is active now. */
  begin(id: string): Promise<boolean> {
    return this.#parts.unitOfWork.run((record, nowMs) => {
      const campaign = this.#parts.campaigns.find(id);
      if (campaign?.status !== 'scheduled') return campaign?.status === 'active';
      if (campaign.startAtMs !== null && campaign.startAtMs > nowMs) return false;
      this.#parts.campaigns.update({ ...campaign, status: 'active', updatedAtMs: nowMs });
      record(campaign.organizationId, { kind: 'campaign-moved', campaignId: id, status: 'active' });
      return true;
    });
  }

  /** Its window is over: what still waits is cancelled, and it is completed with its last call. */
  async expire(id: string): Promise<void> {
    const { attempts, campaigns, unitOfWork } = this.#parts;
    const running = () => {
      const campaign = campaigns.find(id);
      return campaign?.status === 'active' || campaign?.status === 'scheduled' ? campaign : undefined;
    };
    if (!running()) return;
    await cancelPending(this.#parts, id, 'The end time of the campaign passed.');
    await unitOfWork.run((record, nowMs) => {
      const campaign = running();
      if (!campaign) return;
      attempts.completeIfDone({ ...campaign, status: 'active' }, record, nowMs);
    });
  }

  /** Numbers whose time has come, at most `limit`. */
  due(id: string, limit: number): readonly CampaignMember[] {
    return this.#parts.members.due(id, this.#parts.unitOfWork.nowMs(), limit);
  }

  /** Calls of the campaign that are on. */
  dialing(id: string): number {
    return this.#parts.members.countDialing(id);
  }

  /** When the next waiting number may be dialled. */
  nextDueAtMs(id: string): number | undefined {
    return this.#parts.members.nextDueAtMs(id);
  }

  /** Gives a waiting number its end without a call (do-not-call, not allowed). */
  giveUp(memberId: string, status: 'do-not-call' | 'failed', errorMessage: string): Promise<void> {
    return this.#parts.unitOfWork.run((record, nowMs) => {
      const member = this.#parts.members.find(memberId);
      if (member?.status === 'pending') this.#parts.attempts.settle(member, { status, errorMessage }, record, nowMs);
    });
  }
}
