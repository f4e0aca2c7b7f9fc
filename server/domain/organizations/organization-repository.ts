import type { Database, Statement } from '../../db/database.ts';
import { FilteredList } from '../../db/filtered-list.ts';
import { insertSql, updateSql } from '../../db/row-sql.ts';
import type { JsonObject } from '../json-column.ts';
import type { Page, PageRequest } from '../paging.ts';
import type { Organization } from './organization.ts';

interface OrganizationRow {
  readonly id: string;
  readonly short_id: string;
  readonly name: string;
  readonly org_type: Organization['orgType'];
  readonly markup_ppm: number;
  readonly markup_currency: string;
  readonly commission_ppm: number;
  readonly settings: string;
  readonly is_registered: number;
  readonly created_at_ms: number;
  readonly updated_at_ms: number;
}

const columns = [
  'id',
  'short_id',
  'name',
  'org_type',
  'markup_ppm',
  'markup_currency',
  'commission_ppm',
  'settings',
  'is_registered',
  'created_at_ms',
  'updated_at_ms',
] as const satisfies readonly (keyof OrganizationRow)[];

export class OrganizationRepository {
  readonly #insert: Statement<never>;
  readonly #update: Statement<never>;
  readonly #byId: Statement<OrganizationRow>;
  readonly #byShortId: Statement<OrganizationRow>;
  readonly #first: Statement<OrganizationRow>;
  readonly #list: FilteredList<OrganizationRow>;

  constructor(db: Database) {
    this.#insert = db.prepare(insertSql('organizations', columns));
    this.#update = db.prepare(updateSql('organizations', columns));
    this.#byId = db.prepare('SELECT * FROM organizations WHERE id = ?');
    this.#byShortId = db.prepare('SELECT * FROM organizations WHERE short_id = ?');
    this.#first = db.prepare('SELECT * FROM organizations ORDER BY rowid LIMIT 1');
    this.#list = new FilteredList(db, 'organizations');
  }

  insert(organization: Organization): void {
    this.#insert.run(toRow(organization));
  }

  update(organization: Organization): void {
    this.#update.run(toRow(organization));
  }

  find(id: string): Organization | undefined {
    return toOrganization(this.#byId.get(id));
  }

  findByShortId(shortId: string): Organization | undefined {
    return toOrganization(this.#byShortId.get(shortId));
  }

  first(): Organization | undefined {
    return toOrganization(this.#first.get());
  }

  list(filter: { readonly id?: string | undefined }, page: PageRequest): Page<Organization> {
    const found = this.#list.page({ id: filter.id }, page.limit, page.offset);
    return { items: found.items.map(organizationOf), total: found.total };
  }
}

function toOrganization(row: OrganizationRow | undefined): Organization | undefined {
  return row && organizationOf(row);
}

function organizationOf(row: OrganizationRow): Organization {
  return {
    id: row.id,
    shortId: row.short_id,
    name: row.name,
    orgType: row.org_type,
    markupPpm: row.markup_ppm,
    markupCurrency: row.markup_currency,
    commissionPpm: row.commission_ppm,
    settings: JSON.parse(row.settings) as JsonObject,
    isRegistered: row.is_registered === 1,
    createdAtMs: row.created_at_ms,
    updatedAtMs: row.updated_at_ms,
  };
}

function toRow(organization: Organization): OrganizationRow {
  return {
    id: organization.id,
    short_id: organization.shortId,
    name: organization.name,
    org_type: organization.orgType,
    markup_ppm: organization.markupPpm,
    markup_currency: organization.markupCurrency,
    commission_ppm: organization.commissionPpm,
    settings: JSON.stringify(organization.settings),
    is_registered: Number(organization.isRegistered),
    created_at_ms: organization.createdAtMs,
    updated_at_ms: organization.updatedAtMs,
  };
}
