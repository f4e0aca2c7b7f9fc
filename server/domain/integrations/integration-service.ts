import { randomUUID } from 'node:crypto';
import { LandlineError, messageOf } from '../../contract/errors.ts';
import type { UnitOfWork } from '../../events/unit-of-work.ts';
import type { Principal } from '../credentials/principal.ts';
import type { EgressClient } from '../egress/egress-client.ts';
import { mergedExtras } from '../json-column.ts';
import type { Page, PageRequest } from '../paging.ts';
import {
  type Integration,
  type IntegrationChange,
  type IntegrationDraft,
  splitSecrets,
  unmasked,
  urlOf,
} from './integration.ts';
import { type IntegrationRepository, type StoredIntegration, shown } from './integration-repository.ts';

export interface IntegrationServiceParts {
  readonly unitOfWork: UnitOfWork;
  readonly integrations: IntegrationRepository;
  readonly egress: Pick<EgressClient, 'send'>;
}

/** How a look at the other service went. */
export interface IntegrationCheck {
  readonly success: boolean;
  readonly message: string;
  readonly latencyMs: number;
}

const checkTimeoutMs = 5_000;
const checkMaxBytes = 64 * 1024;

/** The other services of organizations. Their secrets are sealed at rest and never leave but masked. */
export class IntegrationService {
  readonly #parts: IntegrationServiceParts;

  constructor(parts: IntegrationServiceParts) {
    this.#parts = parts;
  }

  /** Stores what `draft.config` holds of secrets sealed; every answer has them masked. */
  create({ organizationId }: Principal, draft: IntegrationDraft): Promise<Integration> {
    return this.#parts.unitOfWork.run((_record, nowMs) => {
      const { open, secrets } = splitSecrets(draft.config);
      const stored: StoredIntegration = {
        ...draft,
        id: randomUUID(),
        organizationId,
        config: open,
        secrets,
        status: 'unchecked',
        lastCheckedAtMs: null,
        createdAtMs: nowMs,
        updatedAtMs: nowMs,
      };
      this.#parts.integrations.put(stored);
      return shown(stored);
    });
  }

  /** A secret that comes back as it was shown stays what it is. Throws `integration-not-found`. */
  update(principal: Principal, id: string, change: IntegrationChange): Promise<Integration> {
    return this.#parts.unitOfWork.run((_record, nowMs) => {
      const before = this.#require(principal, id);
      const split = change.config && splitSecrets(change.config);
      const after: StoredIntegration = {
        ...before,
        ...change,
        config: split?.open ?? before.config,
        secrets: split ? unmasked(split.secrets, before.secrets) : before.secrets,
        status: split ? 'unchecked' : before.status,
        extras: mergedExtras(before.extras, change.extras),
        updatedAtMs: nowMs,
      };
      this.#parts.integrations.put(after);
      return shown(after);
    });
  }

  /** Throws `integration-not-found`. */
  delete(principal: Principal, id: string): Promise<void> {
    return this.#parts.unitOfWork.run(() => {
      this.#require(principal, id);
      this.#parts.integrations.delete(id);
    });
  }

  /** Throws `integration-not-found`, also for one of another organization. */
  get(principal: Principal, id: string): Integration {
    return shown(this.#require(principal, id));
  }

  list({ organizationId }: Principal, page: PageRequest): Page<Integration> {
    return this.#parts.integrations.list(organizationId, page);
  }

  /**
   * Asks the service's URL, within the rules for outgoing requests and without showing it any secret, and keeps whether
   * it answered. Throws `integration-not-found`.
   */
  async check(principal: Principal, id: string): Promise<IntegrationCheck> {
    const check = await this.#ask(this.#require(principal, id));
    await this.#parts.unitOfWork.run((_record, nowMs) => {
      const now = this.#require(principal, id);
      const status = check.success ? 'connected' : 'failed';
      this.#parts.integrations.put({ ...now, status, lastCheckedAtMs: nowMs });
    });
    return check;
  }

  async #ask({ config }: StoredIntegration): Promise<IntegrationCheck> {
    const url = urlOf(config);
    if (url === undefined) {
      return { success: false, message: 'The config names no url to reach the service by.', latencyMs: 0 };
    }
    const startedMs = performance.now();
    const latency = () => Math.round(performance.now() - startedMs);
    try {
      const request = { method: 'GET', url, headers: {}, timeoutMs: checkTimeoutMs, maxBytes: checkMaxBytes } as const;
      const { status } = await this.#parts.egress.send({ ...request, maxRedirects: 0 });
      const success = status < 500;
      return { success, message: `The service answered ${status}.`, latencyMs: latency() };
    } catch (thrown) {
      return { success: false, message: messageOf(thrown), latencyMs: latency() };
    }
  }

  #require({ organizationId }: Principal, id: string): StoredIntegration {
    const integration = this.#parts.integrations.find(id);
    if (integration?.organizationId === organizationId) return integration;
    throw new LandlineError('integration-not-found', 'There is no integration with this id.', { id });
  }
}
