import type { Database, Statement } from '../../db/database.ts';
import { insertSql, updateSql } from '../../db/row-sql.ts';
import { digitsOf, type PhoneNumber } from './number.ts';

interface NumberRow {
  readonly id: string;
  readonly organization_id: string;
  readonly dialled: string;
  readonly digits: string | null;
  readonly friendly_name: string | null;
  readonly country_code: string | null;
  readonly region: string | null;
  readonly is_active: number;
  readonly agent_id: string | null;
  readonly settings_agent_id: string | null;
  readonly mapping_id: string | null;
  readonly mapped_by_user_id: string | null;
  readonly mapped_at_ms: number | null;
  readonly created_at_ms: number;
  readonly updated_at_ms: number;
}

const columns = [
  'id',
  'organization_id',
  'dialled',
  'digits',
  'friendly_name',
  'country_code',
  'region',
  'is_active',
  'agent_id',
  'settings_agent_id',
  'mapping_id',
  'mapped_by_user_id',
  'mapped_at_ms',
  'created_at_ms',
  'updated_at_ms',
] as const satisfies readonly (keyof NumberRow)[];

export class NumberRepository {
  readonly #insert: Statement<never>;
  readonly #update: Statement<never>;
  readonly #remove: Statement<never>;
  readonly #removeAgent: Statement<never>;
  readonly #byId: Statement<NumberRow>;
  readonly #byDialled: Statement<NumberRow>;
  readonly #dialled: Statement<NumberRow>;
  readonly #ofOrganization: Statement<NumberRow>;
  readonly #ofAgent: Statement<NumberRow>;
  readonly #all: Statement<NumberRow>;

  constructor(db: Database) {
    this.#insert = db.prepare(insertSql('phone_numbers', columns));
    this.#update = db.prepare(updateSql('phone_numbers', columns));
    this.#remove = db.prepare('DELETE FROM phone_numbers WHERE id = ?');
    this.#removeAgent = db.prepare(
      `UPDATE phone_numbers SET agent_id = NULL, mapping_id = NULL, mapped_by_user_id = NULL, mapped_at_ms = NULL
       WHERE agent_id = ?`,
    );
    this.#byId = db.prepare('SELECT * FROM phone_numbers WHERE id = ?');
    this.#byDialled = db.prepare('SELECT * FROM phone_numbers WHERE dialled = ?');
    this.#dialled = db.prepare(
      `SELECT * FROM phone_numbers WHERE dialled = @dialled OR digits = @digits
       ORDER BY dialled = @dialled DESC, is_active DESC LIMIT 1`,
    );
    this.#ofOrganization = db.prepare('SELECT * FROM phone_numbers WHERE organization_id = ? ORDER BY rowid');
    this.#ofAgent = db.prepare('SELECT * FROM phone_numbers WHERE agent_id = ? ORDER BY rowid');
    this.#all = db.prepare('SELECT * FROM phone_numbers ORDER BY dialled');
  }

  insert(number: PhoneNumber): void {
    this.#insert.run(toRow(number));
  }

  update(number: PhoneNumber): void {
    this.#update.run(toRow(number));
  }

  remove(id: string): void {
    this.#remove.run(id);
  }

  /** Leaves the agent's numbers to nobody. */
  removeAgent(agentId: string): void {
    this.#removeAgent.run(agentId);
  }

  find(id: string): PhoneNumber | undefined {
    const row = this.#byId.get(id);
    return row && toNumber(row);
  }

  findDialled(dialled: string): PhoneNumber | undefined {
    const row = this.#byDialled.get(dialled);
    return row && toNumber(row);
  }

  /** The number that was dialled; `+` makes no difference among digits. */
  dialled(user: string): PhoneNumber | undefined {
    const row = this.#dialled.get({ dialled: user, digits: digitsOf(user) });
    return row && toNumber(row);
  }

  /** In the order they came. */
  ofOrganization(organizationId: string): readonly PhoneNumber[] {
    return this.#ofOrganization.all(organizationId).map(toNumber);
  }

  ofAgent(agentId: string): readonly PhoneNumber[] {
    return this.#ofAgent.all(agentId).map(toNumber);
  }

  all(): readonly PhoneNumber[] {
    return this.#all.all().map(toNumber);
  }
}

function toNumber(row: NumberRow): PhoneNumber {
  const { mapping_id: id, mapped_at_ms: atMs } = row;
  return {
    id: row.id,
    organizationId: row.organization_id,
    dialled: row.dialled,
    friendlyName: row.friendly_name,
    countryCode: row.country_code,
    region: row.region,
    isActive: row.is_active === 1,
    agentId: row.agent_id,
    settingsAgentId: row.settings_agent_id,
    mapping: id === null || atMs === null ? null : { id, userId: row.mapped_by_user_id, atMs },
    createdAtMs: row.created_at_ms,
    updatedAtMs: row.updated_at_ms,
  };
}

function toRow(number: PhoneNumber): NumberRow {
  return {
    id: number.id,
    organization_id: number.organizationId,
    dialled: number.dialled,
    digits: digitsOf(number.dialled),
    friendly_name: number.friendlyName,
    country_code: number.countryCode,
    region: number.region,
    is_active: Number(number.isActive),
    agent_id: number.agentId,
    settings_agent_id: number.settingsAgentId,
    mapping_id: number.mapping?.id ?? null,
    mapped_by_user_id: number.mapping?.userId ?? null,
    mapped_at_ms: number.mapping?.atMs ?? null,
    created_at_ms: number.createdAtMs,
    updated_at_ms: number.updatedAtMs,
  };
}
