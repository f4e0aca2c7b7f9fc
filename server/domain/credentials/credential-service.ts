import { LandlineError, messageOf } from '../../contract/errors.ts';
import type { UnitOfWork } from '../../events/unit-of-work.ts';
import type { Logger } from '../../log/logger.ts';
import type { Page, PageRequest } from '../paging.ts';
import {
  type Credential,
  type CredentialDraft,
  type CredentialKind,
  hashKey,
  hasKeyShape,
  isUsable,
  makeCredential,
  makeKey,
  requireFitKey,
} from './credential.ts';
import type { CredentialFilter, CredentialRepository, HeldCredential } from './credential-repository.ts';
import { type KnownKey, KnownKeys } from './known-keys.ts';
import type { Principal } from './principal.ts';

/** `last_used_at` is a hint, so one write a minute and key is enough. */
const lastUsedGrainMs = 60_000;

export interface IssuedKey {
  readonly credential: Credential;
  /** Returned this once; it can't be read again. */
  readonly key: string;
}

export class CredentialService {
  readonly #unitOfWork: UnitOfWork;
  readonly #credentials: CredentialRepository;
  readonly #log: Logger;
  readonly #known = new KnownKeys();

  constructor(unitOfWork: UnitOfWork, credentials: CredentialRepository, log: Logger) {
    this.#unitOfWork = unitOfWork;
    this.#credentials = credentials;
    this.#log = log;
  }

  /** Throws `key-unfit` or `key-taken` for a key that the draft brings. */
  issue(draft: CredentialDraft): Promise<IssuedKey> {
    return this.#unitOfWork.run((record, nowMs) => {
      const issued = this.insert(draft, nowMs);
      const { id: credentialId, organizationId } = issued.credential;
      record(organizationId, { kind: 'credential-issued', credentialId });
      return issued;
    });
  }

  /** The row alone, for a unit of work that makes more than it. Throws as `issue` does. */
  insert(draft: CredentialDraft, nowMs: number): IssuedKey {
    const kind = draft.kind ?? 'va';
    if (draft.key !== undefined) requireFitKey(draft.key, kind);
    const key = draft.key ?? makeKey(kind);
    if (this.#credentials.findByHash(hashKey(key))) {
      throw new LandlineError('key-taken', 'This key is known here already: enter another, or let one be made.');
    }
    const credential = makeCredential(key, draft, nowMs);
    this.#credentials.insert(credential, hashKey(key));
    return { credential, key };
  }

  /** Whose key this is, of any kind or the one asked for; undefined when it is unknown, revoked or expired. */
  authenticate(key: string, kind?: CredentialKind): Principal | undefined {
    if (!hasKeyShape(key)) return undefined;
    if (kind !== undefined && key.startsWith('va_') !== (kind === 'va')) return undefined;
    const hash = hashKey(key);
    const nowMs = this.#unitOfWork.nowMs();
    const known = this.#known.get(hash) ?? this.#lookUp(hash, nowMs);
    if (!known || (known.expiresAtMs !== null && known.expiresAtMs <= nowMs)) return undefined;
    this.#noteUse(known, nowMs);
    return known.principal;
  }

  /** Whether this key still lets somebody in: for those who came in by it and are still there. */
  stands(id: string): boolean {
    const held = this.#credentials.findById(id);
    return held !== undefined && isUsable(held.credential, this.#unitOfWork.nowMs()) && principalOf(held) !== undefined;
  }

  /** Throws `credential-not-found`, also for one that is revoked, another organization's or of another kind. */
  get(organizationId: string, id: string, kind?: CredentialKind): Credential {
    const credential = this.#credentials.find(organizationId, id);
    if (credential && (kind === undefined || credential.kind === kind)) return credential;
    throw new LandlineError('credential-not-found', 'There is no such key, or it has been revoked already.', { id });
  }

  /** Those that aren't revoked, newest first. */
  list(filter: CredentialFilter, page: PageRequest): Page<Credential> {
    return this.#credentials.list(filter, page);
  }

  /** Throws `credential-not-found`. */
  rename(organizationId: string, id: string, name: string): Promise<Credential> {
    return this.#unitOfWork.run((record) => {
      const before = this.get(organizationId, id);
      this.#credentials.rename(id, name);
      record(organizationId, { kind: 'credential-changed', credentialId: id });
      return { ...before, name };
    });
  }

  /** A new key in place of the old one, which ends at once. Throws `credential-not-found`. */
  regenerate(organizationId: string, id: string): Promise<IssuedKey> {
    return this.#unitOfWork.run((record) => {
      const before = this.get(organizationId, id);
      const key = makeKey(before.kind);
      const { prefix } = makeCredential(key, { organizationId, name: before.name }, before.createdAtMs);
      this.#credentials.replaceKey(id, hashKey(key), prefix);
      this.forgetKnown();
      record(organizationId, { kind: 'credential-replaced', credentialId: id });
      return { credential: { ...before, prefix, lastUsedAtMs: null }, key };
    });
  }

  /** Throws `credential-not-found`. */
  revoke(organizationId: string, id: string): Promise<void> {
    return this.#unitOfWork.run((record, nowMs) => {
      this.get(organizationId, id);
      this.#credentials.revoke(id, nowMs);
      this.forgetKnown();
      record(organizationId, { kind: 'credential-revoked', credentialId: id });
    });
  }

  /** To be called inside every unit of work that changes what a key may do: nothing reads until it is committed. */
  forgetKnown(): void {
    this.#known.forgetAll();
  }

  #lookUp(hash: string, nowMs: number): KnownKey | undefined {
    const held = this.#credentials.findByHash(hash);
    const principal = held && isUsable(held.credential, nowMs) ? principalOf(held) : undefined;
    if (!held || !principal) return undefined;
    const { expiresAtMs, lastUsedAtMs } = held.credential;
    const known: KnownKey = { principal, expiresAtMs, lastUsedAtMs: lastUsedAtMs ?? 0 };
    this.#known.remember(hash, known);
    return known;
  }

  #noteUse(known: KnownKey, nowMs: number): void {
    if (nowMs - known.lastUsedAtMs < lastUsedGrainMs) return;
    known.lastUsedAtMs = nowMs;
    this.#unitOfWork
      .run(() => this.#credentials.setLastUsed(known.principal.credentialId, nowMs))
      .catch((thrown: unknown) => this.#log.warn(`last use of a key was not noted: ${messageOf(thrown)}`));
  }
}

/** A key of an organization acts as a developer of it, a person's key as that person. */
function principalOf({ credential, holder }: HeldCredential): Principal | undefined {
  const { id, organizationId, scopes, userId } = credential;
  const shown = { organizationId, via: 'api-key', credentialId: id, scopes } as const;
  if (userId === null) return { ...shown, userId: null, email: null, role: 'developer' };
  if (!holder?.isActive) return undefined;
  return { ...shown, userId, email: holder.email, role: holder.role };
}
