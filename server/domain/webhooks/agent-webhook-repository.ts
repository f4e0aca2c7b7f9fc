import type { Database, Statement } from '../../db/database.ts';
import { insertSql } from '../../db/row-sql.ts';
import type { Extras } from '../json-column.ts';
import type { Sealing } from '../sealing.ts';
import type { AgentWebhook, AttachedVariable, WebhookMethod } from './webhook.ts';

interface AgentWebhookRow {
  readonly agent_id: string;
  readonly organization_id: string;
  readonly trigger_on_web_call: number;
  readonly trigger_on_phone_call: number;
  readonly incoming_enabled: number;
  readonly secret_sealed: string;
  readonly attached_variables: string;
  readonly outgoing_enabled: number;
  readonly outgoing_url: string | null;
  readonly outgoing_method: WebhookMethod;
  readonly outgoing_headers_sealed: string;
  readonly outgoing_auth_sealed: string | null;
  readonly retry_count: number;
  readonly extras: string;
  readonly created_at_ms: number;
  readonly updated_at_ms: number;
}

const columns = [
  'agent_id',
  'organization_id',
  'trigger_on_web_call',
  'trigger_on_phone_call',
  'incoming_enabled',
  'secret_sealed',
  'attached_variables',
  'outgoing_enabled',
  'outgoing_url',
  'outgoing_method',
  'outgoing_headers_sealed',
  'outgoing_auth_sealed',
  'retry_count',
  'extras',
  'created_at_ms',
  'updated_at_ms',
] as const satisfies readonly (keyof AgentWebhookRow)[];

export class AgentWebhookRepository {
  readonly #sealing: Sealing;
  readonly #replace: Statement<never>;
  readonly #byAgent: Statement<AgentWebhookRow>;

  constructor(db: Database, sealing: Sealing) {
    this.#sealing = sealing;
    this.#replace = db.prepare(insertSql('agent_webhooks', columns, 'INSERT OR REPLACE'));
    this.#byAgent = db.prepare('SELECT * FROM agent_webhooks WHERE agent_id = ?');
  }

  put(webhook: AgentWebhook): void {
    this.#replace.run(this.#toRow(webhook));
  }

  find(agentId: string): AgentWebhook | undefined {
    const row = this.#byAgent.get(agentId);
    return row && this.#toWebhook(row);
  }

  #toWebhook(row: AgentWebhookRow): AgentWebhook {
    const auth = row.outgoing_auth_sealed;
    return {
      agentId: row.agent_id,
      organizationId: row.organization_id,
      triggerOnWebCall: row.trigger_on_web_call === 1,
      triggerOnPhoneCall: row.trigger_on_phone_call === 1,
      incoming: {
        enabled: row.incoming_enabled === 1,
        secret: this.#sealing.open(row.secret_sealed),
        attachedVariables: JSON.parse(row.attached_variables) as AttachedVariable[],
      },
      outgoing: {
        enabled: row.outgoing_enabled === 1,
        url: row.outgoing_url,
        method: row.outgoing_method,
        headers: JSON.parse(this.#sealing.open(row.outgoing_headers_sealed)) as Record<string, string>,
        auth: auth === null ? null : { type: 'bearer', token: this.#sealing.open(auth) },
        retryCount: row.retry_count,
      },
      extras: JSON.parse(row.extras) as Extras,
      createdAtMs: row.created_at_ms,
      updatedAtMs: row.updated_at_ms,
    };
  }

  #toRow({ incoming, outgoing, ...webhook }: AgentWebhook): AgentWebhookRow {
    return {
      agent_id: webhook.agentId,
      organization_id: webhook.organizationId,
      trigger_on_web_call: Number(webhook.triggerOnWebCall),
      trigger_on_phone_call: Number(webhook.triggerOnPhoneCall),
      incoming_enabled: Number(incoming.enabled),
      secret_sealed: this.#sealing.seal(incoming.secret),
      attached_variables: JSON.stringify(incoming.attachedVariables),
      outgoing_enabled: Number(outgoing.enabled),
      outgoing_url: outgoing.url,
      outgoing_method: outgoing.method,
      outgoing_headers_sealed: this.#sealing.seal(JSON.stringify(outgoing.headers)),
      outgoing_auth_sealed: outgoing.auth && this.#sealing.seal(outgoing.auth.token),
      retry_count: outgoing.retryCount,
      extras: JSON.stringify(webhook.extras),
      created_at_ms: webhook.createdAtMs,
      updated_at_ms: webhook.updatedAtMs,
    };
  }
}
