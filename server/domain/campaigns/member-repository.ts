import type { Database, Statement } from '../../db/database.ts';
import type { JsonObject } from '../json-column.ts';
import type { Page, PageRequest } from '../paging.ts';
import type { CampaignMember, MemberStatus } from './campaign.ts';
import { type MemberWindow, MemberWindowRepository } from './member-window-repository.ts';

interface MemberRow {
  readonly id: string;
  readonly campaign_id: string;
  readonly position: number;
  readonly to_number: string;
  readonly variables: string;
  readonly status: MemberStatus;
  readonly attempts: number;
  readonly last_call_id: string | null;
  readonly error_message: string | null;
  readonly next_attempt_at_ms: number;
  readonly created_at_ms: number;
  readonly updated_at_ms: number;
}

const columns = [
  'id',
  'campaign_id',
  'position',
  'to_number',
  'variables',
  'status',
  'attempts',
  'last_call_id',
  'error_message',
  'next_attempt_at_ms',
  'created_at_ms',
  'updated_at_ms',
] as const satisfies readonly (keyof MemberRow)[];

/** What of a campaign's numbers is its list. */
const listed = 'campaign_id = @id AND position > @after AND position <= @last';

/** The numbers of campaigns. Lists, counts and what is due hold those inside the campaign's window alone. */
export class MemberRepository {
  readonly #windows: MemberWindowRepository;
  readonly #insert: Statement<never>;
  readonly #update: Statement<never>;
  readonly #delete: Statement<never>;
  readonly #byId: Statement<MemberRow>;
  readonly #byNumber: Statement<{ readonly id: string }>;
  readonly #lastPosition: Statement<{ readonly position: number | null }>;
  readonly #firstListed: Statement<{ readonly position: number }>;
  readonly #dialing: Statement<MemberRow>;
  readonly #due: Statement<MemberRow>;
  readonly #nextDue: Statement<{ readonly at: number | null }>;
  readonly #cancelPending: Statement<never>;
  readonly #stopped: Statement<{ readonly id: string }>;
  readonly #countDialing: Statement<{ readonly total: number }>;
  readonly #anyOpen: Statement<{ readonly id: string }>;
  readonly #counts: Statement<{ readonly status: MemberStatus; readonly total: number }>;
  readonly #page: Statement<MemberRow>;
  readonly #pageByStatus: Statement<MemberRow>;

