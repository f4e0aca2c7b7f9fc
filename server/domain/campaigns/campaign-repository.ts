import type { Database, Statement } from '../../db/database.ts';
import { FilteredList } from '../../db/filtered-list.ts';
import { insertSql, updateSql } from '../../db/row-sql.ts';
import type { VoicemailPlan } from '../calls/outbound-order.ts';
import type { Extras } from '../json-column.ts';
import type { Page, PageRequest } from '../paging.ts';
import type { Campaign, CampaignKind, CampaignStatus } from './campaign.ts';

interface CampaignRow {
  readonly id: string;
  readonly organization_id: string;
  readonly user_id: string | null;
  readonly kind: CampaignKind;
  readonly name: string;
  readonly description: string | null;
  readonly agent_id: string | null;
  readonly caller_number_id: string | null;
  readonly status: CampaignStatus;
  readonly concurrency: number;
  readonly max_retries: number;
  readonly retry_delay_ms: number;
  readonly start_at_ms: number | null;
  readonly end_at_ms: number | null;
  readonly variable_names: string;
  readonly starting_message: string | null;
  readonly voicemail: string;
  readonly extras: string;
  readonly launched_at_ms: number | null;
  readonly paused_at_ms: number | null;
  readonly resumed_at_ms: number | null;
  readonly stopped_at_ms: number | null;
  readonly completed_at_ms: number | null;
  readonly created_at_ms: number;
  readonly updated_at_ms: number;
}

const columns = [
  'id',
  'organization_id',
  'user_id',
  'kind',
  'name',
  'description',
  'agent_id',
  'caller_number_id',
  'status',
  'concurrency',
  'max_retries',
  'retry_delay_ms',
  'start_at_ms',
  'end_at_ms',
  'variable_names',
  'starting_message',
  'voicemail',
  'extras',
  'launched_at_ms',
  'paused_at_ms',
  'resumed_at_ms',
  'stopped_at_ms',
  'completed_at_ms',
  'created_at_ms',
  'updated_at_ms',
] as const satisfies readonly (keyof CampaignRow)[];

const sortColumns = {
  name: 'name',
  status: 'status',
  start_time: 'start_at_ms',
  end_time: 'end_at_ms',
  created_at: 'created_at_ms',
  updated_at: 'updated_at_ms',
};

export interface CampaignFilter {
  readonly organizationId: string;
  readonly kind?: CampaignKind | undefined;
  readonly agentId?: string | undefined;
  readonly userId?: string | undefined;
  readonly status?: CampaignStatus | readonly CampaignStatus[] | undefined;
}

/** Deleted campaigns keep their row, since calls point at it, but are found no more. */
export class CampaignRepository {
  readonly #insert: Statement<never>;
  readonly #update: Statement<never>;
  readonly #delete: Statement<never>;
  readonly #show: Statement<never>;
  readonly #remove: Statement<never>;
  readonly #byId: Statement<CampaignRow>;
  readonly #running: Statement<CampaignRow>;
  readonly #list: FilteredList<CampaignRow>;

  constructor(db: Database) {
    this.#insert = db.prepare(insertSql('campaigns', columns));
    this.#update = db.prepare(updateSql('campaigns', columns));
    this.#delete = db.prepare('UPDATE campaigns SET deleted_at_ms = ? WHERE id = ?');
    this.#show = db.prepare('UPDATE campaigns SET deleted_at_ms = NULL WHERE id = ?');
    this.#remove = db.prepare('DELETE FROM campaigns WHERE id = ?');
    this.#byId = db.prepare('SELECT * FROM campaigns WHERE id = ? AND deleted_at_ms IS NULL');
    this.#running = db.prepare("SELECT * FROM campaigns WHERE status IN ('scheduled', 'active') ORDER BY rowid");
    this.#list = new FilteredList(db, 'campaigns', 'deleted_at_ms IS NULL', sortColumns);
  }

  insert(campaign: Campaign): void {
    this.#insert.run(toRow(campaign));
  }

  update(campaign: Campaign): void {
    this.#update.run(toRow(campaign));
  }

  delete(id: string, atMs: number): void {
    this.#delete.run(atMs, id);
  }

  /** Found from now on, after it was written as deleted. */
  show(id: string): void {
    this.#show.run(id);
  }

  /** With its row: for one that never was shown. */
  remove(id: string): void {
    this.#remove.run(id);
  }

  find(id: string): Campaign | undefined {
    const row = this.#byId.get(id);
    return row && toCampaign(row);
  }

  /** Scheduled and active ones of every organization, oldest first. */
  running(): readonly Campaign[] {
    return this.#running.all().map(toCampaign);
  }

  list(filter: CampaignFilter, page: PageRequest): Page<Campaign> {
    const where = {
      organization_id: filter.organizationId,
      kind: filter.kind,
      agent_id: filter.agentId,
      user_id: filter.userId,
      status: filter.status,
    };
    const found = this.#list.page(where, page.limit, page.offset, page.sort);
    return { items: found.items.map(toCampaign), total: found.total };
  }
}

function toCampaign(row: CampaignRow): Campaign {
  return {
    id: row.id,
    organizationId: row.organization_id,
    userId: row.user_id,
    kind: row.kind,
    name: row.name,
    description: row.description,
    agentId: row.agent_id,
    callerNumberId: row.caller_number_id,
    status: row.status,
    concurrency: row.concurrency,
    maxRetries: row.max_retries,
    retryDelayMs: row.retry_delay_ms,
    startAtMs: row.start_at_ms,
    endAtMs: row.end_at_ms,
    variableNames: JSON.parse(row.variable_names) as string[],
    startingMessage: row.starting_message,
    voicemail: JSON.parse(row.voicemail) as VoicemailPlan,
    extras: JSON.parse(row.extras) as Extras,
    launchedAtMs: row.launched_at_ms,
    pausedAtMs: row.paused_at_ms,
    resumedAtMs: row.resumed_at_ms,
    stoppedAtMs: row.stopped_at_ms,
    completedAtMs: row.completed_at_ms,
    createdAtMs: row.created_at_ms,
    updatedAtMs: row.updated_at_ms,
  };
}

function toRow(campaign: Campaign): CampaignRow {
  return {
    id: campaign.id,
    organization_id: campaign.organizationId,
    user_id: campaign.userId,
    kind: campaign.kind,
    name: campaign.name,
    description: campaign.description,
    agent_id: campaign.agentId,
    caller_number_id: campaign.callerNumberId,
    status: campaign.status,
    concurrency: campaign.concurrency,
    max_retries: campaign.maxRetries,
    retry_delay_ms: campaign.retryDelayMs,
    start_at_ms: campaign.startAtMs,
    end_at_ms: campaign.endAtMs,
    variable_names: JSON.stringify(campaign.variableNames),
    starting_message: campaign.startingMessage,
    voicemail: JSON.stringify(campaign.voicemail),
    extras: JSON.stringify(campaign.extras),
    launched_at_ms: campaign.launchedAtMs,
    paused_at_ms: campaign.pausedAtMs,
    resumed_at_ms: campaign.resumedAtMs,
    stopped_at_ms: campaign.stoppedAtMs,
    completed_at_ms: campaign.completedAtMs,
    created_at_ms: campaign.createdAtMs,
    updated_at_ms: campaign.updatedAtMs,
  };
}
