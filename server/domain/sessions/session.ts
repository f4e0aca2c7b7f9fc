import { createHash, randomBytes, randomUUID } from 'node:crypto';
import type { Role } from '../credentials/principal.ts';

/** The audience of a token, or whose cookie it is. */
const tokenAudiences = ['authenticated', 'voicera-api'] as const;
export type TokenAudience = (typeof tokenAudiences)[number];
export type CookieKind = 'va' | 'app';
export type SessionKind = TokenAudience | CookieKind;

/** One sign-in, until it is ended. Tokens name it, so that ending it ends them at once. */
export interface Session {
  readonly id: string;
  readonly userId: string;
  readonly kind: SessionKind;
  readonly remoteAddress: string;
  readonly expiresAtMs: number;
  readonly createdAtMs: number;
}

/** A session that is on, with the person as they are now. */
export interface LiveSession {
  readonly id: string;
  readonly kind: SessionKind;
  readonly expiresAtMs: number;
  readonly userId: string;
  readonly organizationId: string;
  readonly email: string;
  readonly role: Role;
}

export type SessionEnd = 'signed-out' | 'refresh-token-reused' | 'password-changed' | 'too-many';

const dayMs = 24 * 3_600_000;

/** Seconds that an access token is good for. */
export const tokenLifeS: Readonly<Record<TokenAudience, number>> = { authenticated: 3_600, 'voicera-api': 86_400 };
/** The longest of them: so long a retired signing key must be kept. */
export const longestTokenLifeMs = Math.max(...Object.values(tokenLifeS)) * 1_000;
/** A refresh token's life; a session that is kept refreshed goes on. */
export const refreshLifeMs = 30 * dayMs;
export const cookieLifeMs = dayMs / 2;
/** Sessions of one person and kind; one more ends the oldest. */
export const sessionLimit = 100;

/** Kupe's clients get a new refresh token with each use; VoiceERA's contract has no place to hand one out. */
export function rotatesRefreshTokens(audience: TokenAudience): boolean {
  return audience === 'authenticated';
}

export function makeSession(
  draft: Pick<Session, 'userId' | 'kind' | 'remoteAddress'>,
  lifeMs: number,
  nowMs: number,
): Session {
  return { ...draft, id: randomUUID(), expiresAtMs: nowMs + lifeMs, createdAtMs: nowMs };
}

/** 256 random bits as 43 base64url characters. */
export function makeToken(): string {
  return randomBytes(32).toString('base64url');
}

export function hashToken(token: string): string {
  return createHash('sha256').update(token).digest('hex');
}

export function isTokenShape(text: string): boolean {
  return /^[A-Za-z0-9_-]{43}$/.test(text);
}
