import { LandlineError } from '../../contract/errors.ts';
import type { UnitOfWork } from '../../events/unit-of-work.ts';
import type { Clock } from '../../lifetime/clock.ts';
import type { Logger } from '../../log/logger.ts';
import type { Principal } from '../credentials/principal.ts';
import type { OrganizationService } from '../organizations/organization-service.ts';
import type { HouseSettings } from '../settings/house-settings.ts';
import type { Passwords } from '../users/password.ts';
import type { User } from '../users/user.ts';
import type { UserRepository } from '../users/user-repository.ts';
import type { UserService } from '../users/user-service.ts';
import { Attempts } from './attempts.ts';
import type { OpenReset, PasswordResets } from './password-resets.ts';
import type { CookieKind, TokenAudience } from './session.ts';
import type { SessionRepository } from './session-repository.ts';
import type { Cookie, SessionService, TokenPair } from './session-service.ts';
import type { SigningKeys } from './signing-keys.ts';

export interface IdentityParts {
  readonly unitOfWork: UnitOfWork;
  readonly clock: Clock;
  readonly log: Logger;
  readonly userService: UserService;
  readonly users: UserRepository;
  readonly sessions: SessionRepository;
  readonly sessionService: SessionService;
  readonly organizationService: OrganizationService;
  readonly resets: PasswordResets;
  readonly passwords: Passwords;
  readonly settings: HouseSettings;
  readonly keys: SigningKeys;
}

export interface SignIn {
  readonly email: string;
  readonly password: string;
  /** Where from: attempts are counted by it. */
  readonly remoteAddress: string;
}

export interface Registration extends SignIn {
  readonly firstName?: string | null;
  readonly lastName?: string | null;
  /** Of the organization that is made; the person's name unless told. */
  readonly organizationName?: string;
}

const quarterMs = 15 * 60_000;
const failuresPerAccount = { windowMs: quarterMs, limit: 10 };
const failuresPerAddress = { windowMs: quarterMs, limit: 50 };
/** Registrations and forgotten passwords. */
const requestsPerAddress = { windowMs: 3_600_000, limit: 60 };

/** Who somebody is: signing in and out, tokens and cookies, registration, forgotten passwords. */
export class IdentityService {
  readonly #parts: IdentityParts;
  readonly #byAccount: Attempts;
  readonly #byAddress: Attempts;
  readonly #requests: Attempts;

  constructor(parts: IdentityParts) {
    this.#parts = parts;
    this.#byAccount = new Attempts(parts.clock, failuresPerAccount);
    this.#byAddress = new Attempts(parts.clock, failuresPerAddress);
    this.#requests = new Attempts(parts.clock, requestsPerAddress);
  }

  /** Attempts that were refused unchecked, and passwords that wait to be hashed. */
  get counters(): { readonly refusedAttempts: number; readonly waitingHashes: number; readonly refusedHashes: number } {
    const { waiting, refused } = this.#parts.passwords.counters;
    const refusedAttempts = this.#byAccount.refused + this.#byAddress.refused + this.#requests.refused;
    return { refusedAttempts, waitingHashes: waiting, refusedHashes: refused };
  }

