import type { Database, Statement } from '../../db/database.ts';
import type { JsonObject } from '../json-column.ts';
import type { Page, PageRequest } from '../paging.ts';
import type { CampaignMember, MemberStatus } from './campaign.ts';

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

export class MemberRepository {
  readonly #insert: Statement<never>;
  readonly #update: Statement<never>;
  readonly #delete: Statement<never>;
  readonly #deleteAll: Statement<never>;
  readonly #byId: Statement<MemberRow>;
  readonly #byNumber: Statement<{ readonly id: string }>;
  readonly #lastPosition: Statement<{ readonly position: number | null }>;
  readonly #dialing: Statement<MemberRow>;
  readonly #due: Statement<MemberRow>;
  readonly #nextDue: Statement<{ readonly at: number | null }>;
  readonly #cancelPending: Statement<never>;
  readonly #countDialing: Statement<{ readonly total: number }>;
  readonly #anyOpen: Statement<{ readonly id: string }>;
  readonly #counts: Statement<{ readonly status: MemberStatus; readonly total: number }>;
  readonly #numbers: Statement<{ readonly to_number: string }>;
  readonly #page: Statement<MemberRow>;
  readonly #pageByStatus: Statement<MemberRow>;

  constructor(db: Database) {
    const named = columns.map((column) => `@${column}`).join();
    this.#insert = db.prepare(`INSERT INTO campaign_members (${columns.join()}) VALUES (${named})`);
    const set = columns.map((column) => `${column} = @${column}`).join();
    this.#update = db.prepare(`UPDATE campaign_members SET ${set} WHERE id = @id`);
    this.#delete = db.prepare('DELETE FROM campaign_members WHERE id = ?');
    this.#deleteAll = db.prepare('DELETE FROM campaign_members WHERE campaign_id = ?');
    this.#byId = db.prepare('SELECT * FROM campaign_members WHERE id = ?');
    this.#byNumber = db.prepare('SELECT id FROM campaign_members WHERE campaign_id = ? AND to_number = ? LIMIT 1');
    this.#lastPosition = db.prepare('SELECT max(position) AS position FROM campaign_members WHERE campaign_id = ?');
    this.#dialing = db.prepare("SELECT * FROM campaign_members WHERE status = 'dialing'");
    this.#due = db.prepare(
      `SELECT * FROM campaign_members WHERE campaign_id = ? AND status = 'pending' AND next_attempt_at_ms <= ?
       ORDER BY next_attempt_at_ms, position LIMIT ?`,
    );
    this.#nextDue = db.prepare(
      "SELECT min(next_attempt_at_ms) AS at FROM campaign_members WHERE campaign_id = ? AND status = 'pending'",
    );
    this.#cancelPending = db.prepare(
      `UPDATE campaign_members SET status = 'cancelled', error_message = ?, updated_at_ms = ?
       WHERE campaign_id = ? AND status = 'pending'`,
    );
    this.#countDialing = db.prepare(
      "SELECT count(*) AS total FROM campaign_members WHERE campaign_id = ? AND status = 'dialing'",
    );
    this.#anyOpen = db.prepare(
      "SELECT id FROM campaign_members WHERE campaign_id = ? AND status IN ('pending', 'dialing') LIMIT 1",
    );
    this.#counts = db.prepare(
      'SELECT status, count(*) AS total FROM campaign_members WHERE campaign_id = ? GROUP BY status',
    );
    this.#numbers = db.prepare('SELECT to_number FROM campaign_members WHERE campaign_id = ? ORDER BY position');
    this.#page = db.prepare('SELECT * FROM campaign_members WHERE campaign_id = ? ORDER BY position LIMIT ? OFFSET ?');
    this.#pageByStatus = db.prepare(
      'SELECT * FROM campaign_members WHERE campaign_id = ? AND status = ? ORDER BY position LIMIT ? OFFSET ?',
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

  deleteAll(campaignId: string): void {
    this.#deleteAll.run(campaignId);
  }

  find(id: string): CampaignMember | undefined {
    const row = this.#byId.get(id);
    return row && toMember(row);
  }

  hasNumber(campaignId: string, toNumber: string): boolean {
    return this.#byNumber.get(campaignId, toNumber) !== undefined;
  }

  /** 0 when there is none. */
  lastPosition(campaignId: string): number {
    return this.#lastPosition.get(campaignId)?.position ?? 0;
  }

  /** Of every campaign. */
  dialing(): readonly CampaignMember[] {
    return this.#dialing.all().map(toMember);
  }

  /** Those whose time has come; longest waiting first, then in their order. */
  due(campaignId: string, nowMs: number, limit: number): readonly CampaignMember[] {
    return this.#due.all(campaignId, nowMs, limit).map(toMember);
  }

  /** When the next one may be dialled; undefined when none waits. */
  nextDueAtMs(campaignId: string): number | undefined {
    return this.#nextDue.get(campaignId)?.at ?? undefined;
  }

  cancelPending(campaignId: string, why: string, atMs: number): void {
    this.#cancelPending.run(why, atMs, campaignId);
  }

  countDialing(campaignId: string): number {
    return this.#countDialing.get(campaignId)?.total ?? 0;
  }

  /** Whether a number waits or is being dialled. */
  hasOpen(campaignId: string): boolean {
    return this.#anyOpen.get(campaignId) !== undefined;
  }

  counts(campaignId: string): Partial<Record<MemberStatus, number>> {
    return Object.fromEntries(this.#counts.all(campaignId).map(({ status, total }) => [status, total]));
  }

  /** All of them, in the order of dialling. */
  numbers(campaignId: string): readonly string[] {
    return this.#numbers.all(campaignId).map(({ to_number }) => to_number);
  }

  /** In the order of dialling. */
  list(campaignId: string, status: MemberStatus | undefined, { limit, offset }: PageRequest): Page<CampaignMember> {
    const counts = this.counts(campaignId);
    const rows =
      status === undefined
        ? this.#page.all(campaignId, limit, offset)
        : this.#pageByStatus.all(campaignId, status, limit, offset);
    const total =
      status === undefined ? Object.values(counts).reduce((sum, each) => sum + each, 0) : (counts[status] ?? 0);
    return { items: rows.map(toMember), total };
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
