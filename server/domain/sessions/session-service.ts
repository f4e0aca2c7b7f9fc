import { LandlineError } from '../../contract/errors.ts';
import type { UnitOfWork } from '../../events/unit-of-work.ts';
import type { Principal } from '../credentials/principal.ts';
import type { UserRepository } from '../users/user-repository.ts';
import type { AccessTokens } from './access-tokens.ts';
import {
  type CookieKind,
  cookieLifeMs,
  hashToken,
  isTokenShape,
  type LiveSession,
  makeSession,
  makeToken,
  refreshLifeMs,
  rotatesRefreshTokens,
  type SessionEnd,
  type SessionKind,
  sessionLimit,
  type TokenAudience,
  tokenLifeS,
} from './session.ts';
import type { SessionRepository } from './session-repository.ts';

/** What a program gets that has signed in, or refreshed. */
export interface TokenPair {
  readonly accessToken: string;
  /** The one to use next: a new one where the audience's refresh tokens rotate. */
  readonly refreshToken: string;
  readonly expiresInS: number;
  readonly principal: Principal;
}

export interface Cookie {
  readonly token: string;
  readonly expiresAtMs: number;
  readonly principal: Principal;
}

interface Opened {
  readonly session: LiveSession;
  readonly token: string;
}

export interface SessionServiceParts {
  readonly unitOfWork: UnitOfWork;
  readonly sessions: SessionRepository;
  readonly users: UserRepository;
  readonly tokens: AccessTokens;
}

/** Keeps those signed in who have shown who they are. Whoever calls `open…` has checked that. */
export class SessionService {
  readonly #parts: SessionServiceParts;

  constructor(parts: SessionServiceParts) {
    this.#parts = parts;
  }

  /** Begins a session of access and refresh token for somebody who has shown who they are. */
  async openTokens(userId: string, audience: TokenAudience, remoteAddress: string): Promise<TokenPair> {
    const { session, token } = await this.#open({ userId, kind: audience, remoteAddress });
    return this.#pair(session, audience, token);
  }

  /** The same with a cookie's value. */
  async openCookie(userId: string, kind: CookieKind, remoteAddress: string): Promise<Cookie> {
    const { session, token } = await this.#open({ userId, kind, remoteAddress });
    return { token, expiresAtMs: session.expiresAtMs, principal: principalOf(session, 'session') };
  }

  /**
   * A new access token. Throws `token-invalid` or `token-expired`; a rotated refresh token that comes a second time has
   * been stolen by one of the two who showed it, so its whole session ends.
   */
  async refresh(refreshToken: string, audience: TokenAudience): Promise<TokenPair> {
    const { sessions, unitOfWork } = this.#parts;
    const next = rotatesRefreshTokens(audience) ? makeToken() : refreshToken;
    const session = await unitOfWork.run((record, nowMs) => {
      const hash = hashToken(refreshToken);
      const known = isTokenShape(refreshToken) ? sessions.findRefresh(hash) : undefined;
      const live = known && sessions.findLive(known.sessionId, nowMs);
      if (!known || live?.kind !== audience) return undefined;
      if (known.expiresAtMs <= nowMs) return undefined;
      if (known.usedAtMs !== null && next !== refreshToken) {
        sessions.end(live.id, 'refresh-token-reused', nowMs);
        record(live.organizationId, { kind: 'session-ended', sessionId: live.id });
        return undefined;
      }
      sessions.useRefresh(hash, nowMs);
      if (next !== refreshToken) {
        sessions.insertRefresh(hashToken(next), live.id, nowMs + refreshLifeMs, nowMs);
        sessions.extend(live.id, nowMs + refreshLifeMs);
      }
      return live;
    });
    if (session) return this.#pair(session, audience, next);
    throw new LandlineError('token-invalid', 'The refresh token is unknown, used, or its session has ended: sign in.');
  }

  /** Who shows this token, as they are now. Throws `token-invalid` or `token-expired`. */
  async verifyToken(token: string, audience: TokenAudience): Promise<Principal> {
    const { sessions, tokens, unitOfWork } = this.#parts;
    const claims = await tokens.verify(token, audience, unitOfWork.nowMs());
    const session = sessions.findLive(claims.sessionId, unitOfWork.nowMs());
    if (session?.userId === claims.userId && session.kind === audience) return principalOf(session, 'token');
    throw new LandlineError('token-invalid', 'The session of this token has ended: sign in again.');
  }

  /** Undefined for a cookie that is unknown, of another kind, ended or expired. */
  verifyCookie(token: string, kind: CookieKind): Principal | undefined {
    if (!isTokenShape(token)) return undefined;
    const session = this.#parts.sessions.findLiveByToken(hashToken(token), this.#parts.unitOfWork.nowMs());
    return session?.kind === kind ? principalOf(session, 'session') : undefined;
  }

  /** Whether this session still lets somebody in: for those who came in by it and are still there. */
  stands(id: string): boolean {
    const { sessions, unitOfWork } = this.#parts;
    return sessions.findLive(id, unitOfWork.nowMs()) !== undefined;
  }

  /** Ends the caller's session with all its tokens. */
  async end(principal: Principal, why: SessionEnd = 'signed-out'): Promise<void> {
    const { sessions, unitOfWork } = this.#parts;
    const { credentialId: sessionId, organizationId } = principal;
    await unitOfWork.run((record, nowMs) => {
      sessions.end(sessionId, why, nowMs);
      record(organizationId, { kind: 'session-ended', sessionId });
    });
  }

  async #open(draft: {
    readonly userId: string;
    readonly kind: SessionKind;
    readonly remoteAddress: string;
  }): Promise<Opened> {
    const { sessions, unitOfWork, users } = this.#parts;
    const token = makeToken();
    const isCookie = draft.kind === 'va' || draft.kind === 'app';
    const session = await unitOfWork.run((_record, nowMs) => {
      sessions.deleteExpired(nowMs);
      const made = makeSession(draft, isCookie ? cookieLifeMs : refreshLifeMs, nowMs);
      sessions.insert(made, isCookie ? hashToken(token) : null);
      if (!isCookie) sessions.insertRefresh(hashToken(token), made.id, made.expiresAtMs, nowMs);
      users.setLastSignIn(draft.userId, nowMs);
      sessions.endBeyond(draft.userId, draft.kind, sessionLimit, nowMs);
      return sessions.findLive(made.id, nowMs);
    });
    if (session) return { session, token };
    throw new LandlineError('user-inactive', 'This account is switched off: an administrator can switch it on.');
  }

  async #pair(session: LiveSession, audience: TokenAudience, refreshToken: string): Promise<TokenPair> {
    const accessToken = await this.#parts.tokens.sign(session, audience, this.#parts.unitOfWork.nowMs());
    const principal = principalOf(session, 'token');
    return { accessToken, refreshToken, expiresInS: tokenLifeS[audience], principal };
  }
}

function principalOf(session: LiveSession, via: 'token' | 'session'): Principal {
  const { id, organizationId, userId, email, role } = session;
  return { organizationId, userId, email, role, via, credentialId: id, scopes: [] };
}
