import { randomUUID } from 'node:crypto';

/** A dialled number (or SIP user part) that belongs to an organization, and who takes it. */
export interface PhoneNumber {
  readonly id: string;
  readonly organizationId: string;
  /** As it is dialled: E.164, an extension, or any SIP user part. Unique in the house. */
  readonly dialled: string;
  readonly friendlyName: string | null;
  readonly countryCode: string | null;
  readonly region: string | null;
  /** An inactive number is answered by nobody, and nobody calls out with it. */
  readonly isActive: boolean;
  /** Who takes it; null leaves it to the default agent, where that is of the same organization. */
  readonly agentId: string | null;
  /** What the settings said last, so that a number mapped by hand is left alone until they change. */
  readonly settingsAgentId: string | null;
  /** Set together with `agentId`. */
  readonly mapping: { readonly id: string; readonly userId: string | null; readonly atMs: number } | null;
  readonly createdAtMs: number;
  readonly updatedAtMs: number;
}

export type NumberDraft = Pick<PhoneNumber, 'organizationId' | 'dialled'> &
  Partial<Pick<PhoneNumber, 'id' | 'friendlyName' | 'countryCode' | 'region' | 'isActive' | 'agentId'>>;

export type NumberChange = Partial<Pick<PhoneNumber, 'friendlyName' | 'countryCode' | 'region' | 'isActive'>>;

/** Digits of a number however it is written; null for anything else. */
export function digitsOf(dialled: string): string | null {
  return /^\+?\d+$/.test(dialled) ? dialled.replace('+', '') : null;
}

export function makeNumber(draft: NumberDraft, nowMs: number): PhoneNumber {
  return {
    friendlyName: null,
    countryCode: null,
    region: null,
    isActive: true,
    ...draft,
    id: draft.id ?? randomUUID(),
    agentId: draft.agentId ?? null,
    settingsAgentId: null,
    mapping: draft.agentId ? { id: randomUUID(), userId: null, atMs: nowMs } : null,
    createdAtMs: nowMs,
    updatedAtMs: nowMs,
  };
}

/** The number with this agent as the one who takes it. */
export function mapNumber(
  number: PhoneNumber,
  agentId: string | null,
  by: { readonly userId: string | null; readonly nowMs: number },
): PhoneNumber {
  const mapping = agentId === null ? null : { id: randomUUID(), userId: by.userId, atMs: by.nowMs };
  return { ...number, agentId, mapping, updatedAtMs: by.nowMs };
}
