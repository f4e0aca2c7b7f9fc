import { createHash, randomBytes, randomUUID } from 'node:crypto';
import { LandlineError } from '../../contract/errors.ts';
import type { Scope } from './principal.ts';

/** The dialect that a key speaks. A `kupe` key belongs to a person, a `va` key to an organization. */
export const credentialKinds = ['va', 'kupe'] as const;
export type CredentialKind = (typeof credentialKinds)[number];

/** What a program shows to be let in. The secret itself is never stored. */
export interface Credential {
  readonly id: string;
  readonly organizationId: string;
  /** Always there for `kupe`. */
  readonly userId: string | null;
  readonly kind: CredentialKind;
  readonly name: string;
  /** First characters of the key, to recognise it by. */
  readonly prefix: string;
  /** None: everything that its owner may. */
  readonly scopes: readonly Scope[];
  /** As Kupe's clients name whom a key is for. */
  readonly providerName: string | null;
  readonly lastUsedAtMs: number | null;
  readonly expiresAtMs: number | null;
  readonly revokedAtMs: number | null;
  readonly createdAtMs: number;
}

export interface CredentialDraft {
  readonly organizationId: string;
  readonly name: string;
  /** `va` unless told. */
  readonly kind?: CredentialKind;
  readonly userId?: string | null;
  readonly scopes?: readonly Scope[];
  readonly providerName?: string | null;
  readonly expiresAtMs?: number | null;
  /** A key that exists already, from a client that moves in; a new one is made otherwise. */
  readonly key?: string;
}

const base62 = '0123456789ABCDEFGHIJKLMNOPQRSTUVWXYZabcdefghijklmnopqrstuvwxyz';
const kupeKeyLength = 32;
/** Shown in lists; never more than a quarter of the key. */
const longestPrefix = 10;
export const keyLimits = { least: 24, most: 256 } as const;

/** A fresh key: `va_` and 32 random bytes as 43 base64url characters, or 32 base62 characters (190 bits). */
export function makeKey(kind: CredentialKind): string {
  return kind === 'va' ? `va_${randomBytes(32).toString('base64url')}` : base62Text(kupeKeyLength);
}

/** Uniform: bytes that would favour some characters are thrown away. */
export function base62Text(length: number): string {
  let text = '';
  while (text.length < length) {
    for (const byte of randomBytes(length)) {
      if (byte < 248 && text.length < length) text += base62[byte % 62];
    }
  }
  return text;
}

/** SHA-256 is enough here: a key that is made here has at least 190 random bits, so there is nothing to guess. */
export function hashKey(key: string): string {
  return createHash('sha256').update(key).digest('hex');
}

/** Whether this can be a key at all: spares hashing what strangers send. */
export function hasKeyShape(text: string): boolean {
  return text.length >= keyLimits.least && text.length <= keyLimits.most;
}

/** Throws `key-unfit` for a brought key that could not be told from another kind's, or guessed. */
export function requireFitKey(key: string, kind: CredentialKind): void {
  const { least, most } = keyLimits;
  const refuse = (sentence: string) => {
    throw new LandlineError('key-unfit', sentence, { least, most });
  };
  if (!/^[\x21-\x7e]+$/.test(key) || !hasKeyShape(key)) {
    refuse(`A key has ${least} to ${most} visible ASCII characters without spaces.`);
  }
  if (new Set(key).size < 8) refuse('A key has at least 8 different characters.');
  if (key.startsWith('va_') !== (kind === 'va')) refuse('Keys of the va_ API, and no others, begin with "va_".');
}

export function makeCredential(key: string, draft: CredentialDraft, nowMs: number): Credential {
  return {
    id: randomUUID(),
    organizationId: draft.organizationId,
    userId: draft.userId ?? null,
    kind: draft.kind ?? 'va',
    name: draft.name,
    prefix: key.slice(0, Math.min(longestPrefix, Math.floor(key.length / 4))),
    scopes: draft.scopes ?? [],
    providerName: draft.providerName ?? null,
    lastUsedAtMs: null,
    expiresAtMs: draft.expiresAtMs ?? null,
    revokedAtMs: null,
    createdAtMs: nowMs,
  };
}

export function isUsable(credential: Credential, nowMs: number): boolean {
  if (credential.revokedAtMs !== null) return false;
  return credential.expiresAtMs === null || credential.expiresAtMs > nowMs;
}
