import type { Database, Statement } from '../../db/database.ts';
import { KeptRows } from '../../db/kept-rows.ts';
import type { Extras } from '../json-column.ts';
import type { Page, PageRequest } from '../paging.ts';
import type { Sealing } from '../sealing.ts';
import type { EndpointEvent, WebhookEndpoint } from './webhook.ts';

interface EndpointRow {
  readonly id: string;
  readonly organization_id: string;
  readonly user_id: string | null;
  readonly url: string;
  readonly events: string;
  readonly secret_sealed: string | null;
  readonly is_active: number;
  readonly extras: string;
  readonly created_at_ms: number;
  readonly updated_at_ms: number;
}

const columns = [
  'id',
  'organization_id',
  'user_id',
  'url',
  'events',
  'secret_sealed',
  'is_active',
  'extras',
  'created_at_ms',
  'updated_at_ms',
] as const satisfies readonly (keyof EndpointRow)[];

/** Webhook endpoints of organizations, and the secret that signs what goes to the receivers of tasks. */
export class WebhookEndpointRepository {
  readonly #sealing: Sealing;
  readonly #rows: KeptRows<EndpointRow>;
  readonly #active: Statement<EndpointRow>;
  readonly #putSecret: Statement<never>;
  readonly #secret: Statement<{ readonly secret_sealed: string }>;
  readonly #dropSecret: Statement<never>;

  constructor(db: Database, sealing: Sealing) {
    this.#sealing = sealing;
    this.#rows = new KeptRows(db, 'webhook_endpoints', columns);
    this.#active = db.prepare(
      'SELECT * FROM webhook_endpoints WHERE organization_id = ? AND is_active = 1 AND deleted_at_ms IS NULL',
    );
    this.#putSecret = db.prepare('INSERT OR REPLACE INTO organization_webhook_secrets VALUES (?, ?, ?)');
    this.#secret = db.prepare('SELECT secret_sealed FROM organization_webhook_secrets WHERE organization_id = ?');
    this.#dropSecret = db.prepare('DELETE FROM organization_webhook_secrets WHERE organization_id = ?');
  }

  insert(endpoint: WebhookEndpoint): void {
    this.#rows.insert(this.#toRow(endpoint));
  }

  update(endpoint: WebhookEndpoint): void {
    this.#rows.update(this.#toRow(endpoint));
  }

  delete(id: string, atMs: number): void {
    this.#rows.delete(id, atMs);
  }

  find(id: string): WebhookEndpoint | undefined {
    const row = this.#rows.find(id);
    return row && this.#toEndpoint(row);
  }

  /** The active ones that want this event. */
  listening(organizationId: string, event: EndpointEvent): readonly WebhookEndpoint[] {
    const active = this.#active.all(organizationId).map((row) => this.#toEndpoint(row));
    return active.filter(({ events }) => events.includes(event));
  }

  list(organizationId: string, page: PageRequest): Page<WebhookEndpoint> {
    const found = this.#rows.list(organizationId, page);
    return { items: found.items.map((row) => this.#toEndpoint(row)), total: found.total };
  }

  /** Null takes the secret away. */
  putOrganizationSecret(organizationId: string, secret: string | null, atMs: number): void {
    if (secret === null) this.#dropSecret.run(organizationId);
    else this.#putSecret.run(organizationId, this.#sealing.seal(secret), atMs);
  }

  organizationSecret(organizationId: string): string | null {
    const row = this.#secret.get(organizationId);
    return row ? this.#sealing.open(row.secret_sealed) : null;
  }

  #toEndpoint(row: EndpointRow): WebhookEndpoint {
    return {
      id: row.id,
      organizationId: row.organization_id,
      userId: row.user_id,
      url: row.url,
      events: JSON.parse(row.events) as EndpointEvent[],
      secret: row.secret_sealed === null ? null : this.#sealing.open(row.secret_sealed),
      isActive: row.is_active === 1,
      extras: JSON.parse(row.extras) as Extras,
      createdAtMs: row.created_at_ms,
      updatedAtMs: row.updated_at_ms,
    };
  }

  #toRow(endpoint: WebhookEndpoint): EndpointRow {
    return {
      id: endpoint.id,
      organization_id: endpoint.organizationId,
      user_id: endpoint.userId,
      url: endpoint.url,
      events: JSON.stringify(endpoint.events),
      secret_sealed: endpoint.secret === null ? null : this.#sealing.seal(endpoint.secret),
      is_active: Number(endpoint.isActive),
      extras: JSON.stringify(endpoint.extras),
      created_at_ms: endpoint.createdAtMs,
      updated_at_ms: endpoint.updatedAtMs,
    };
  }
}
