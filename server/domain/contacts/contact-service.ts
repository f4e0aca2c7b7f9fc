import { randomUUID } from 'node:crypto';
import { LandlineError } from '../../contract/errors.ts';
import type { UnitOfWork } from '../../events/unit-of-work.ts';
import type { JsonObject } from '../json-column.ts';
import type { Page, PageRequest } from '../paging.ts';
import type { Table } from '../tables/table.ts';
import type { TableReader } from '../tables/table-reader.ts';
import {
  type Contact,
  type ContactColumn,
  type ContactGroup,
  type ContactRow,
  columnKey,
  contactOf,
  namedProperties,
} from './contact.ts';
import type { ContactGroupRepository } from './contact-group-repository.ts';
import { type ImportPlan, planImport, planInTurns } from './contact-import.ts';
import type { ContactImportRepository } from './contact-import-repository.ts';
import type { ContactRowRepository } from './contact-row-repository.ts';
import { isLong, LongImport } from './long-import.ts';

/** Whose list it is, and who makes it. */
export interface ContactOwner {
  readonly organizationId: string;
  readonly userId: string | null;
}

export type GroupDraft = Pick<ContactGroup, 'name'> & Partial<Pick<ContactGroup, 'iconEmoji' | 'description'>>;
export type ColumnDraft = Pick<ContactColumn, 'displayName' | 'columnType'> & { readonly position?: number };
type ColumnChange = Partial<Pick<ContactColumn, 'displayName' | 'columnType' | 'position'>>;

export interface ContactParts {
  readonly contactGroups: ContactGroupRepository;
  readonly contactRows: ContactRowRepository;
  readonly contactImports: ContactImportRepository;
  readonly tables: TableReader;
}

const mostColumns = 200;
const mostRows = 200_000;

/** People to call, in groups of the organization. Ids of other organizations are unknown here. */
export class ContactService {
  readonly #unitOfWork: UnitOfWork;
  readonly #groups: ContactGroupRepository;
  readonly #rows: ContactRowRepository;
  readonly #tables: TableReader;
  readonly #longImport: LongImport;

  constructor(unitOfWork: UnitOfWork, { contactGroups, contactImports, contactRows, tables }: ContactParts) {
    this.#unitOfWork = unitOfWork;
    this.#groups = contactGroups;
    this.#rows = contactRows;
    this.#tables = tables;
    this.#longImport = new LongImport({ unitOfWork, contactRows, contactImports });
  }

  /** All groups of the organization. */
  list(organizationId: string): readonly ContactGroup[] {
    return this.#groups.list(organizationId);
  }

  /** Throws `contact-group-not-found`. */
  get(organizationId: string, id: string): ContactGroup {
    const group = this.#groups.find(id);
    if (group?.organizationId === organizationId) return group;
    throw new LandlineError('contact-group-not-found', 'There is no people group with this id.', { id });
  }

