import { LandlineError } from '../../contract/errors.ts';
import type { RecordFact, UnitOfWork } from '../../events/unit-of-work.ts';
import { Turns } from '../../lifetime/turns.ts';
import type { MemberDraft } from './campaign.ts';
import type { AddedMembers, MemberList } from './member-list.ts';
import type { MemberRepository } from './member-repository.ts';
import type { MemberWindowRepository } from './member-window-repository.ts';

/** Numbers in one transaction at most: one takes some 10 to 20 µs, and live calls wait meanwhile. */
const numbersAtOnce = 500;
const mostWaiting = 100;

export interface LongListParts {
  readonly unitOfWork: UnitOfWork;
  readonly members: MemberRepository;
  readonly memberWindows: MemberWindowRepository;
}

/** What is done in the first and in the last transaction of a long write; either may throw, and nothing is changed. */
export interface LongWrite {
  readonly skipDuplicates?: boolean;
  readonly begin: (record: RecordFact, nowMs: number) => void;
  /** Looks again whether the list may change; `before` is the last position of those that were there. */
  readonly end: (added: AddedMembers, before: number, record: RecordFact, nowMs: number) => void;
}

/**
 * Lists of 100,000 numbers go into the database in bites, since one transaction would hold live calls up for seconds.
 * What is half-written or half-taken-away lies outside the campaign's window, where nobody sees it: the list changes in
 * the one transaction that moves the window. Changes of one list wait for each other.
 */
export class LongLists {
  readonly #parts: LongListParts;
  readonly #list: MemberList;
  readonly #turns = new Map<string, Turns>();

  constructor(parts: LongListParts, list: MemberList) {
    this.#parts = parts;
    this.#list = list;
  }

  /** Runs `change` when no other change of the campaign's list is going on. Throws `database-busy` when too many wait. */
  async inTurn<T>(campaignId: string, change: () => Promise<T>): Promise<T> {
    const turns = this.#turns.get(campaignId) ?? new Turns({ atOnce: 1, waiting: mostWaiting });
    this.#turns.set(campaignId, turns);
    const refusal = () =>
      new LandlineError(
        'database-busy',
        `${mostWaiting} changes of this list of numbers wait already: try again later.`,
      );
    try {
      return await turns.take(async () => {
        await this.sweep(campaignId);
        return change();
      }, refusal);
    } finally {
      if (turns.counters.running === 0) this.#turns.delete(campaignId);
    }
  }

  /** Writes numbers behind those that are there, all or none. To be called in turn. */
  async write(campaignId: string, numbers: readonly MemberDraft[], steps: LongWrite): Promise<AddedMembers> {
    const { unitOfWork, members, memberWindows } = this.#parts;
    const [before, createdAtMs] = await unitOfWork.run((record, nowMs) => {
      steps.begin(record, nowMs);
      const last = members.lastPosition(campaignId);
      memberWindows.set(campaignId, { last });
      return [last, nowMs] as const;
    });
    try {
      const added: { inserted: AddedMembers['inserted'][number][]; rejected: AddedMembers['rejected'][number][] } = {
        inserted: [],
        rejected: [],
      };
      for (let from = 0; from < numbers.length; from += numbersAtOnce) {
        const bite = numbers.slice(from, from + numbersAtOnce);
        const options = { skipDuplicates: steps.skipDuplicates ?? false, nowMs: createdAtMs };
        const { inserted, rejected } = await unitOfWork.run(() => this.#list.add(campaignId, bite, options));
        for (const member of inserted) added.inserted.push(member);
        for (const each of rejected) added.rejected.push({ ...each, index: from + each.index });
      }
      await unitOfWork.run((record, nowMs) => steps.end(added, before, record, nowMs));
      return added;
    } finally {
      await this.sweep(campaignId);
    }
  }

  /** Takes away what is outside the campaign's window. */
  async sweep(campaignId: string): Promise<void> {
    const { unitOfWork, memberWindows } = this.#parts;
    while (memberWindows.isSet(campaignId)) {
      await unitOfWork.run(() => {
        if (memberWindows.deleteOutside(campaignId, numbersAtOnce) < numbersAtOnce) memberWindows.drop(campaignId);
      });
    }
  }

  /** The same for every campaign, after a crash; numbers of stopped campaigns that still wait are cancelled. */
  async sweepAll(): Promise<void> {
    const { members, memberWindows } = this.#parts;
    for (const id of memberWindows.open()) await this.sweep(id);
    for (const id of members.stoppedWithPending()) await cancelPending(this.#parts, id, stoppedMessage);
  }
}

export const stoppedMessage = 'The campaign was stopped.';

/** Cancels every number that waits, in bites. For a campaign that dials no more. */
export async function cancelPending(
  { unitOfWork, members }: Pick<LongListParts, 'unitOfWork' | 'members'>,
  campaignId: string,
  why: string,
): Promise<void> {
  const cancelBite = () =>
    unitOfWork.run((_record, atMs) => members.cancelPending(campaignId, why, { atMs, limit: numbersAtOnce }));
  while ((await cancelBite()) === numbersAtOnce);
}

/** Whether so many numbers are to be written in bites. */
export function isLong(numbers: readonly MemberDraft[]): boolean {
  return numbers.length > numbersAtOnce;
}
