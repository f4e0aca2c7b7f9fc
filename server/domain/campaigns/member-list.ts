import { LandlineError } from '../../contract/errors.ts';
import { parseDialTarget } from '../tasks/dial-target.ts';
import type { Campaign, CampaignMember, MemberDraft } from './campaign.ts';
import { memberId } from './member-id.ts';
import type { MemberRepository } from './member-repository.ts';

/** Numbers in one campaign at most. */
export const mostMembers = 100_000;

/** A number that was left out; `index` counts from 0 in the list that was given. */
export interface RejectedMember {
  readonly index: number;
  readonly toNumber: string;
  readonly why: 'invalid' | 'duplicate';
  readonly message: string;
}

/** With an id: the number that has it, which must not have been dialled; without one: a new number. */
export type MemberUpsert = MemberDraft & { readonly id?: string };

export interface AddedMembers {
  readonly inserted: readonly CampaignMember[];
  readonly rejected: readonly RejectedMember[];
}

/** The numbers of campaigns and what may be done to them. Everything runs inside a write. */
export class MemberList {
  readonly #members: MemberRepository;
  readonly #isPeerHost: (host: string) => boolean;

  constructor(members: MemberRepository, isPeerHost: (host: string) => boolean) {
    this.#members = members;
    this.#isPeerHost = isPeerHost;
  }

  require(campaignId: string, memberId: string): CampaignMember {
    const member = this.#members.find(memberId);
    if (member?.campaignId === campaignId) return member;
    throw new LandlineError('member-not-found', 'There is no number with this id in this campaign.', { id: memberId });
  }

  /** Throws `too-many-members` when there is no room for so many more. */
  requireRoom(campaignId: string, more: number): void {
    this.requireFit(this.#members.span(campaignId) + more);
  }

  /** Throws `too-many-members` when no campaign holds so many. */
  requireFit(total: number): void {
    if (total <= mostMembers) return;
    throw new LandlineError('too-many-members', `A campaign holds at most ${mostMembers} numbers.`, {
      limit: mostMembers,
    });
  }

  add(
    campaignId: string,
    numbers: readonly MemberDraft[],
    options: { readonly skipDuplicates: boolean; readonly nowMs: number },
  ): AddedMembers {
    const inserted: CampaignMember[] = [];
    const rejected: RejectedMember[] = [];
    let position = this.#members.lastPosition(campaignId);
    for (const [index, draft] of numbers.entries()) {
      const toNumber = draft.toNumber.trim();
      const problem = this.#problemWith(toNumber);
      if (problem !== undefined) {
        rejected.push({ index, toNumber, why: 'invalid', message: problem });
      } else if (options.skipDuplicates && this.#members.hasNumber(campaignId, toNumber)) {
        rejected.push({ index, toNumber, why: 'duplicate', message: `${toNumber} is in this campaign already.` });
      } else {
        const member = makeMember({ ...draft, toNumber }, { campaignId, position: ++position, nowMs: options.nowMs });
        this.#members.insert(member);
        inserted.push(member);
      }
    }
    return { inserted, rejected };
  }

  update(campaignId: string, memberId: string, change: Partial<MemberDraft>, nowMs: number): CampaignMember {
    const before = this.#requirePending(campaignId, memberId);
    const toNumber = change.toNumber?.trim() ?? before.toNumber;
    const problem = this.#problemWith(toNumber);
    if (problem !== undefined) throw new LandlineError('bad-members', problem, { toNumber });
    const variables = change.variables ?? before.variables;
    const member: CampaignMember = { ...before, toNumber, variables, updatedAtMs: nowMs };
    this.#members.update(member);
    return member;
  }

  /** All or nothing: `bad-members` names every number that can't be dialled. */
  upsert(campaignId: string, items: readonly MemberUpsert[], nowMs: number): readonly CampaignMember[] {
    const rejected = items.flatMap(({ toNumber }, index) => {
      const message = this.#problemWith(toNumber.trim());
      return message === undefined ? [] : [{ index, toNumber, why: 'invalid' as const, message }];
    });
    requireNone(rejected);
    this.requireRoom(campaignId, items.filter(({ id }) => id === undefined).length);
    return items.flatMap(({ id, ...draft }) =>
      id === undefined
        ? this.add(campaignId, [draft], { skipDuplicates: false, nowMs }).inserted
        : [this.update(campaignId, id, draft, nowMs)],
    );
  }

  remove(campaignId: string, memberId: string): void {
    this.#requirePending(campaignId, memberId);
    this.#members.delete(memberId);
  }

  /** Throws `campaign-state` once a number of the campaign was dialled. */
  requireUndialled({ id, status }: Campaign): void {
    const { pending = 0, ...dialled } = this.#members.counts(id);
    if (Object.keys(dialled).length === 0) return;
    const why = 'Numbers of this campaign were dialled already: its list can only grow.';
    throw new LandlineError('campaign-state', why, { status, pending });
  }

  #requirePending(campaignId: string, memberId: string): CampaignMember {
    const member = this.require(campaignId, memberId);
    if (member.status === 'pending' && member.attempts === 0) return member;
    throw new LandlineError('member-not-pending', 'This number was dialled already.', { status: member.status });
  }

  #problemWith(toNumber: string): string | undefined {
    const target = parseDialTarget(toNumber, this.#isPeerHost);
    return target.kind === 'invalid' ? `"${toNumber.slice(0, 80)}" ${target.why}.` : undefined;
  }
}

/** Throws `bad-members`, naming every number that was left out. */
export function requireNone(rejected: readonly RejectedMember[]): void {
  if (rejected.length === 0) return;
  throw new LandlineError('bad-members', rejected.map(({ message }) => message).join(' '), { rejected });
}

function makeMember(
  draft: MemberDraft,
  fixed: { readonly campaignId: string; readonly position: number; readonly nowMs: number },
): CampaignMember {
  const { campaignId, position, nowMs } = fixed;
  return {
    id: memberId(nowMs, position),
    campaignId,
    position,
    toNumber: draft.toNumber,
    variables: draft.variables ?? {},
    status: 'pending',
    attempts: 0,
    lastCallId: null,
    errorMessage: null,
    nextAttemptAtMs: nowMs,
    createdAtMs: nowMs,
    updatedAtMs: nowMs,
  };
}
