import { z } from 'zod';
import type { Bundle, BundleAgent } from '../domain/moving-in/bundle.ts';
import type { DialectName } from './dialect.ts';

/**
 * What services that speak the public APIs print, by the key of a bundle under which it lies: each dialect takes in what is
 * its own, and names each problem by its path.
 */
export type PrintedLists = Readonly<Record<DialectName, z.ZodType<Arrivals>>>;

/** Lists whose shape is right. */
export interface Arrivals {
  /** Voices are named by what this organization may use. */
  bundleFor(organizationId: string): Partial<Bundle>;
}

/** A number or the user part of a SIP address, as it is dialled. */
export const dialledText = z
  .string()
  .trim()
  .regex(/^(\+?\d{2,15}|[\w.!~*'()&=+$,;?/-]{1,64})$/, 'must be a number or the user part of a SIP address');

export const contentFields = { text: z.string().optional(), base64: z.base64('must be base64').optional() };

interface Content {
  readonly text?: string | undefined;
  readonly base64?: string | undefined;
}

export function hasContent({ text, base64 }: Content): boolean {
  return (text === undefined) !== (base64 === undefined);
}

export const contentProblem = { error: 'must have either text or base64', path: ['text'] };

export function contentOf({ text, base64 }: Content): Uint8Array {
  return text === undefined ? Buffer.from(base64 ?? '', 'base64') : Buffer.from(text, 'utf8');
}

/** When something was made or changed elsewhere, as any of the APIs prints it. Read into milliseconds since 1970. */
export const printedTime = z
  .string()
  .transform((text) => Date.parse(text))
  .refine((atMs) => !Number.isNaN(atMs), 'must be an ISO 8601 time, e.g. 2024-04-01T00:00:00Z')
  .nullish();

/** What an item in a list of a dialect has beside its draft. */
export function itemAt(
  place: string,
  {
    id,
    created_at,
    updated_at,
  }: {
    readonly id: string;
    readonly created_at?: number | null | undefined;
    readonly updated_at?: number | null | undefined;
  },
  { dialect, ownerEmail }: { readonly dialect: DialectName; readonly ownerEmail: string | undefined },
): Omit<BundleAgent, 'draft' | 'tools'> {
  const owner = ownerEmail === undefined ? {} : { owner: { email: ownerEmail, place: `${dialect}.owner_email` } };
  return {
    ...owner,
    place,
    id,
    createdAtMs: created_at ?? undefined,
    updatedAtMs: updated_at ?? created_at ?? undefined,
  };
}
