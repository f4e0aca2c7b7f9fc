import { LandlineError } from '../../contract/errors.ts';
import type { UnitOfWork } from '../../events/unit-of-work.ts';
import type { Principal } from '../credentials/principal.ts';
import type { SecretBox } from '../secrets/secret-box.ts';
import type { Passwords } from '../users/password.ts';
import type { User } from '../users/user.ts';
import type { UserRepository } from '../users/user-repository.ts';
import { requireRank } from '../users/user-rules.ts';
import type { PasswordResetRepository } from './password-reset-repository.ts';
import { hashToken, makeToken } from './session.ts';
import type { SessionRepository } from './session-repository.ts';

export interface PasswordResetParts {
  readonly unitOfWork: UnitOfWork;
  readonly users: UserRepository;
  readonly sessions: SessionRepository;
  readonly resets: PasswordResetRepository;
  readonly passwords: Passwords;
  readonly secrets: SecretBox;
}

/** A token that an administrator hands to the person, since this machine sends no mail. */
export interface OpenReset {
  readonly token: string;
  readonly expiresAtMs: number;
}

const resetLifeMs = 3_600_000;

export class PasswordResets {
  readonly #parts: PasswordResetParts;

  constructor(parts: PasswordResetParts) {
    this.#parts = parts;
  }

  /** Does as much for an address that nobody has. */
  async ask(email: string): Promise<void> {
    const { unitOfWork, users } = this.#parts;
    await unitOfWork.run((_record, nowMs) => {
      const user = users.findByEmail(email);
      if (user?.isActive) this.#make(user, nowMs);
    });
  }

  /** What somebody asked for; undefined when they did not, or too long ago. Throws `forbidden`. */
  find(principal: Principal, user: User): OpenReset | undefined {
    requireRank(principal, user.role);
    const reset = this.#parts.resets.findOpenOf(user.id, this.#parts.unitOfWork.nowMs());
    return reset && { token: this.#parts.secrets.open(reset.sealedToken), expiresAtMs: reset.expiresAtMs };
  }

  /** A fresh one. Throws `forbidden`. */
  async create(principal: Principal, user: User): Promise<OpenReset> {
    requireRank(principal, user.role);
    return this.#parts.unitOfWork.run((_record, nowMs) => this.#make(user, nowMs));
  }

  /** Ends all sessions of the person, too. Throws `reset-token-invalid` or `password-unfit`. */
  async use(token: string, password: string): Promise<void> {
    const { passwords, resets, sessions, unitOfWork, users } = this.#parts;
    const hash = hashToken(token);
    if (!resets.findOpen(hash, unitOfWork.nowMs())) throw invalidReset();
    const passwordHash = await passwords.hash(password);
    await unitOfWork.run((record, nowMs) => {
      const reset = resets.findOpen(hash, nowMs);
      const user = reset && users.find(reset.userId);
      if (!user) throw invalidReset();
      resets.deleteOfUser(user.id);
      users.setPasswordHash(user.id, passwordHash, nowMs);
      sessions.endOfUser(user.id, 'password-changed', nowMs);
      record(user.organizationId, { kind: 'user-changed', userId: user.id });
    });
  }

  #make(user: User, nowMs: number): OpenReset {
    const token = makeToken();
    const expiresAtMs = nowMs + resetLifeMs;
    const sealedToken = this.#parts.secrets.seal(token);
    this.#parts.resets.put(hashToken(token), { userId: user.id, sealedToken, expiresAtMs, createdAtMs: nowMs });
    return { token, expiresAtMs };
  }
}

function invalidReset(): LandlineError {
  return new LandlineError('reset-token-invalid', 'The reset token is unknown, used or older than an hour: ask again.');
}
