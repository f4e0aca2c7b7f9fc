import type { Database, Statement } from '../../db/database.ts';
import { FilteredList } from '../../db/filtered-list.ts';
import { insertSql, updateSql } from '../../db/row-sql.ts';
import type { Extras } from '../json-column.ts';
import type { Page, PageRequest } from '../paging.ts';
import type { Sealing } from '../sealing.ts';
import type { McpServer, McpTool, McpTransport } from './mcp-server.ts';

interface McpServerRow {
  readonly id: string;
  readonly organization_id: string;
  readonly user_id: string | null;
  readonly name: string;
  readonly server_url: string;
  readonly transport: McpTransport;
  readonly headers_sealed: string;
  readonly timeout_ms: number;
  readonly tools: string;
  readonly allowed_tools: string;
  readonly is_active: number;
  readonly last_error: string | null;
  readonly extras: string;
  readonly created_at_ms: number;
  readonly updated_at_ms: number;
}

const columns = [
  'id',
  'organization_id',
  'user_id',
  'name',
  'server_url',
  'transport',
  'headers_sealed',
  'timeout_ms',
  'tools',
  'allowed_tools',
  'is_active',
  'last_error',
  'extras',
  'created_at_ms',
  'updated_at_ms',
] as const satisfies readonly (keyof McpServerRow)[];

/** Deleted servers keep their row but are found no more. */
export class McpServerRepository {
  readonly #sealing: Sealing;
  readonly #insert: Statement<never>;
  readonly #update: Statement<never>;
  readonly #delete: Statement<never>;
  readonly #byId: Statement<McpServerRow>;
  readonly #list: FilteredList<McpServerRow>;

  constructor(db: Database, sealing: Sealing) {
    this.#sealing = sealing;
    this.#insert = db.prepare(insertSql('mcp_servers', columns));
    this.#update = db.prepare(updateSql('mcp_servers', columns));
    this.#delete = db.prepare('UPDATE mcp_servers SET deleted_at_ms = ? WHERE id = ?');
    this.#byId = db.prepare('SELECT * FROM mcp_servers WHERE id = ? AND deleted_at_ms IS NULL');
    this.#list = new FilteredList(db, 'mcp_servers', 'deleted_at_ms IS NULL');
  }

  insert(server: McpServer): void {
    this.#insert.run(this.#toRow(server));
  }

  update(server: McpServer): void {
    this.#update.run(this.#toRow(server));
  }

  delete(id: string, atMs: number): void {
    this.#delete.run(atMs, id);
  }

  find(id: string): McpServer | undefined {
    const row = this.#byId.get(id);
    return row && this.#toServer(row);
  }

  list(organizationId: string, page: PageRequest): Page<McpServer> {
    const found = this.#list.page({ organization_id: organizationId }, page.limit, page.offset);
    return { items: found.items.map((row) => this.#toServer(row)), total: found.total };
  }

  #toServer(row: McpServerRow): McpServer {
    return {
      id: row.id,
      organizationId: row.organization_id,
      userId: row.user_id,
      name: row.name,
      serverUrl: row.server_url,
      transport: row.transport,
      headers: JSON.parse(this.#sealing.open(row.headers_sealed)) as Record<string, string>,
      timeoutMs: row.timeout_ms,
      tools: JSON.parse(row.tools) as McpTool[],
      allowedTools: JSON.parse(row.allowed_tools) as string[],
      isActive: row.is_active === 1,
      lastError: row.last_error,
      extras: JSON.parse(row.extras) as Extras,
      createdAtMs: row.created_at_ms,
      updatedAtMs: row.updated_at_ms,
    };
  }

  #toRow(server: McpServer): McpServerRow {
    return {
      id: server.id,
      organization_id: server.organizationId,
      user_id: server.userId,
      name: server.name,
      server_url: server.serverUrl,
      transport: server.transport,
      headers_sealed: this.#sealing.seal(JSON.stringify(server.headers)),
      timeout_ms: server.timeoutMs,
      tools: JSON.stringify(server.tools),
      allowed_tools: JSON.stringify(server.allowedTools),
      is_active: Number(server.isActive),
      last_error: server.lastError,
      extras: JSON.stringify(server.extras),
      created_at_ms: server.createdAtMs,
      updated_at_ms: server.updatedAtMs,
    };
  }
}
