import { randomUUID } from 'node:crypto';
import { LandlineError } from '../../contract/errors.ts';
import type { UnitOfWork } from '../../events/unit-of-work.ts';
import { type Principal, type Role, requireRole } from '../credentials/principal.ts';
import { hashToken, makeToken } from '../sessions/session.ts';
import type { Invitation, InvitationRepository } from './invitation-repository.ts';
import type { Passwords } from './password.ts';
import type { User } from './user.ts';
import { requireRank } from './user-rules.ts';
import type { UserService } from './user-service.ts';

export interface InvitationParts {
  readonly unitOfWork: UnitOfWork;
  readonly invitations: InvitationRepository;
  readonly userService: UserService;
  readonly passwords: Passwords;
}

export interface Invited {
  readonly invitation: Invitation;
  /** Returned this once: it goes into the link. */
  readonly token: string;
}

const lifeMs = 7 * 24 * 3_600_000;

/** Lets an administrator bring somebody in by a link, since this machine sends no mail. */
export class Invitations {
  readonly #parts: InvitationParts;

  constructor(parts: InvitationParts) {
    this.#parts = parts;
  }

  /** Into the caller's organization. Throws `forbidden` or `email-taken`. */
  invite(principal: Principal, draft: { readonly email: string; readonly role: Role }): Promise<Invited> {
    requireRank(principal, draft.role);
    const token = makeToken();
    return this.#parts.unitOfWork.run((record, nowMs) => {
      this.#requireFree(draft.email);
      const invitation: Invitation = {
        ...draft,
        id: randomUUID(),
        organizationId: principal.organizationId,
        invitedBy: principal.userId,
        expiresAtMs: nowMs + lifeMs,
        createdAtMs: nowMs,
      };
      this.#parts.invitations.put(invitation, hashToken(token));
      record(invitation.organizationId, { kind: 'user-invited', invitationId: invitation.id });
      return { invitation, token };
    });
  }

  /** Those that are still open, newest first. Throws `forbidden`. */
  list(principal: Principal): readonly Invitation[] {
    requireRole(principal, 'org_admin');
    return this.#parts.invitations.listOpen(principal.organizationId, this.#parts.unitOfWork.nowMs());
  }

  /** Throws `invitation-invalid`, `email-taken` or `password-unfit`. */
  async accept(
    token: string,
    draft: { readonly password: string; readonly firstName?: string; readonly lastName?: string },
  ): Promise<User> {
    const { invitations, passwords, unitOfWork, userService } = this.#parts;
    const hash = hashToken(token);
    if (!invitations.findOpen(hash, unitOfWork.nowMs())) throw invalidInvitation();
    const { password, firstName = null, lastName = null } = draft;
    const passwordHash = await passwords.hash(password);
    return unitOfWork.run((record, nowMs) => {
      const invitation = invitations.findOpen(hash, nowMs);
      if (!invitation) throw invalidInvitation();
      const { organizationId, email, role } = invitation;
      const user = userService.insert({ organizationId, email, role, firstName, lastName }, passwordHash, nowMs);
      invitations.accept(invitation.id, nowMs);
      record(organizationId, { kind: 'user-created', userId: user.id });
      return user;
    });
  }

  #requireFree(email: string): void {
    if (!this.#parts.userService.findByEmail(email)) return;
    throw new LandlineError('email-taken', 'A user with this e-mail address exists already; choose another.');
  }
}

function invalidInvitation(): LandlineError {
  return new LandlineError(
    'invitation-invalid',
    'The invitation is unknown, used or older than a week: ask for another.',
  );
}
