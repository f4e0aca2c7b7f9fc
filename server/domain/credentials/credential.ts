import { createHash, randomBytes, randomUUID } from 'node:crypto';

/** What a program shows to be let in. The secret itself is never stored. */
export interface Credential {
  readonly id: string;
  readonly organizationId: string;
  /** The dialect it speaks. */
  readonly kind: 'va';
  readonly name: string;
  /** First characters of the key, to recognise it by. */
  readonly prefix: string;
  readonly lastUsedAtMs: number | null;
  readonly expiresAtMs: number | null;
  readonly revokedAtMs: number | null;
  readonly createdAtMs: number;
}

const keyShape = /^va_[A-Za-z0-9_-]{43}$/;

/** A fresh key: `va_` and 32 random bytes as 43 base64url characters. */
export function makeVaKey(): string {
  return `va_${randomBytes(32).toString('base64url')}`;
}

export function hasVaKeyShape(text: string): boolean {
  return keyShape.test(text);
}

/** SHA-256 is enough here: the key has 256 random bits, so there is nothing to guess. */
export function hashKey(key: string): string {
  return createHash('sha256').update(key).digest('hex');
}

/** The record of a key. */
export function makeVaCredential(
  key: string,
  draft: {
    readonly organizationId: string;
    readonly name: string;
    readonly expiresAtMs?: number | undefined;
    readonly nowMs: number;
  },
): Credential {
  return {
    id: randomUUID(),
    organizationId: draft.organizationId,
    kind: 'va',
    name: draft.name,
    prefix: key.slice(0, 10),
    lastUsedAtMs: null,
    expiresAtMs: draft.expiresAtMs ?? null,
    revokedAtMs: null,
    createdAtMs: draft.nowMs,
  };
}

export function isUsable(credential: Credential, nowMs: number): boolean {
  if (credential.revokedAtMs !== null) return false;
  return credential.expiresAtMs === null || credential.expiresAtMs > nowMs;
}
