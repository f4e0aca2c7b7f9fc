import type { KeyObject } from 'node:crypto';
import { errors, type JWTPayload, jwtVerify, SignJWT } from 'jose';
import { LandlineError } from '../../contract/errors.ts';
import { hasRole, type Role } from '../credentials/principal.ts';
import { hashToken, type LiveSession, type TokenAudience, tokenLifeS } from './session.ts';
import type { SigningKeys } from './signing-keys.ts';

/** What a good token says: which session it belongs to, and whose it was when it was signed. */
export interface TokenClaims {
  readonly sessionId: string;
  readonly userId: string;
}

interface Verified extends TokenClaims {
  readonly audience: TokenAudience;
  readonly expiresAtMs: number;
}

const algorithm = 'HS256';
/** Tokens remembered as good; the one known longest goes first. */
const verifiedLimit = 1_000;
/** More than any token of ours; spares hashing what strangers send. */
const longestToken = 4_096;

/**
 * JSON Web Tokens (RFC 7519) with the claims that each API's clients read. A signature is checked once: that costs
 * 0.3 ms, and clients send the same token with every request.
 */
export class AccessTokens {
  readonly #keys: SigningKeys;
  readonly #verified = new Map<string, Verified>();

  constructor(keys: SigningKeys) {
    this.#keys = keys;
  }

  async sign(session: LiveSession, audience: TokenAudience, nowMs: number): Promise<string> {
    const { id, secret } = await this.#keys.current();
    const nowS = Math.floor(nowMs / 1_000);
    return new SignJWT({ ...claimsOf[audience](session), session_id: session.id })
      .setProtectedHeader({ alg: algorithm, typ: 'JWT', kid: id })
      .setSubject(session.userId)
      .setAudience(audience)
      .setIssuedAt(nowS)
      .setExpirationTime(nowS + tokenLifeS[audience])
      .sign(secret);
  }

  /** Throws `token-expired` or `token-invalid`. */
  async verify(token: string, audience: TokenAudience, nowMs: number): Promise<TokenClaims> {
    if (token.length > longestToken) throw invalid();
    const hash = hashToken(token);
    const known = this.#verified.get(hash);
    if (known?.audience === audience && known.expiresAtMs > nowMs) return known;
    const verified = await this.#check(token, audience, nowMs);
    this.#remember(hash, verified);
    return verified;
  }

  async #check(token: string, audience: TokenAudience, nowMs: number): Promise<Verified> {
    try {
      const { payload } = await jwtVerify(token, ({ kid }) => this.#secret(kid), {
        audience,
        algorithms: [algorithm],
        currentDate: new Date(nowMs),
      });
      return readClaims(payload, audience);
    } catch (thrown) {
      if (thrown instanceof errors.JWTExpired) {
        throw new LandlineError('token-expired', 'The token has expired: sign in again or refresh it.');
      }
      if (thrown instanceof LandlineError && thrown.code !== 'token-invalid') throw thrown;
      throw invalid(thrown);
    }
  }

  #remember(hash: string, verified: Verified): void {
    if (this.#verified.size >= verifiedLimit) {
      const [oldest] = this.#verified.keys();
      if (oldest !== undefined) this.#verified.delete(oldest);
    }
    this.#verified.set(hash, verified);
  }

  #secret(kid: string | undefined): KeyObject {
    const key = kid === undefined ? undefined : this.#keys.find(kid);
    if (!key) throw invalid();
    return key.secret;
  }
}

function readClaims({ sub, session_id: sessionId, exp }: JWTPayload, audience: TokenAudience): Verified {
  if (typeof sub !== 'string' || typeof sessionId !== 'string' || exp === undefined) throw invalid();
  return { sessionId, userId: sub, audience, expiresAtMs: exp * 1_000 };
}

function invalid(cause?: unknown): LandlineError {
  return new LandlineError('token-invalid', 'The token is not one of ours: sign in again.', {}, cause);
}

const claimsOf: Readonly<Record<TokenAudience, (session: LiveSession) => JWTPayload>> = {
  authenticated: ({ email, role }) => ({
    role: 'authenticated',
    email,
    app_metadata: { role, provider: 'email', providers: ['email'] },
    user_metadata: {},
  }),
  'voicera-api': ({ email, role }) => ({
    email,
    role: hasRole(role, 'org_admin') ? 'admin' : 'user',
    permissions: permissionsOf(role),
  }),
};

function permissionsOf(role: Role): readonly string[] {
  const things = ['agents', 'campaigns', 'calls', 'recordings', 'analytics'];
  const both = things.flatMap((thing) => [`read:${thing}`, `write:${thing}`]);
  return hasRole(role, 'org_admin') ? [...both, 'admin'] : both;
}
