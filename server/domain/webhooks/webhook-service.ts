import { randomUUID } from 'node:crypto';
import { LandlineError, messageOf } from '../../contract/errors.ts';
import type { UnitOfWork } from '../../events/unit-of-work.ts';
import type { AgentRepository } from '../agents/agent-repository.ts';
import { type Principal, requireRole } from '../credentials/principal.ts';
import type { EgressClient } from '../egress/egress-client.ts';
import { type JsonObject, mergedExtras } from '../json-column.ts';
import type { Page, PageRequest } from '../paging.ts';
import { isHttpUrl } from '../tools/tool-schema.ts';
import type { AgentWebhookRepository } from './agent-webhook-repository.ts';
import type { WebhookDeliveryRepository } from './delivery-repository.ts';
import type { WebhookEndpointRepository } from './endpoint-repository.ts';
import { attemptDelivery } from './send.ts';
import {
  type AgentWebhook,
  type AgentWebhookChange,
  isSignedBy,
  makeWebhookSecret,
  maxRetryCount,
  type WebhookAttempt,
  type WebhookDelivery,
  type WebhookEndpoint,
  type WebhookEndpointChange,
  type WebhookEndpointDraft,
} from './webhook.ts';

export interface WebhookServiceParts {
  readonly unitOfWork: UnitOfWork;
  readonly agentWebhooks: AgentWebhookRepository;
  readonly endpoints: WebhookEndpointRepository;
  readonly deliveries: WebhookDeliveryRepository;
  readonly agents: AgentRepository;
  readonly egress: EgressClient;
}

/** Who is told of calls: webhooks of agents, endpoints of organizations, the secret of tasks; and what was told. */
export class WebhookService {
  readonly #parts: WebhookServiceParts;

  constructor(parts: WebhookServiceParts) {
    this.#parts = parts;
  }

  /** Everything is off on an agent that has none yet; its secret is made now and kept. Throws `agent-not-found`. */
  async ofAgent(principal: Principal, agentId: string): Promise<AgentWebhook> {
    this.#requireAgent(principal.organizationId, agentId);
    return this.#parts.agentWebhooks.find(agentId) ?? (await this.changeOfAgent(principal, agentId, {}));
  }

