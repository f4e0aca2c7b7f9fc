import { timingSafeEqual } from 'node:crypto';
import { LandlineError } from '../../contract/errors.ts';
import type { UnitOfWork } from '../../events/unit-of-work.ts';
import type { OrganizationRepository } from '../organizations/organization-repository.ts';
import { hashToken, makeToken } from '../sessions/session.ts';
import type { Passwords } from './password.ts';
import type { User } from './user.ts';
import type { UserService } from './user-service.ts';

export interface SetupParts {
  readonly unitOfWork: UnitOfWork;
  readonly organizations: OrganizationRepository;
  readonly userService: UserService;
  readonly passwords: Passwords;
}

export interface SetupDraft {
  readonly token: string;
  readonly email: string;
  readonly password: string;
  readonly firstName?: string;
  readonly lastName?: string;
}

/** Makes the first super administrator, for who can read the console of this machine. */
export class Setup {
  readonly #parts: SetupParts;
  #tokenHash: string | undefined;

  constructor(parts: SetupParts) {
    this.#parts = parts;
  }

  get isNeeded(): boolean {
    return this.#parts.userService.countSuperAdmins() === 0;
  }

  /** A token to show on the console; good until it is used, the next is asked for or the house stops. */
  offerToken(): string | undefined {
    if (!this.isNeeded) return undefined;
    const token = makeToken();
    this.#tokenHash = hashToken(token);
    return token;
  }

  /** Throws `setup-done`, `setup-token-invalid`, `email-taken` or `password-unfit`. */
  async complete({ token, email, password, firstName, lastName }: SetupDraft): Promise<User> {
    this.#require(token);
    const hash = await this.#parts.passwords.hash(password);
    return this.#parts.unitOfWork.run((record, nowMs) => {
      this.#require(token);
      const organizationId = this.#parts.organizations.first()?.id;
      if (organizationId === undefined) throw new LandlineError('setup-too-early', 'The house is starting: try again.');
      const names = { firstName: firstName ?? null, lastName: lastName ?? null };
      const draft = { organizationId, email, role: 'super_admin', ...names } as const;
      const user = this.#parts.userService.insert(draft, hash, nowMs);
      record(organizationId, { kind: 'user-created', userId: user.id });
      return user;
    });
  }

  #require(token: string): void {
    if (!this.isNeeded) throw new LandlineError('setup-done', 'A super administrator exists: sign in instead.');
    const expected = this.#tokenHash;
    const given = Buffer.from(hashToken(token));
    if (expected !== undefined && timingSafeEqual(given, Buffer.from(expected))) return;
    throw new LandlineError('setup-token-invalid', 'This is not the setup token that the console shows.');
  }
}
