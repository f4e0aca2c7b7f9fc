import { randomUUID } from 'node:crypto';
import { LandlineError } from '../../contract/errors.ts';
import type { UnitOfWork } from '../../events/unit-of-work.ts';
import type { User } from './user.ts';
import type { UserRepository } from './user-repository.ts';

export type UserDraft = Pick<User, 'organizationId' | 'email' | 'fullName' | 'role'>;

export class UserService {
  readonly #unitOfWork: UnitOfWork;
  readonly #users: UserRepository;

  constructor(unitOfWork: UnitOfWork, users: UserRepository) {
    this.#unitOfWork = unitOfWork;
    this.#users = users;
  }

  /** Throws `email-taken`; an address belongs to one person in the whole house. */
  create(draft: UserDraft): Promise<User> {
    return this.#unitOfWork.run((_record, nowMs) => {
      if (this.#users.findByEmail(draft.email)) {
        throw new LandlineError('email-taken', 'A user with this e-mail address exists already; choose another.');
      }
      const user: User = { ...draft, id: randomUUID(), createdAtMs: nowMs, updatedAtMs: nowMs };
      this.#users.insert(user);
      return user;
    });
  }

  findByEmail(email: string): User | undefined {
    return this.#users.findByEmail(email);
  }
}
