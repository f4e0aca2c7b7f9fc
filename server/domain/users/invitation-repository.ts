import type { Database, Statement } from '../../db/database.ts';
import type { Role } from '../credentials/principal.ts';

/** A place in an organization, kept for whoever holds the link. */
export interface Invitation {
  readonly id: string;
  readonly organizationId: string;
  readonly email: string;
  readonly role: Role;
  readonly invitedBy: string | null;
  readonly expiresAtMs: number;
  readonly createdAtMs: number;
}

interface InvitationRow {
  readonly id: string;
  readonly organization_id: string;
  readonly email: string;
  readonly role: Role;
  readonly invited_by: string | null;
  readonly expires_at_ms: number;
  readonly created_at_ms: number;
}

export class InvitationRepository {
  readonly #insert: Statement<never>;
  readonly #deleteOf: Statement<never>;
  readonly #openByHash: Statement<InvitationRow>;
  readonly #open: Statement<InvitationRow>;
  readonly #accept: Statement<never>;

  constructor(db: Database) {
    this.#insert = db.prepare(
      `INSERT INTO invitations (id, organization_id, email, role, hash, invited_by, expires_at_ms, created_at_ms)
       VALUES (?, ?, ?, ?, ?, ?, ?, ?)`,
    );
    this.#deleteOf = db.prepare(
      'DELETE FROM invitations WHERE organization_id = ? AND email = ? AND accepted_at_ms IS NULL',
    );
    const open = 'SELECT * FROM invitations WHERE accepted_at_ms IS NULL AND expires_at_ms > ?';
    this.#openByHash = db.prepare(`${open} AND hash = ?`);
    this.#open = db.prepare(`${open} AND organization_id = ? ORDER BY rowid DESC LIMIT 1000`);
    this.#accept = db.prepare('UPDATE invitations SET accepted_at_ms = ? WHERE id = ?');
  }

  /** Instead of an open one for the same address in the same organization. */
  put(invitation: Invitation, hash: string): void {
    const { id, organizationId, email, role, invitedBy, expiresAtMs, createdAtMs } = invitation;
    this.#deleteOf.run(organizationId, email);
    this.#insert.run(id, organizationId, email, role, hash, invitedBy, expiresAtMs, createdAtMs);
  }

  findOpen(hash: string, nowMs: number): Invitation | undefined {
    const row = this.#openByHash.get(nowMs, hash);
    return row && toInvitation(row);
  }

  listOpen(organizationId: string, nowMs: number): readonly Invitation[] {
    return this.#open.all(nowMs, organizationId).map(toInvitation);
  }

  accept(id: string, nowMs: number): void {
    this.#accept.run(nowMs, id);
  }
}

function toInvitation(row: InvitationRow): Invitation {
  return {
    id: row.id,
    organizationId: row.organization_id,
    email: row.email,
    role: row.role,
    invitedBy: row.invited_by,
    expiresAtMs: row.expires_at_ms,
    createdAtMs: row.created_at_ms,
  };
}
