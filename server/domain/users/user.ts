import { randomUUID } from 'node:crypto';
import type { Role } from '../credentials/principal.ts';
import type { Extras } from '../json-column.ts';

/** A person who may sign in. */
export interface User {
  readonly id: string;
  readonly organizationId: string;
  /** Unique in the whole house, whatever its case. */
  readonly email: string;
  readonly firstName: string | null;
  readonly lastName: string | null;
  readonly fullName: string | null;
  readonly phone: string | null;
  readonly role: Role;
  /** An inactive person gets in by nothing: no password, token, session or key. */
  readonly isActive: boolean;
  readonly extras: Extras;
  readonly lastSignInAtMs: number | null;
  readonly createdAtMs: number;
  readonly updatedAtMs: number;
}

type Names = Partial<Pick<User, 'firstName' | 'lastName' | 'fullName'>>;

export type UserDraft = Pick<User, 'organizationId' | 'email' | 'role'> &
  Names &
  Partial<Pick<User, 'phone' | 'isActive' | 'extras'>>;

export type UserChange = Names & Partial<Pick<User, 'email' | 'phone' | 'role' | 'isActive' | 'extras'>>;

export function makeUser(draft: UserDraft, nowMs: number): User {
  return {
    id: randomUUID(),
    phone: null,
    isActive: true,
    extras: {},
    ...draft,
    ...settleNames(draft),
    lastSignInAtMs: null,
    createdAtMs: nowMs,
    updatedAtMs: nowMs,
  };
}

export function changeUser(before: User, change: UserChange, nowMs: number): User {
  const names = hasNames(change) ? settleNames({ ...namesBefore(before, change), ...change }) : {};
  return {
    ...before,
    ...change,
    ...names,
    extras: { ...before.extras, ...change.extras },
    updatedAtMs: nowMs,
  };
}

function hasNames({ firstName, lastName, fullName }: Names): boolean {
  return firstName !== undefined || lastName !== undefined || fullName !== undefined;
}

/** Who changes a part is given a new whole, and the other way round. */
function namesBefore(before: User, change: Names): Names {
  return change.fullName === undefined ? { firstName: before.firstName, lastName: before.lastName } : {};
}

/** A full name is its parts, and its parts are the first word and the rest, where only one of both is known. */
function settleNames({ firstName, lastName, fullName }: Names): Pick<User, 'firstName' | 'lastName' | 'fullName'> {
  const [first = null, ...rest] = fullName?.trim().split(/\s+/) ?? [];
  const parts = {
    firstName: firstName ?? first,
    lastName: lastName ?? (rest.length > 0 ? rest.join(' ') : null),
  };
  const whole = [parts.firstName, parts.lastName].filter((part) => part !== null).join(' ');
  return { ...parts, fullName: fullName ?? (whole === '' ? null : whole) };
}
