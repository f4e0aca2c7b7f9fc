import { randomBytes, randomUUID } from 'node:crypto';
import type { JsonObject } from '../json-column.ts';

export const organizationTypes = ['internal', 'channel_partner', 'distributor'] as const;
export type OrganizationType = (typeof organizationTypes)[number];

/** Whom rows belong to; every list and every id is looked up inside one. */
export interface Organization {
  readonly id: string;
  /** Six hexadecimal digits. */
  readonly shortId: string;
  readonly name: string;
  readonly orgType: OrganizationType;
  /** On top of cost, in parts per million: 10 % is 100,000. */
  readonly markupPpm: number;
  readonly markupCurrency: string;
  /** Of the revenue, in parts per million. */
  readonly commissionPpm: number;
  readonly settings: JsonObject;
  /** Made by somebody who registered in public: it may not dial until an administrator grants it. */
  readonly isRegistered: boolean;
  readonly createdAtMs: number;
  readonly updatedAtMs: number;
}

export type OrganizationDraft = Pick<Organization, 'name'> & Partial<Pick<Organization, 'settings' | 'isRegistered'>>;

export type OrganizationChange = Partial<Pick<Organization, 'name' | 'settings'>>;

/** How money is shared with an organization that sells on. */
export type OrganizationTerms = Partial<
  Pick<Organization, 'orgType' | 'markupPpm' | 'markupCurrency' | 'commissionPpm'>
>;

export function makeOrganization(draft: OrganizationDraft, nowMs: number): Organization {
  return {
    id: randomUUID(),
    shortId: randomBytes(3).toString('hex'),
    orgType: 'internal',
    markupPpm: 0,
    markupCurrency: 'USD',
    commissionPpm: 0,
    settings: {},
    isRegistered: false,
    ...draft,
    createdAtMs: nowMs,
    updatedAtMs: nowMs,
  };
}