  /** As `ofAgent`, but nothing is written: an agent that has none yet has no secret either. Throws `agent-not-found`. */
  peekOfAgent({ organizationId }: Principal, agentId: string): AgentWebhook {
    this.#requireAgent(organizationId, agentId);
    const fresh = newAgentWebhook(agentId, organizationId, this.#parts.unitOfWork.nowMs());
    return this.#parts.agentWebhooks.find(agentId) ?? { ...fresh, incoming: { ...fresh.incoming, secret: '' } };
  }

  /** Throws `agent-not-found`, or `webhook-invalid` with every problem. */
  changeOfAgent(principal: Principal, agentId: string, change: AgentWebhookChange): Promise<AgentWebhook> {
    const { organizationId } = principal;
    return this.#parts.unitOfWork.run((_record, nowMs) => {
      this.#requireAgent(organizationId, agentId);
      const before = this.#parts.agentWebhooks.find(agentId) ?? newAgentWebhook(agentId, organizationId, nowMs);
      const webhook: AgentWebhook = {
        ...before,
        triggerOnWebCall: change.triggerOnWebCall ?? before.triggerOnWebCall,
        triggerOnPhoneCall: change.triggerOnPhoneCall ?? before.triggerOnPhoneCall,
        incoming: { ...before.incoming, ...change.incoming },
        outgoing: { ...before.outgoing, ...change.outgoing },
        extras: mergedExtras(before.extras, change.extras),
        updatedAtMs: nowMs,
      };
      refuse(agentWebhookProblems(webhook));
      this.#parts.agentWebhooks.put(webhook);
      return webhook;
    });
  }

  /** A new secret; the old one is worth nothing at once. Throws `agent-not-found`. */
  rotateSecret(principal: Principal, agentId: string): Promise<AgentWebhook> {
    return this.changeOfAgent(principal, agentId, { incoming: { secret: makeWebhookSecret() } });
  }

  /**
   * The agent's webhook for a request that came in, whoever sent it. Throws `agent-not-found` when the agent doesn't
   * exist or takes none, `webhook-signature-invalid` unless `signature` is that of these raw bytes.
   */
  incoming(agentId: string, raw: Buffer, signature: string | undefined): AgentWebhook {
    const webhook = this.#parts.agentWebhooks.find(agentId);
    if (!webhook?.incoming.enabled || !this.#parts.agents.find(agentId)) throw agentNotFound(agentId);
    if (isSignedBy(webhook.incoming.secret, raw, signature)) return webhook;
    throw new LandlineError(
      'webhook-signature-invalid',
      'X-Webhook-Signature is not sha256= and the HMAC-SHA256 of the body with the secret of this webhook.',
      {},
    );
  }

  /** Sends `payload` now, once, and logs nothing. Throws `agent-not-found` or `webhook-not-configured` (no URL). */
  async testOutgoing(principal: Principal, agentId: string, payload: JsonObject): Promise<WebhookAttempt> {
    const { outgoing, incoming } = await this.ofAgent(principal, agentId);
    if (outgoing.url === null) {
      throw new LandlineError('webhook-not-configured', 'The outgoing webhook of this agent has no URL.', { agentId });
    }
    return attemptDelivery(
      this.#parts.egress,
      { id: randomUUID(), event: 'test', method: outgoing.method, url: outgoing.url, body: JSON.stringify(payload) },
      { secret: incoming.secret, headers: outgoing.headers, bearer: outgoing.auth?.token ?? null },
      this.#parts.unitOfWork.nowMs(),
    );
  }

  /** Throws `webhook-invalid`. */
  createEndpoint(principal: Principal, draft: WebhookEndpointDraft): Promise<WebhookEndpoint> {
    const { organizationId, userId } = principal;
    return this.#parts.unitOfWork.run((_record, nowMs) => {
      const fixed = { id: randomUUID(), organizationId, userId, createdAtMs: nowMs, updatedAtMs: nowMs };
      const endpoint: WebhookEndpoint = { secret: null, isActive: true, extras: {}, ...draft, ...fixed };
      refuse(endpointProblems(endpoint));
      this.#parts.endpoints.insert(endpoint);
      return endpoint;
    });
  }

  /** Throws `webhook-not-found` or `webhook-invalid`. */
  updateEndpoint(principal: Principal, id: string, change: WebhookEndpointChange): Promise<WebhookEndpoint> {
    return this.#parts.unitOfWork.run((_record, nowMs) => {
      const before = this.endpoint(principal, id);
      const extras = mergedExtras(before.extras, change.extras);
      const endpoint: WebhookEndpoint = { ...before, ...change, extras, updatedAtMs: nowMs };
      refuse(endpointProblems(endpoint));
      this.#parts.endpoints.update(endpoint);
      return endpoint;
    });
  }

  /** Throws `webhook-not-found`. */
  deleteEndpoint(principal: Principal, id: string): Promise<void> {
    return this.#parts.unitOfWork.run((_record, nowMs) => {
      this.endpoint(principal, id);
      this.#parts.endpoints.delete(id, nowMs);
    });
  }

  /** Throws `webhook-not-found`, also for an endpoint of another organization. */
  endpoint(principal: Principal, id: string): WebhookEndpoint {
    const endpoint = this.#parts.endpoints.find(id);
    if (endpoint?.organizationId === principal.organizationId) return endpoint;
    throw new LandlineError('webhook-not-found', 'There is no webhook with this id.', { id });
  }

  endpoints(principal: Principal, page: PageRequest): Page<WebhookEndpoint> {
    return this.#parts.endpoints.list(principal.organizationId, page);
  }

  /** Sends `payload` now, once, and logs nothing. Throws `webhook-not-found`. */
  async testEndpoint(principal: Principal, id: string, payload: JsonObject): Promise<WebhookAttempt> {
    const { url, secret } = this.endpoint(principal, id);
    const order = { id: randomUUID(), event: 'test', method: 'POST', url, body: JSON.stringify(payload) } as const;
    return attemptDelivery(
      this.#parts.egress,
      order,
      { secret, headers: {}, bearer: null },
      this.#parts.unitOfWork.nowMs(),
    );
  }

  /** What was sent to an endpoint, newest first. Throws `webhook-not-found`. */
  endpointLog(principal: Principal, id: string, page: PageRequest): Page<WebhookDelivery> {
    this.endpoint(principal, id);
    return this.#parts.deliveries.ofOwner({ kind: 'endpoint', id }, page);
  }

  /** Everything that was sent or waits to be, newest first. */
  deliveries(
    { organizationId }: Principal,
    filter: { readonly state?: WebhookDelivery['state'] | undefined },
    page: PageRequest,
  ): Page<WebhookDelivery> {
    return this.#parts.deliveries.ofOrganization({ ...filter, organizationId }, page);
  }

  /** Signs what goes to the webhooks of tasks; null signs nothing. Throws `forbidden` unless an administrator asks. */
  async setOrganizationSecret(principal: Principal, secret: string | null): Promise<void> {
    requireRole(principal, 'org_admin');
    const { organizationId } = principal;
    return this.#parts.unitOfWork.run((_record, nowMs) => {
      this.#parts.endpoints.putOrganizationSecret(organizationId, secret, nowMs);
    });
  }

  /** What signs the webhooks of tasks; null when nothing does. */
  organizationSecret({ organizationId }: Principal): string | null {
    return this.#parts.endpoints.organizationSecret(organizationId);
  }

  #requireAgent(organizationId: string, agentId: string): void {
    if (this.#parts.agents.find(agentId)?.organizationId !== organizationId) throw agentNotFound(agentId);
  }
}

