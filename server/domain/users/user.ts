/** A person who may sign in. */
export interface User {
  readonly id: string;
  readonly organizationId: string;
  readonly email: string;
  readonly fullName: string | null;
  readonly role: 'admin' | 'member';
  readonly createdAtMs: number;
  readonly updatedAtMs: number;
}
