import { LandlineError } from '../../contract/errors.ts';
import type { UnitOfWork } from '../../events/unit-of-work.ts';
import { hasRole, type Principal } from '../credentials/principal.ts';
import type { Page, PageRequest } from '../paging.ts';
import type { Passwords } from './password.ts';
import { changeUser, makeUser, type User, type UserChange, type UserDraft } from './user.ts';
import type { UserFilter, UserRepository } from './user-repository.ts';
import { canSee, requireChange, requireRank, requireSuccessor } from './user-rules.ts';

export interface UserServiceParts {
  readonly unitOfWork: UnitOfWork;
  readonly users: UserRepository;
  readonly passwords: Passwords;
  /** Called inside the unit of work that changes what somebody may do. */
  readonly forgetAccess: () => void;
}

export class UserService {
  readonly #parts: UserServiceParts;

  constructor(parts: UserServiceParts) {
    this.#parts = parts;
  }

  /**
   * For the house itself; people go through `add`. Throws `email-taken` (an address belongs to one person in the whole
   * house) or `password-unfit`.
   */
  async create(draft: UserDraft & { readonly password?: string }): Promise<User> {
    const { password, ...rest } = draft;
    const hash = password === undefined ? null : await this.#parts.passwords.hash(password);
    return this.#parts.unitOfWork.run((record, nowMs) => {
      const user = this.insert(rest, hash, nowMs);
      record(user.organizationId, { kind: 'user-created', userId: user.id });
      return user;
    });
  }

  /** A person in the caller's organization (or any, for a super administrator). Throws `forbidden` and as `create`. */
  async add(principal: Principal, draft: UserDraft & { readonly password?: string }): Promise<User> {
    requireRank(principal, draft.role);
    if (draft.organizationId !== principal.organizationId) requireRank(principal, 'super_admin');
    return this.create(draft);
  }

  /** The row alone, for a unit of work that makes more than it. Throws `email-taken`. */
  insert(draft: UserDraft, passwordHash: string | null, nowMs: number): User {
    this.#requireFree(draft.email);
    const user = makeUser(draft, nowMs);
    this.#parts.users.insert(user);
    if (passwordHash !== null) this.#parts.users.setPasswordHash(user.id, passwordHash, nowMs);
    return user;
  }

  /** Whatever the organization. */
  find(id: string): User | undefined {
    return this.#parts.users.find(id);
  }

  /** Whatever the organization; upper and lower case are the same. */
  findByEmail(email: string): User | undefined {
    return this.#parts.users.findByEmail(email);
  }

  /** Throws `user-not-found`, also for somebody of another organization. */
  get(principal: Principal, id: string): User {
    const user = this.#parts.users.find(id);
    if (user && canSee(principal, user)) return user;
    throw new LandlineError('user-not-found', 'There is no user with this id.', { id });
  }

  /** Everybody for a super administrator (who may ask for one organization), else the caller's own organization. */
  list(principal: Principal, filter: UserFilter, page: PageRequest): Page<User> {
    const isSuper = hasRole(principal.role, 'super_admin');
    const organizationId = isSuper ? filter.organizationId : principal.organizationId;
    return this.#parts.users.list({ ...filter, organizationId }, page);
  }

  /** Throws `user-not-found`, `forbidden`, `email-taken` or `last-administrator`. */
  update(principal: Principal, id: string, change: UserChange): Promise<User> {
    const { forgetAccess, unitOfWork, users } = this.#parts;
    return unitOfWork.run((record, nowMs) => {
      const before = this.get(principal, id);
      requireChange(principal, before, change);
      if (change.email !== undefined) this.#requireFree(change.email, id);
      const after = changeUser(before, change, nowMs);
      requireSuccessor(before, after, users.countActive('super_admin'));
      users.update(after);
      forgetAccess();
      record(after.organizationId, { kind: 'user-changed', userId: id });
      return after;
    });
  }

  /** Throws `user-not-found`, `forbidden` or `last-administrator`. */
  delete(principal: Principal, id: string): Promise<void> {
    const { forgetAccess, unitOfWork, users } = this.#parts;
    return unitOfWork.run((record, nowMs) => {
      const user = this.get(principal, id);
      requireRank(principal, user.role);
      if (principal.userId === id) throw new LandlineError('forbidden', 'Nobody deletes themselves.');
      requireSuccessor(user, undefined, users.countActive('super_admin'));
      users.delete(id, nowMs);
      forgetAccess();
      record(user.organizationId, { kind: 'user-deleted', userId: id });
    });
  }

  /** Active super administrators: none means that nobody has set the house up yet. */
  countSuperAdmins(): number {
    return this.#parts.users.countActive('super_admin');
  }

  #requireFree(email: string, exceptId?: string): void {
    const holder = this.#parts.users.findByEmail(email);
    if (!holder || holder.id === exceptId) return;
    throw new LandlineError('email-taken', 'A user with this e-mail address exists already; choose another.');
  }
}
