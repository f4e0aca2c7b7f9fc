import { randomUUID } from 'node:crypto';
import type { UnitOfWork } from '../../events/unit-of-work.ts';
import type { Organization } from './organization.ts';
import type { OrganizationRepository } from './organization-repository.ts';

export class OrganizationService {
  readonly #unitOfWork: UnitOfWork;
  readonly #organizations: OrganizationRepository;

  constructor(unitOfWork: UnitOfWork, organizations: OrganizationRepository) {
    this.#unitOfWork = unitOfWork;
    this.#organizations = organizations;
  }

  create(name: string): Promise<Organization> {
    return this.#unitOfWork.run((record, nowMs) => {
      const organization = { id: randomUUID(), name, createdAtMs: nowMs, updatedAtMs: nowMs };
      this.#organizations.insert(organization);
      record(organization.id, { kind: 'organization-created', organizationId: organization.id });
      return organization;
    });
  }

  find(id: string): Organization | undefined {
    return this.#organizations.find(id);
  }

  /** The organization that the first start made; undefined before it. */
  first(): Organization | undefined {
    return this.#organizations.first();
  }
}
