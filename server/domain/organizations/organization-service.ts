import { LandlineError } from '../../contract/errors.ts';
import type { UnitOfWork } from '../../events/unit-of-work.ts';
import { hasRole, type Principal, requireRole } from '../credentials/principal.ts';
import type { Page, PageRequest } from '../paging.ts';
import {
  makeOrganization,
  type Organization,
  type OrganizationChange,
  type OrganizationDraft,
  type OrganizationTerms,
} from './organization.ts';
import type { OrganizationRepository } from './organization-repository.ts';

export class OrganizationService {
  readonly #unitOfWork: UnitOfWork;
  readonly #organizations: OrganizationRepository;

  constructor(unitOfWork: UnitOfWork, organizations: OrganizationRepository) {
    this.#unitOfWork = unitOfWork;
    this.#organizations = organizations;
  }

  /** By its name alone, or with what else is known. */
  create(draft: string | OrganizationDraft): Promise<Organization> {
    return this.#unitOfWork.run((record, nowMs) => {
      const organization = this.insert(typeof draft === 'string' ? { name: draft } : draft, nowMs);
      record(organization.id, { kind: 'organization-created', organizationId: organization.id });
      return organization;
    });
  }

  /** Super administrators only: throws `forbidden`. */
  async add(principal: Principal, draft: OrganizationDraft): Promise<Organization> {
    requireRole(principal, 'super_admin');
    return this.create(draft);
  }

  /** The row alone, for a unit of work that makes more than it. */
  insert(draft: OrganizationDraft, nowMs: number): Organization {
    let organization = makeOrganization(draft, nowMs);
    while (this.#organizations.findByShortId(organization.shortId)) organization = makeOrganization(draft, nowMs);
    this.#organizations.insert(organization);
    return organization;
  }

  find(id: string): Organization | undefined {
    return this.#organizations.find(id);
  }

  /** The organization that the first start made; undefined before it. */
  first(): Organization | undefined {
    return this.#organizations.first();
  }

  /** The caller's own, or any for a super administrator. Throws `organization-not-found`. */
  get(principal: Principal, id: string): Organization {
    const organization = isReachable(principal, id) ? this.#organizations.find(id) : undefined;
    if (organization) return organization;
    throw new LandlineError('organization-not-found', 'There is no organization with this id.', { id });
  }

  /** All for a super administrator, for everybody else their own. */
  list(principal: Principal, page: PageRequest): Page<Organization> {
    const id = hasRole(principal.role, 'super_admin') ? undefined : principal.organizationId;
    return this.#organizations.list({ id }, page);
  }

  /** Settings are merged by their first level. Throws `organization-not-found`, or `forbidden` below org_admin. */
  update(principal: Principal, id: string, change: OrganizationChange): Promise<Organization> {
    return this.#change(principal, id, (before) => ({
      ...before,
      ...change,
      settings: { ...before.settings, ...change.settings },
    }));
  }

  /** What the organization earns and pays; who may say so is the caller's to check. Throws `organization-not-found`. */
  setTerms(principal: Principal, id: string, terms: OrganizationTerms): Promise<Organization> {
    return this.#change(principal, id, (before) => ({ ...before, ...terms }));
  }

  #change(principal: Principal, id: string, change: (before: Organization) => Organization): Promise<Organization> {
    return this.#unitOfWork.run((record, nowMs) => {
      const before = this.get(principal, id);
      requireRole(principal, 'org_admin');
      const after = { ...change(before), updatedAtMs: nowMs };
      this.#organizations.update(after);
      record(id, { kind: 'organization-changed', organizationId: id });
      return after;
    });
  }
}

function isReachable(principal: Principal, id: string): boolean {
  return id === principal.organizationId || hasRole(principal.role, 'super_admin');
}