function agentNotFound(id: string): LandlineError {
  return new LandlineError('agent-not-found', 'There is no agent with this id.', { id });
}

function newAgentWebhook(agentId: string, organizationId: string, nowMs: number): AgentWebhook {
  return {
    agentId,
    organizationId,
    triggerOnWebCall: true,
    triggerOnPhoneCall: true,
    incoming: { enabled: false, secret: makeWebhookSecret(), attachedVariables: [] },
    outgoing: { enabled: false, url: null, method: 'POST', headers: {}, auth: null, retryCount: 0 },
    extras: {},
    createdAtMs: nowMs,
    updatedAtMs: nowMs,
  };
}

interface Problem {
  readonly field: string;
  readonly message: string;
}

function agentWebhookProblems({ incoming, outgoing }: AgentWebhook): Problem[] {
  const problems: Problem[] = [];
  if (incoming.secret.length < 16) {
    problems.push({ field: 'incoming.secret', message: 'must have at least 16 characters' });
  }
  if (outgoing.url !== null && !isHttpUrl(outgoing.url)) {
    problems.push({ field: 'outgoing.url', message: 'must be an http or https URL' });
  }
  if (outgoing.enabled && outgoing.url === null) {
    problems.push({ field: 'outgoing.url', message: 'is needed to enable the outgoing webhook' });
  }
  if (!Number.isInteger(outgoing.retryCount) || outgoing.retryCount < 0 || outgoing.retryCount > maxRetryCount) {
    problems.push({ field: 'outgoing.retry_count', message: `must be a whole number from 0 to ${maxRetryCount}` });
  }
  return [...problems, ...headerProblems('outgoing.headers', outgoing.headers)];
}

function endpointProblems({ url, events, secret }: WebhookEndpoint): Problem[] {
  const problems: Problem[] = [];
  if (!isHttpUrl(url)) problems.push({ field: 'url', message: 'must be an http or https URL' });
  if (events.length === 0) problems.push({ field: 'events', message: 'must name at least one event' });
  if (secret === '') problems.push({ field: 'secret', message: 'must not be empty' });
  return problems;
}

/** RFC 9110, 5.1 and 5.5: what can be sent as a header at all. */
function headerProblems(field: string, headers: Readonly<Record<string, string>>): Problem[] {
  return Object.entries(headers).flatMap(([name, value]) => {
    try {
      return new Headers([[name, value]]).has(name) ? [] : [{ field, message: 'is no valid header' }];
    } catch (thrown) {
      return [{ field: `${field}.${name}`, message: `is no valid header: ${messageOf(thrown)}` }];
    }
  });
}

function refuse(problems: readonly Problem[]): void {
  if (problems.length === 0) return;
  const sentence = problems.map(({ field, message }) => `${field}: ${message}`).join('; ');
  throw new LandlineError('webhook-invalid', sentence, { problems });
}
