import { LandlineError } from '../../contract/errors.ts';
import type { RecordFact } from '../../events/unit-of-work.ts';
import type { Call } from '../calls/call.ts';
import { attemptEnd } from './attempt-end.ts';
import { type Campaign, type CampaignMember, isOver, type MemberStatus } from './campaign.ts';
import type { CampaignRepository } from './campaign-repository.ts';
import type { MemberRepository } from './member-repository.ts';

/**
 * What calls mean for the campaign they belong to. Everything here runs inside the transaction that writes the call, so
 * an attempt is counted exactly when its call is there, and limits hold however many ask at once.
 */
export class CampaignAttempts {
  readonly #campaigns: CampaignRepository;
  readonly #members: MemberRepository;

  constructor(campaigns: CampaignRepository, members: MemberRepository) {
    this.#campaigns = campaigns;
    this.#members = members;
  }

  /**
   * pending → dialing. Throws `campaign-not-dialling` unless the campaign is active, inside its window, has room for one
   * more call, and this number is due.
   */
  begin(call: Pick<Call, 'id' | 'campaignMemberId'>, nowMs: number): void {
    if (call.campaignMemberId === null) return;
    const member = this.#members.find(call.campaignMemberId);
    const campaign = member && this.#campaigns.find(member.campaignId);
    if (!member || !campaign || !this.#mayBegin(campaign, member, nowMs)) {
      throw new LandlineError('campaign-not-dialling', 'The campaign does not dial this number now.', {
        memberId: call.campaignMemberId,
      });
    }
    const attempts = member.attempts + 1;
    this.#members.update({ ...member, status: 'dialing', attempts, lastCallId: call.id, updatedAtMs: nowMs });
  }

  /** dialing → how the call ended, or pending again when there is another attempt to make. */
  end(call: Call, record: RecordFact, nowMs: number): void {
    if (call.campaignMemberId === null) return;
    const member = this.#members.find(call.campaignMemberId);
    if (member?.status !== 'dialing' || member.lastCallId !== call.id) return;
    const { status, mayRetry } = attemptEnd(call);
    const campaign = this.#campaigns.find(member.campaignId);
    const again = mayRetry && campaign && !isOver(campaign.status) && member.attempts <= campaign.maxRetries;
    const errorMessage =
      status === 'completed' || status === 'voicemail' ? null : (call.errorMessage ?? call.endReason);
    if (again) {
      const nextAttemptAtMs = nowMs + campaign.retryDelayMs;
      this.#members.update({ ...member, status: 'pending', errorMessage, nextAttemptAtMs, updatedAtMs: nowMs });
      return;
    }
    this.settle(member, { status, errorMessage }, record, nowMs);
  }

  /** Gives a number its final status; the campaign is completed with its last one. */
  settle(
    member: CampaignMember,
    end: { readonly status: MemberStatus; readonly errorMessage: string | null },
    record: RecordFact,
    nowMs: number,
  ): void {
    this.#members.update({ ...member, ...end, updatedAtMs: nowMs });
    const campaign = this.#campaigns.find(member.campaignId);
    if (!campaign) return;
    const { id: campaignId, organizationId } = campaign;
    record(organizationId, { kind: 'campaign-member-ended', campaignId, memberId: member.id, status: end.status });
    this.completeIfDone(campaign, record, nowMs);
  }

  /** active or paused → completed once nothing waits and nothing is on. */
  completeIfDone(campaign: Campaign, record: RecordFact, nowMs: number): void {
    if (campaign.status !== 'active' && campaign.status !== 'paused') return;
    if (this.#members.hasOpen(campaign.id)) return;
    this.#campaigns.update({ ...campaign, status: 'completed', completedAtMs: nowMs, updatedAtMs: nowMs });
    record(campaign.organizationId, { kind: 'campaign-moved', campaignId: campaign.id, status: 'completed' });
  }

  /** After a crash: numbers whose call is nowhere to be found. */
  interruptDialing(record: RecordFact, nowMs: number): void {
    for (const member of this.#members.dialing()) {
      this.settle(member, { status: 'interrupted', errorMessage: 'Landline stopped during this call.' }, record, nowMs);
    }
  }

  #mayBegin(campaign: Campaign, member: CampaignMember, nowMs: number): boolean {
    if (campaign.status !== 'active' || member.status !== 'pending' || member.nextAttemptAtMs > nowMs) return false;
    if (campaign.startAtMs !== null && campaign.startAtMs > nowMs) return false;
    if (campaign.endAtMs !== null && campaign.endAtMs <= nowMs) return false;
    return this.#members.countDialing(campaign.id) < campaign.concurrency;
  }
}
