import type { Database, Statement } from '../../db/database.ts';
import { FilteredList } from '../../db/filtered-list.ts';
import { upsertSql } from '../../db/row-sql.ts';
import type { Extras, JsonObject } from '../json-column.ts';
import type { Page, PageRequest } from '../paging.ts';
import type { Sealing } from '../sealing.ts';
import { type Integration, type IntegrationStatus, maskedAll, type Secrets } from './integration.ts';

interface IntegrationRow {
  readonly id: string;
  readonly organization_id: string;
  readonly user_id: string | null;
  readonly type: string;
  readonly name: string;
  readonly config: string;
  readonly secrets_sealed: string;
  readonly status: IntegrationStatus;
  readonly last_checked_at_ms: number | null;
  readonly extras: string;
  readonly created_at_ms: number;
  readonly updated_at_ms: number;
}

const columns = [
  'id',
  'organization_id',
  'user_id',
  'type',
  'name',
  'config',
  'secrets_sealed',
  'status',
  'last_checked_at_ms',
  'extras',
  'created_at_ms',
  'updated_at_ms',
] as const satisfies readonly (keyof IntegrationRow)[];

/** An integration as it is stored: with its secrets. */
export type StoredIntegration = Omit<Integration, 'maskedSecrets'> & { readonly secrets: Secrets };

export class IntegrationRepository {
  readonly #sealing: Sealing;
  readonly #put: Statement<never>;
  readonly #delete: Statement<never>;
  readonly #byId: Statement<IntegrationRow>;
  readonly #list: FilteredList<IntegrationRow>;

  constructor(db: Database, sealing: Sealing) {
    this.#sealing = sealing;
    this.#put = db.prepare(upsertSql('integrations', columns));
    this.#delete = db.prepare('DELETE FROM integrations WHERE id = ?');
    this.#byId = db.prepare('SELECT * FROM integrations WHERE id = ?');
    this.#list = new FilteredList(db, 'integrations');
  }

  put(integration: StoredIntegration): void {
    this.#put.run(this.#toRow(integration));
  }

  delete(id: string): void {
    this.#delete.run(id);
  }

  find(id: string): StoredIntegration | undefined {
    const row = this.#byId.get(id);
    return row && this.#stored(row);
  }

  list(organizationId: string, { limit, offset }: PageRequest): Page<Integration> {
    const { items, total } = this.#list.page({ organization_id: organizationId }, limit, offset);
    return { items: items.map((row) => shown(this.#stored(row))), total };
  }

  #stored(row: IntegrationRow): StoredIntegration {
    return {
      id: row.id,
      organizationId: row.organization_id,
      userId: row.user_id,
      type: row.type,
      name: row.name,
      config: JSON.parse(row.config) as JsonObject,
      secrets: JSON.parse(this.#sealing.open(row.secrets_sealed)) as Secrets,
      status: row.status,
      lastCheckedAtMs: row.last_checked_at_ms,
      extras: JSON.parse(row.extras) as Extras,
      createdAtMs: row.created_at_ms,
      updatedAtMs: row.updated_at_ms,
    };
  }

  #toRow(integration: StoredIntegration): IntegrationRow {
    return {
      id: integration.id,
      organization_id: integration.organizationId,
      user_id: integration.userId,
      type: integration.type,
      name: integration.name,
      config: JSON.stringify(integration.config),
      secrets_sealed: this.#sealing.seal(JSON.stringify(integration.secrets)),
      status: integration.status,
      last_checked_at_ms: integration.lastCheckedAtMs,
      extras: JSON.stringify(integration.extras),
      created_at_ms: integration.createdAtMs,
      updated_at_ms: integration.updatedAtMs,
    };
  }
}

/** Without its secrets. */
export function shown({ secrets, ...integration }: StoredIntegration): Integration {
  return { ...integration, maskedSecrets: maskedAll(secrets) };
}
