import type { Database } from '../../db/database.ts';
import { KeptRows } from '../../db/kept-rows.ts';
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
  readonly #rows: KeptRows<McpServerRow>;

  constructor(db: Database, sealing: Sealing) {
    this.#sealing = sealing;
    this.#rows = new KeptRows(db, 'mcp_servers', columns);
  }

  insert(server: McpServer): void {
    this.#rows.insert(this.#toRow(server));
  }

  update(server: McpServer): void {
    this.#rows.update(this.#toRow(server));
  }

  delete(id: string, atMs: number): void {
    this.#rows.delete(id, atMs);
  }

  find(id: string): McpServer | undefined {
    const row = this.#rows.find(id);
    return row && this.#toServer(row);
  }

  list(organizationId: string, page: PageRequest): Page<McpServer> {
    const found = this.#rows.list(organizationId, page);
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
