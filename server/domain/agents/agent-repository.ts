import type { Database, Statement } from '../../db/database.ts';
import { FilteredList } from '../../db/filtered-list.ts';
import { orderBy } from '../../db/order-by.ts';
import { insertSql, updateSql } from '../../db/row-sql.ts';
import { type Extras, fromJsonOrNull, type JsonObject, toJsonOrNull } from '../json-column.ts';
import type { Page, PageRequest } from '../paging.ts';
import type { Agent, TransferTarget, TurnSettings } from './agent.ts';

interface AgentRow {
  readonly id: string;
  readonly organization_id: string;
  readonly owner_user_id: string | null;
  readonly name: string;
  readonly description: string | null;
  readonly system_prompt: string;
  readonly starting_message: string | null;
  readonly enabled: number;
  readonly voice_settings: string | null;
  readonly dtmf_rules: string | null;
  readonly knowledge: string;
  readonly time_zone: string;
  readonly transfer_targets: string;
  readonly recording_enabled: number;
  readonly recording_announcement: string | null;
  readonly is_confidential: number;
  readonly turn_settings: string;
  readonly voice: string | null;
  readonly is_default: number;
  readonly extras: string;
  readonly created_at_ms: number;
  readonly updated_at_ms: number;
}

const columns = [
  'id',
  'organization_id',
  'owner_user_id',
  'name',
  'description',
  'system_prompt',
  'starting_message',
  'enabled',
  'voice_settings',
  'dtmf_rules',
  'knowledge',
  'time_zone',
  'transfer_targets',
  'recording_enabled',
  'recording_announcement',
  'is_confidential',
  'turn_settings',
  'voice',
  'is_default',
  'extras',
  'created_at_ms',
  'updated_at_ms',
] as const satisfies readonly (keyof AgentRow)[];

export interface ExtraText {
  readonly dialect: string;
  readonly field: string;
  readonly text: string;
}

export interface AgentSearch {
  /** Undefined looks in all organizations: for the house's own administrators. */
  readonly organizationId: string | undefined;
  readonly ownerUserId?: string | undefined;
  /** Part of name or description, whatever its case. */
  readonly text?: string | undefined;
  readonly enabled?: boolean | undefined;
  /** A text that a dialect keeps in `extras`. */
  readonly extraIs?: ExtraText | undefined;
  readonly extraIsNot?: ExtraText | undefined;
}

const searching = `deleted_at_ms IS NULL
  AND (@ownerUserId IS NULL OR owner_user_id = @ownerUserId)
  AND (@text IS NULL OR instr(lower(name), @text) > 0 OR instr(lower(coalesce(description, '')), @text) > 0)
  AND (@enabled IS NULL OR enabled = @enabled)
  AND (@extraPath IS NULL OR json_extract(extras, @extraPath) = @extraIs)
  AND (@notPath IS NULL OR json_extract(extras, @notPath) IS NOT @notIs)`;

const sortColumns = {
  name: 'name',
  description: 'description',
  status: 'enabled',
  created_at: 'created_at_ms',
  updated_at: 'updated_at_ms',
};

/** Just enough of an agent to know whether it has changed. */
export interface AgentHead {
  readonly id: string;
  readonly updatedAtMs: number;
}

interface SearchStatements {
  readonly rows: Statement<AgentRow>;
  readonly heads: Statement<AgentHead>;
  readonly count: Statement<{ readonly total: number }>;
}

function searchStatements(db: Database, where: string): SearchStatements {
  const page = `WHERE ${where} ORDER BY rowid DESC LIMIT @limit OFFSET @offset`;
  return {
    rows: db.prepare(`SELECT * FROM agents ${page}`),
    heads: db.prepare(`SELECT id, updated_at_ms AS updatedAtMs FROM agents ${page}`),
    count: db.prepare(`SELECT count(*) AS total FROM agents WHERE ${where}`),
  };
}