  /** An empty group; columns and rows come after. */
  create(owner: ContactOwner, draft: GroupDraft): Promise<ContactGroup> {
    return this.#unitOfWork.run((record, nowMs) => {
      const group: ContactGroup = {
        iconEmoji: null,
        description: null,
        ...draft,
        id: randomUUID(),
        organizationId: owner.organizationId,
        userId: owner.userId,
        createdAtMs: nowMs,
        updatedAtMs: nowMs,
      };
      this.#groups.insert(group);
      record(owner.organizationId, { kind: 'contact-group-created', groupId: group.id });
      return group;
    });
  }

  /** Throws `contact-group-not-found`. */
  update(organizationId: string, id: string, change: Partial<GroupDraft>): Promise<ContactGroup> {
    return this.#changed(organizationId, id, (group, nowMs) => {
      const after = { ...group, ...change, updatedAtMs: nowMs };
      this.#groups.update(after);
      return after;
    });
  }

  /** With its columns and rows. Throws `contact-group-not-found`. */
  delete(organizationId: string, id: string): Promise<void> {
    return this.#unitOfWork.run((record) => {
      this.get(organizationId, id);
      this.#groups.delete(id);
      record(organizationId, { kind: 'contact-group-deleted', groupId: id });
    });
  }

  /** In their order. Throws `contact-group-not-found`. */
  columns(organizationId: string, groupId: string): readonly ContactColumn[] {
    return this.#groups.columns(this.get(organizationId, groupId).id);
  }

  /** Throws `contact-group-not-found`, or `invalid-argument` for one column too many or a name that is taken. */
  addColumn(organizationId: string, groupId: string, draft: ColumnDraft): Promise<ContactColumn> {
    return this.#changed(organizationId, groupId, (_group, nowMs) => this.#addColumn(groupId, draft, nowMs));
  }

  /** Its name, under which rows hold its values, stays. Throws `contact-column-not-found`. */
  updateColumn(organizationId: string, groupId: string, id: string, change: ColumnChange): Promise<ContactColumn> {
    return this.#changed(organizationId, groupId, (_group, nowMs) => {
      const after = { ...this.#column(groupId, id), ...change, updatedAtMs: nowMs };
      this.#groups.updateColumn(after);
      return after;
    });
  }

  /** With its values. Throws `contact-column-not-found`. */
  deleteColumn(organizationId: string, groupId: string, id: string): Promise<void> {
    return this.#changed(organizationId, groupId, (_group, nowMs) => {
      const { name } = this.#column(groupId, id);
      this.#groups.deleteColumn(id);
      this.#rows.dropProperty(groupId, name, nowMs);
    });
  }

  /** In the order they came. Throws `contact-group-not-found`. */
  rows(organizationId: string, groupId: string, page: PageRequest): Page<ContactRow> {
    return this.#rows.page(this.get(organizationId, groupId).id, page);
  }

  /** Throws `contact-group-not-found`, or `invalid-argument` when the group is full. */
  addRow(organizationId: string, groupId: string, properties: JsonObject): Promise<ContactRow> {
    return this.#changed(organizationId, groupId, (_group, nowMs) => {
      this.#checkRoom(groupId, 1);
      return this.#insertRow(groupId, namedProperties(properties, this.#groups.columns(groupId)), nowMs);
    });
  }

  /** Values that are null are taken out, others set. Throws `contact-row-not-found`. */
  updateRow(organizationId: string, groupId: string, id: string, properties: JsonObject): Promise<ContactRow> {
    return this.#changed(organizationId, groupId, (_group, nowMs) => {
      const before = this.#row(groupId, id);
      const merged = { ...before.properties, ...namedProperties(properties, this.#groups.columns(groupId)) };
      const left = Object.fromEntries(Object.entries(merged).filter(([, value]) => value !== null));
      const after = { ...before, properties: left, updatedAtMs: nowMs };
      this.#rows.update(after);
      return after;
    });
  }

  /** Throws `contact-row-not-found`. */
  deleteRow(organizationId: string, groupId: string, id: string): Promise<void> {
    return this.#changed(organizationId, groupId, () => this.#rows.delete(this.#row(groupId, id).id));
  }

  /** How many rows a group has. Throws `contact-group-not-found`. */
  countRows(organizationId: string, groupId: string): number {
    return this.#rows.count(this.get(organizationId, groupId).id);
  }

  /** A part of those to call, in the order they came. Throws `contact-group-not-found`. */
  contacts(organizationId: string, groupId: string, page: PageRequest): readonly Contact[] {
    const columns = this.columns(organizationId, groupId);
    return this.#rows.page(groupId, page).items.map((row) => contactOf(row, columns));
  }

  /** What `importFile` would do. Throws `contact-group-not-found`, `table-invalid` or `too-many-uploads`. */
  async previewFile(organizationId: string, groupId: string, path: string): Promise<ImportPlan> {
    this.get(organizationId, groupId);
    const table = await this.#tables.read(path);
    return planInTurns(table, this.columns(organizationId, groupId));
  }

  /** Takes a CSV or XLSX list over, in one piece or not at all. Throws as `previewFile`, or `invalid-argument`. */
  async importFile(organizationId: string, groupId: string, path: string): Promise<ImportPlan> {
    this.get(organizationId, groupId);
    const table = await this.#tables.read(path);
    if (isLong(table.rows)) return this.#importLong(organizationId, groupId, table);
    return this.#changed(organizationId, groupId, (_group, nowMs) => {
      const plan = planImport(table, this.#groups.columns(groupId));
      this.#checkRoom(groupId, plan.rows.length);
      for (const column of plan.newColumns) this.#addColumn(groupId, column, nowMs);
      for (const properties of plan.rows) this.#insertRow(groupId, properties, nowMs);
      return plan;
    });
  }

  /** Long lists that are being taken over, or wait for it. */
  get importCounters(): LongImport['counters'] {
    return this.#longImport.counters;
  }

  /** Takes away what a crash left of lists that were not whole. */
  sweepImports(): Promise<void> {
    return this.#longImport.sweepAll();
  }

  async #importLong(organizationId: string, groupId: string, table: Table): Promise<ImportPlan> {
    const plan = await planInTurns(table, this.columns(organizationId, groupId));
    const { newColumns } = plan;
    const fresh = new Set(newColumns.map(({ name }) => name));
    const counted = Object.values(plan.mapping).filter((name) => !fresh.has(name));
    await this.#longImport.write(groupId, plan.rows, {
      begin: () => {
        this.get(organizationId, groupId);
        this.#checkRoom(groupId, plan.rows.length);
      },
      bite: () => void this.get(organizationId, groupId),
      end: (record, nowMs) => {
        this.get(organizationId, groupId);
        this.#checkRoom(groupId, 0);
        const names = new Set(this.#groups.columns(groupId).map(({ name }) => name));
        if (counted.some((name) => !names.has(name))) throw columnGone();
        for (const column of newColumns) if (!names.has(column.name)) this.#addColumn(groupId, column, nowMs);
        record(organizationId, { kind: 'contact-group-changed', groupId });
      },
    });
    return plan;
  }

  #changed<T>(organizationId: string, groupId: string, work: (group: ContactGroup, nowMs: number) => T): Promise<T> {
    return this.#unitOfWork.run((record, nowMs) => {
      const done = work(this.get(organizationId, groupId), nowMs);
      record(organizationId, { kind: 'contact-group-changed', groupId });
      return done;
    });
  }

  #addColumn(groupId: string, draft: ColumnDraft & { readonly name?: string }, nowMs: number): ContactColumn {
    const columns = this.#groups.columns(groupId);
    if (columns.length >= mostColumns) {
      throw new LandlineError('invalid-argument', `A people group has at most ${mostColumns} columns.`);
    }
    const last = columns.at(-1)?.position ?? -1;
    const column: ContactColumn = {
      id: randomUUID(),
      groupId,
      name: draft.name ?? columnKey(draft.displayName, new Set(columns.map(({ name }) => name))),
      displayName: draft.displayName,
      columnType: draft.columnType,
      position: draft.position ?? last + 1,
      createdAtMs: nowMs,
      updatedAtMs: nowMs,
    };
    this.#groups.insertColumn(column);
    return column;
  }

  #insertRow(groupId: string, properties: JsonObject, nowMs: number): ContactRow {
    const row = { id: randomUUID(), groupId, properties, createdAtMs: nowMs, updatedAtMs: nowMs };
    this.#rows.insert(row);
    return row;
  }

  #checkRoom(groupId: string, more: number): void {
    if (this.#rows.countStored(groupId) + more <= mostRows) return;
    throw new LandlineError('invalid-argument', `A people group has at most ${mostRows} rows: make another one.`);
  }

  #column(groupId: string, id: string): ContactColumn {
    const column = this.#groups.columns(groupId).find((one) => one.id === id);
    if (column) return column;
    throw new LandlineError('contact-column-not-found', 'There is no column with this id.', { id });
  }

  #row(groupId: string, id: string): ContactRow {
    const row = this.#rows.find(id);
    if (row?.groupId === groupId) return row;
    throw new LandlineError('contact-row-not-found', 'There is no row with this id.', { id });
  }
}

function columnGone(): LandlineError {
  const sentence = 'A column of the people group was deleted while the list was taken over: send the list again.';
  return new LandlineError('invalid-argument', sentence);
}
