import type { Database } from '../../db/database.ts';
import { KeptRows } from '../../db/kept-rows.ts';
import type { Extras, JsonObject } from '../json-column.ts';
import type { Page, PageRequest } from '../paging.ts';
import type { Sealing } from '../sealing.ts';
import type { Tool, ToolMethod } from './tool.ts';

interface ToolRow {
  readonly id: string;
  readonly organization_id: string;
  readonly user_id: string | null;
  readonly name: string;
  readonly description: string | null;
  readonly url: string;
  readonly http_method: ToolMethod;
  readonly tool_schema: string;
  readonly headers_sealed: string;
  readonly payload_schema: string;
  readonly output_schema: string;
  readonly provider_name: string | null;
  readonly timeout_ms: number;
  readonly is_active: number;
  readonly extras: string;
  readonly created_at_ms: number;
  readonly updated_at_ms: number;
}

const columns = [
  'id',
  'organization_id',
  'user_id',
  'name',
  'description',
  'url',
  'http_method',
  'tool_schema',
  'headers_sealed',
  'payload_schema',
  'output_schema',
  'provider_name',
  'timeout_ms',
  'is_active',
  'extras',
  'created_at_ms',
  'updated_at_ms',
] as const satisfies readonly (keyof ToolRow)[];

/** Deleted tools keep their row, since results of calls name it, but are found no more. */
export class ToolRepository {
  readonly #sealing: Sealing;
  readonly #rows: KeptRows<ToolRow>;

  constructor(db: Database, sealing: Sealing) {
    this.#sealing = sealing;
    this.#rows = new KeptRows(db, 'tools', columns);
  }

  insert(tool: Tool): void {
    this.#rows.insert(this.#toRow(tool));
  }

  update(tool: Tool): void {
    this.#rows.update(this.#toRow(tool));
  }

  delete(id: string, atMs: number): void {
    this.#rows.delete(id, atMs);
  }

  find(id: string): Tool | undefined {
    const row = this.#rows.find(id);
    return row && this.#toTool(row);
  }

  list(organizationId: string, page: PageRequest): Page<Tool> {
    const found = this.#rows.list(organizationId, page);
    return { items: found.items.map((row) => this.#toTool(row)), total: found.total };
  }

  #toTool(row: ToolRow): Tool {
    return {
      id: row.id,
      organizationId: row.organization_id,
      userId: row.user_id,
      name: row.name,
      description: row.description,
      url: row.url,
      httpMethod: row.http_method,
      toolSchema: JSON.parse(row.tool_schema) as JsonObject,
      headersSchema: JSON.parse(this.#sealing.open(row.headers_sealed)) as JsonObject,
      payloadSchema: JSON.parse(row.payload_schema) as JsonObject,
      outputSchema: JSON.parse(row.output_schema) as JsonObject,
      providerName: row.provider_name,
      timeoutMs: row.timeout_ms,
      isActive: row.is_active === 1,
      extras: JSON.parse(row.extras) as Extras,
      createdAtMs: row.created_at_ms,
      updatedAtMs: row.updated_at_ms,
    };
  }

  #toRow(tool: Tool): ToolRow {
    return {
      id: tool.id,
      organization_id: tool.organizationId,
      user_id: tool.userId,
      name: tool.name,
      description: tool.description,
      url: tool.url,
      http_method: tool.httpMethod,
      tool_schema: JSON.stringify(tool.toolSchema),
      headers_sealed: this.#sealing.seal(JSON.stringify(tool.headersSchema)),
      payload_schema: JSON.stringify(tool.payloadSchema),
      output_schema: JSON.stringify(tool.outputSchema),
      provider_name: tool.providerName,
      timeout_ms: tool.timeoutMs,
      is_active: Number(tool.isActive),
      extras: JSON.stringify(tool.extras),
      created_at_ms: tool.createdAtMs,
      updated_at_ms: tool.updatedAtMs,
    };
  }
}