/** Deleted agents keep their row, since calls and tasks point at it, but are found no more. */
export class AgentRepository {
  readonly #insert: Statement<never>;
  readonly #update: Statement<never>;
  readonly #delete: Statement<never>;
  readonly #byId: Statement<AgentRow>;
  readonly #everById: Statement<AgentRow>;
  readonly #confidential: Statement<{ readonly is_confidential: number }>;
  readonly #default: Statement<AgentRow>;
  readonly #byName: Statement<AgentRow>;
  readonly #namesake: Statement<{ readonly id: string }>;
  readonly #search: SearchStatements;
  readonly #searchEverywhere: SearchStatements;
  readonly #all: SearchStatements;
  readonly #list: FilteredList<AgentRow>;
  readonly #db: Database;
  /** By order; there are only so many of those. */
  readonly #sortedRows = new Map<string, Statement<AgentRow>>();

  constructor(db: Database) {
    this.#db = db;
    this.#insert = db.prepare(insertSql('agents', columns));
    this.#update = db.prepare(updateSql('agents', columns));
    this.#delete = db.prepare('UPDATE agents SET deleted_at_ms = ?, is_default = 0 WHERE id = ?');
    this.#byId = db.prepare('SELECT * FROM agents WHERE id = ? AND deleted_at_ms IS NULL');
    this.#everById = db.prepare('SELECT * FROM agents WHERE id IN (SELECT value FROM json_each(?))');
    this.#confidential = db.prepare('SELECT is_confidential FROM agents WHERE id = ?');
    this.#default = db.prepare('SELECT * FROM agents WHERE is_default = 1');
    this.#byName = db.prepare('SELECT * FROM agents WHERE name = ? AND deleted_at_ms IS NULL ORDER BY rowid LIMIT 1');
    this.#namesake = db.prepare(
      'SELECT id FROM agents WHERE organization_id = ? AND name = ? AND id <> ? AND deleted_at_ms IS NULL LIMIT 1',
    );
    this.#search = searchStatements(db, `organization_id = @organizationId AND ${searching}`);
    this.#searchEverywhere = searchStatements(db, searching);
    this.#all = searchStatements(db, 'organization_id = @organizationId AND deleted_at_ms IS NULL');
    this.#list = new FilteredList(db, 'agents', 'deleted_at_ms IS NULL');
  }

  insert(agent: Agent): void {
    this.#insert.run(toRow(agent));
  }

  update(agent: Agent): void {
    this.#update.run(toRow(agent));
  }

  delete(id: string, atMs: number): void {
    this.#delete.run(atMs, id);
  }

  find(id: string): Agent | undefined {
    return toAgent(this.#byId.get(id));
  }

  /** By id, deleted ones too: calls still point at them. */
  findEver(ids: readonly string[]): ReadonlyMap<string, Agent> {
    const rows = this.#everById.all(JSON.stringify([...new Set(ids)]));
    return new Map(rows.map((row) => [row.id, agentOf(row)]));
  }

  /** Also of one that has been deleted. */
  isConfidential(id: string): boolean {
    return this.#confidential.get(id)?.is_confidential === 1;
  }

  findDefault(): Agent | undefined {
    return toAgent(this.#default.get());
  }

  findByName(name: string): Agent | undefined {
    return toAgent(this.#byName.get(name));
  }

  /** Whether another agent of the organization has this very name. */
  isNameTaken(organizationId: string, name: string, exceptId: string): boolean {
    return this.#namesake.get(organizationId, name, exceptId) !== undefined;
  }

  search(search: AgentSearch, page: PageRequest): Page<Agent> {
    const { statements, values } = this.#searching(search);
    const { limit, offset } = page;
    const isSorted = page.sort !== undefined && search.organizationId !== undefined;
    const rows = (isSorted ? this.#sorted(page.sort) : statements.rows).all({ ...values, limit, offset });
    return { items: rows.map(agentOf), total: statements.count.get(values)?.total ?? 0 };
  }

  /** Which agents the page has, and when each was written last. */
  heads(search: AgentSearch, page: PageRequest): Page<AgentHead> {
    const { statements, values } = isPlain(search)
      ? { statements: this.#all, values: { organizationId: search.organizationId } }
      : this.#searching(search);
    return {
      items: statements.heads.all({ ...values, ...page }),
      total: statements.count.get(values)?.total ?? 0,
    };
  }

  #sorted(sort: PageRequest['sort']): Statement<AgentRow> {
    const order = orderBy(sort, sortColumns);
    const known = this.#sortedRows.get(order);
    if (known) return known;
    const made = this.#db.prepare<AgentRow>(
      `SELECT * FROM agents WHERE organization_id = @organizationId AND ${searching}
       ORDER BY ${order} LIMIT @limit OFFSET @offset`,
    );
    this.#sortedRows.set(order, made);
    return made;
  }

  #searching(search: AgentSearch) {
    const { organizationId } = search;
    const statements = organizationId === undefined ? this.#searchEverywhere : this.#search;
    const values = {
      ...(organizationId === undefined ? {} : { organizationId }),
      ownerUserId: search.ownerUserId ?? null,
      text: search.text === undefined || search.text === '' ? null : search.text.toLowerCase(),
      enabled: search.enabled === undefined ? null : Number(search.enabled),
      extraPath: pathOf(search.extraIs),
      extraIs: search.extraIs?.text ?? null,
      notPath: pathOf(search.extraIsNot),
      notIs: search.extraIsNot?.text ?? null,
    };
    return { statements, values };
  }

  list(filter: { readonly organizationId: string; readonly enabled?: boolean }, page: PageRequest): Page<Agent> {
    const enabled = filter.enabled === undefined ? undefined : Number(filter.enabled);
    const found = this.#list.page({ organization_id: filter.organizationId, enabled }, page.limit, page.offset);
    return { items: found.items.map(agentOf), total: found.total };
  }
}

/** Whether it asks for all agents of an organization: by far the most frequent question, and a quicker one. */
function isPlain({ organizationId, ...rest }: AgentSearch): boolean {
  return organizationId !== undefined && Object.values(rest).every((value) => value === undefined || value === '');
}

function pathOf(extra: ExtraText | undefined): string | null {
  return extra === undefined ? null : `$."${extra.dialect}"."${extra.field}"`;
}

function toAgent(row: AgentRow | undefined): Agent | undefined {
  return row && agentOf(row);
}

function agentOf(row: AgentRow): Agent {
  return {
    id: row.id,
    organizationId: row.organization_id,
    ownerUserId: row.owner_user_id,
    name: row.name,
    description: row.description,
    systemPrompt: row.system_prompt,
    startingMessage: row.starting_message,
    enabled: row.enabled === 1,
    voiceSettings: fromJsonOrNull(row.voice_settings) as JsonObject | null,
    dtmfRules: fromJsonOrNull(row.dtmf_rules) as JsonObject | null,
    knowledge: row.knowledge,
    timeZone: row.time_zone,
    transferTargets: JSON.parse(row.transfer_targets) as TransferTarget[],
    recordingEnabled: row.recording_enabled === 1,
    recordingAnnouncement: row.recording_announcement,
    isConfidential: row.is_confidential === 1,
    turnSettings: JSON.parse(row.turn_settings) as TurnSettings,
    voice: row.voice,
    isDefault: row.is_default === 1,
    extras: JSON.parse(row.extras) as Extras,
    createdAtMs: row.created_at_ms,
    updatedAtMs: row.updated_at_ms,
  };
}

function toRow(agent: Agent): AgentRow {
  return {
    id: agent.id,
    organization_id: agent.organizationId,
    owner_user_id: agent.ownerUserId,
    name: agent.name,
    description: agent.description,
    system_prompt: agent.systemPrompt,
    starting_message: agent.startingMessage,
    enabled: Number(agent.enabled),
    voice_settings: toJsonOrNull(agent.voiceSettings),
    dtmf_rules: toJsonOrNull(agent.dtmfRules),
    knowledge: agent.knowledge,
    time_zone: agent.timeZone,
    transfer_targets: JSON.stringify(agent.transferTargets),
    recording_enabled: Number(agent.recordingEnabled),
    recording_announcement: agent.recordingAnnouncement,
    is_confidential: Number(agent.isConfidential),
    turn_settings: JSON.stringify(agent.turnSettings),
    voice: agent.voice,
    is_default: Number(agent.isDefault),
    extras: JSON.stringify(agent.extras),
    created_at_ms: agent.createdAtMs,
    updated_at_ms: agent.updatedAtMs,
  };
}