  constructor(db: Database) {
    this.#windows = new MemberWindowRepository(db);
    const named = columns.map((column) => `@${column}`).join();
    this.#insert = db.prepare(`INSERT INTO campaign_members (${columns.join()}) VALUES (${named})`);
    const set = columns.map((column) => `${column} = @${column}`).join();
    this.#update = db.prepare(`UPDATE campaign_members SET ${set} WHERE id = @id`);
    this.#delete = db.prepare('DELETE FROM campaign_members WHERE id = ?');
    this.#byId = db.prepare('SELECT * FROM campaign_members WHERE id = ?');
    this.#byNumber = db.prepare('SELECT id FROM campaign_members WHERE campaign_id = ? AND to_number = ? LIMIT 1');
    this.#lastPosition = db.prepare('SELECT max(position) AS position FROM campaign_members WHERE campaign_id = ?');
    this.#firstListed = db.prepare(`SELECT position FROM campaign_members WHERE ${listed} ORDER BY position LIMIT 1`);
    this.#dialing = db.prepare("SELECT * FROM campaign_members WHERE status = 'dialing'");
    this.#due = db.prepare(
      `SELECT * FROM campaign_members WHERE ${listed} AND status = 'pending' AND next_attempt_at_ms <= @nowMs
       ORDER BY next_attempt_at_ms, position LIMIT @limit`,
    );
    this.#nextDue = db.prepare(
      `SELECT next_attempt_at_ms AS at FROM campaign_members WHERE ${listed} AND status = 'pending'
       ORDER BY next_attempt_at_ms, position LIMIT 1`,
    );
    this.#cancelPending = db.prepare(
      `UPDATE campaign_members SET status = 'cancelled', error_message = ?, updated_at_ms = ?
       WHERE rowid IN (SELECT rowid FROM campaign_members WHERE campaign_id = ? AND status = 'pending' LIMIT ?)`,
    );
    this.#stopped = db.prepare(
      `SELECT id FROM campaigns WHERE status = 'stopped' AND EXISTS
         (SELECT 1 FROM campaign_members WHERE campaign_id = campaigns.id AND status = 'pending')`,
    );
    this.#countDialing = db.prepare(
      "SELECT count(*) AS total FROM campaign_members WHERE campaign_id = ? AND status = 'dialing'",
    );
    this.#anyOpen = db.prepare(
      `SELECT id FROM campaign_members WHERE ${listed} AND status IN ('pending', 'dialing') LIMIT 1`,
    );
    this.#counts = db.prepare(`SELECT status, count(*) AS total FROM campaign_members WHERE ${listed} GROUP BY status`);
    this.#page = db.prepare(
      `SELECT * FROM campaign_members WHERE ${listed} ORDER BY position LIMIT @limit OFFSET @offset`,
    );
    this.#pageByStatus = db.prepare(
      `SELECT * FROM campaign_members WHERE ${listed} AND status = @status
       ORDER BY position LIMIT @limit OFFSET @offset`,
    );
  }

  insert(member: CampaignMember): void {
    this.#insert.run(toRow(member));
  }

  update(member: CampaignMember): void {
    this.#update.run(toRow(member));
  }

  delete(id: string): void {
    this.#delete.run(id);
  }

  find(id: string): CampaignMember | undefined {
    const row = this.#byId.get(id);
    return row && toMember(row);
  }

  hasNumber(campaignId: string, toNumber: string): boolean {
    return this.#byNumber.get(campaignId, toNumber) !== undefined;
  }

  /** Of all that are there, listed or not; 0 when there is none. */
  lastPosition(campaignId: string): number {
    return this.#lastPosition.get(campaignId)?.position ?? 0;
  }

  /** How many positions there are from the first of the list to the last of all: not fewer than numbers. */
  span(campaignId: string): number {
    const first = this.#firstListed.get(this.#listed(campaignId))?.position;
    return first === undefined ? 0 : this.lastPosition(campaignId) - first + 1;
  }

  /** Of every campaign. */
  dialing(): readonly CampaignMember[] {
    return this.#dialing.all().map(toMember);
  }

  /** Those whose time has come; longest waiting first, then in their order. */
  due(campaignId: string, nowMs: number, limit: number): readonly CampaignMember[] {
    return this.#due.all({ ...this.#listed(campaignId), nowMs, limit }).map(toMember);
  }

  /** When the next one may be dialled; undefined when none waits. */
  nextDueAtMs(campaignId: string): number | undefined {
    return this.#nextDue.get(this.#listed(campaignId))?.at ?? undefined;
  }

  /** So many at most; says how many it were. */
  cancelPending(
    campaignId: string,
    why: string,
    { atMs, limit }: { readonly atMs: number; readonly limit: number },
  ): number {
    return this.#cancelPending.run(why, atMs, campaignId, limit).changes;
  }

  /** Stopped campaigns in which numbers still wait. */
  stoppedWithPending(): readonly string[] {
    return this.#stopped.all().map(({ id }) => id);
  }

  countDialing(campaignId: string): number {
    return this.#countDialing.get(campaignId)?.total ?? 0;
  }

  /** Whether a number waits or is being dialled. */
  hasOpen(campaignId: string): boolean {
    return this.#anyOpen.get(this.#listed(campaignId)) !== undefined;
  }

  counts(campaignId: string): Partial<Record<MemberStatus, number>> {
    return Object.fromEntries(this.#counts.all(this.#listed(campaignId)).map(({ status, total }) => [status, total]));
  }

  /** In the order of dialling. */
  list(campaignId: string, status: MemberStatus | undefined, { limit, offset }: PageRequest): Page<CampaignMember> {
    const counts = this.counts(campaignId);
    const rows =
      status === undefined
        ? this.#page.all({ ...this.#listed(campaignId), limit, offset })
        : this.#pageByStatus.all({ ...this.#listed(campaignId), status, limit, offset });
    const total =
      status === undefined ? Object.values(counts).reduce((sum, each) => sum + each, 0) : (counts[status] ?? 0);
    return { items: rows.map(toMember), total };
  }

  #listed(campaignId: string): MemberWindow & { readonly id: string } {
    return { id: campaignId, ...this.#windows.get(campaignId) };
  }
}

function toMember(row: MemberRow): CampaignMember {
  return {
    id: row.id,
    campaignId: row.campaign_id,
    position: row.position,
    toNumber: row.to_number,
    variables: JSON.parse(row.variables) as JsonObject,
    status: row.status,
    attempts: row.attempts,
    lastCallId: row.last_call_id,
    errorMessage: row.error_message,
    nextAttemptAtMs: row.next_attempt_at_ms,
    createdAtMs: row.created_at_ms,
    updatedAtMs: row.updated_at_ms,
  };
}

function toRow(member: CampaignMember): MemberRow {
  return {
    id: member.id,
    campaign_id: member.campaignId,
    position: member.position,
    to_number: member.toNumber,
    variables: JSON.stringify(member.variables),
    status: member.status,
    attempts: member.attempts,
    last_call_id: member.lastCallId,
    error_message: member.errorMessage,
    next_attempt_at_ms: member.nextAttemptAtMs,
    created_at_ms: member.createdAtMs,
    updated_at_ms: member.updatedAtMs,
  };
}
