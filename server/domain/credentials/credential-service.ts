import { LandlineError, messageOf } from '../../contract/errors.ts';
import type { UnitOfWork } from '../../events/unit-of-work.ts';
import type { Logger } from '../../log/logger.ts';
import { type Credential, hashKey, hasVaKeyShape, isUsable, makeVaCredential, makeVaKey } from './credential.ts';
import type { CredentialRepository } from './credential-repository.ts';

/** `last_used_at` is a hint, so one write a minute and key is enough. */
const lastUsedGrainMs = 60_000;

export class CredentialService {
  readonly #unitOfWork: UnitOfWork;
  readonly #credentials: CredentialRepository;
  readonly #log: Logger;

  constructor(unitOfWork: UnitOfWork, credentials: CredentialRepository, log: Logger) {
    this.#unitOfWork = unitOfWork;
    this.#credentials = credentials;
    this.#log = log;
  }

  /** The key is returned this once and can't be read again. */
  issue(draft: {
    readonly organizationId: string;
    readonly name: string;
    readonly expiresAtMs?: number;
  }): Promise<{ readonly credential: Credential; readonly key: string }> {
    const key = makeVaKey();
    return this.#unitOfWork.run((record, nowMs) => {
      const credential = makeVaCredential(key, { ...draft, nowMs });
      this.#credentials.insert(credential, hashKey(key));
      record(credential.organizationId, { kind: 'credential-issued', credentialId: credential.id });
      return { credential, key };
    });
  }

  /** Whose key this is; undefined for a key that is unknown, revoked or expired. */
  authenticate(key: string): Credential | undefined {
    if (!hasVaKeyShape(key)) return undefined;
    const credential = this.#credentials.findByHash(hashKey(key));
    const nowMs = this.#unitOfWork.nowMs();
    if (!credential || !isUsable(credential, nowMs)) return undefined;
    this.#noteUse(credential, nowMs);
    return credential;
  }

  /** Throws `credential-not-found`. */
  revoke(organizationId: string, id: string): Promise<void> {
    return this.#unitOfWork.run((record, nowMs) => {
      if (!this.#credentials.revoke(organizationId, id, nowMs)) {
        throw new LandlineError('credential-not-found', 'There is no such key, or it has been revoked already.');
      }
      record(organizationId, { kind: 'credential-revoked', credentialId: id });
    });
  }

  #noteUse(credential: Credential, nowMs: number): void {
    if (nowMs - (credential.lastUsedAtMs ?? 0) < lastUsedGrainMs) return;
    this.#unitOfWork
      .run(() => this.#credentials.setLastUsed(credential.id, nowMs))
      .catch((thrown: unknown) => this.#log.warn(`last use of a key was not noted: ${messageOf(thrown)}`));
  }
}