  /** Throws `invalid-credentials`, `user-inactive` or `too-many-attempts`. */
  async signIn(given: SignIn, audience: TokenAudience): Promise<TokenPair & { readonly user: User }> {
    const { id } = await this.#check(given);
    const opened = await this.#parts.sessionService.openTokens(id, audience, given.remoteAddress);
    return { ...opened, user: this.#parts.userService.get(opened.principal, id) };
  }

  /** As `signIn`, for a browser. */
  async signInWithCookie(given: SignIn, kind: CookieKind): Promise<Cookie & { readonly user: User }> {
    const { id } = await this.#check(given);
    const opened = await this.#parts.sessionService.openCookie(id, kind, given.remoteAddress);
    return { ...opened, user: this.#parts.userService.get(opened.principal, id) };
  }

  /** Throws `token-invalid`. See `SessionService.refresh`. */
  refresh(refreshToken: string, audience: TokenAudience): Promise<TokenPair> {
    return this.#parts.sessionService.refresh(refreshToken, audience);
  }

  /** Throws `token-invalid` or `token-expired`. */
  verifyToken(token: string, audience: TokenAudience): Promise<Principal> {
    return this.#parts.sessionService.verifyToken(token, audience);
  }

  /** Who the cookie's value stands for; undefined when it is of no session that is on. */
  verifyCookie(token: string, kind: CookieKind): Principal | undefined {
    return this.#parts.sessionService.verifyCookie(token, kind);
  }

  /** Whether the session with this id is on, and its person may come in. */
  sessionStands(id: string): boolean {
    return this.#parts.sessionService.stands(id);
  }

  /** Ends the session that the caller's token or cookie belongs to, at once. A key has none. */
  async signOut(principal: Principal): Promise<void> {
    if (principal.via !== 'api-key') await this.#parts.sessionService.end(principal);
  }

  /**
   * A stranger becomes the one person in an organization of their own, which may not dial until somebody grants it.
   * Throws `registration-closed`, `email-taken`, `password-unfit` or `too-many-attempts`.
   */
  async register(draft: Registration): Promise<User> {
    const { organizationService, passwords, settings, unitOfWork, userService, users } = this.#parts;
    this.requireAttempt(draft.remoteAddress);
    if (!settings.get('isRegistrationOpen')) {
      throw new LandlineError(
        'registration-closed',
        'Registration is closed here: ask an administrator to invite you.',
      );
    }
    const hash = await passwords.hash(draft.password);
    const { email, firstName = null, lastName = null } = draft;
    return unitOfWork.run((record, nowMs) => {
      if (users.findByEmail(email)) throw new LandlineError('email-taken', 'A user with this e-mail exists already.');
      const called = [firstName, lastName].filter((part) => part !== null && part !== '').join(' ');
      const name = draft.organizationName ?? (called === '' ? email : called);
      const organization = organizationService.insert({ name, isRegistered: true }, nowMs);
      record(organization.id, { kind: 'organization-created', organizationId: organization.id });
      const organizationId = organization.id;
      const user = userService.insert({ organizationId, email, firstName, lastName, role: 'user' }, hash, nowMs);
      record(organizationId, { kind: 'user-created', userId: user.id });
      return user;
    });
  }

  /** Answers the same for an address that nobody has. Throws `too-many-attempts`. */
  async forgotPassword(email: string, remoteAddress: string): Promise<void> {
    this.requireAttempt(remoteAddress);
    await this.#parts.resets.ask(email);
  }

  /** Throws `reset-token-invalid` or `password-unfit`. */
  resetPassword(token: string, password: string): Promise<void> {
    return this.#parts.resets.use(token, password);
  }

  /** What somebody asked for, for an administrator to hand on. Throws `user-not-found` or `forbidden`. */
  findReset(principal: Principal, userId: string): OpenReset | undefined {
    return this.#parts.resets.find(principal, this.#parts.userService.get(principal, userId));
  }

  /** A fresh reset token for somebody. Throws `user-not-found` or `forbidden`. */
  createReset(principal: Principal, userId: string): Promise<OpenReset> {
    return this.#parts.resets.create(principal, this.#parts.userService.get(principal, userId));
  }

  /** One's own; ends one's other sessions. Throws `invalid-credentials`, `password-unfit` or `too-many-attempts`. */
  async changePassword(principal: Principal, current: string, next: string, remoteAddress: string): Promise<void> {
    const { passwords, sessions, unitOfWork, users } = this.#parts;
    const user = await this.#check({ email: principal.email ?? '', password: current, remoteAddress });
    const hash = await passwords.hash(next);
    await unitOfWork.run((record, nowMs) => {
      users.setPasswordHash(user.id, hash, nowMs);
      sessions.endOfUser(user.id, 'password-changed', nowMs, principal.credentialId);
      record(user.organizationId, { kind: 'user-changed', userId: user.id });
    });
  }

  /** Counts something a stranger asks for. Throws `too-many-attempts`. */
  requireAttempt(remoteAddress: string): void {
    this.#requests.require(remoteAddress);
    this.#requests.add(remoteAddress);
  }

  /** Signs with a new key from now on; tokens of the old one stay good until they expire. */
  async rotateKeys(): Promise<void> {
    await this.#parts.keys.rotate();
  }

  async #check({ email, password, remoteAddress }: SignIn): Promise<User> {
    const { passwords, users } = this.#parts;
    const account = email.toLowerCase();
    this.#byAccount.require(account);
    this.#byAddress.require(remoteAddress);
    const user = users.findByEmail(email);
    const isRight = await passwords.isRight(user ? users.passwordHash(user.id) : null, password);
    if (!user || !isRight) {
      this.#byAccount.add(account);
      this.#byAddress.add(remoteAddress);
      this.#parts.log.info({ pii: { email, remoteAddress } }, 'a sign-in was refused');
      throw new LandlineError('invalid-credentials', 'The e-mail address or the password is wrong.');
    }
    if (!user.isActive) {
      throw new LandlineError('user-inactive', 'This account is switched off: an administrator can switch it on.');
    }
    this.#byAccount.forget(account);
    return user;
  }
}
