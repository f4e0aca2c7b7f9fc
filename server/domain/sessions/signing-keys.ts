import { createSecretKey, type KeyObject, randomBytes, randomUUID } from 'node:crypto';
import type { UnitOfWork } from '../../events/unit-of-work.ts';
import type { SecretBox } from '../secrets/secret-box.ts';
import { longestTokenLifeMs } from './session.ts';
import type { SigningKey, SigningKeyRepository } from './signing-key-repository.ts';

/** An open key: its id goes into each token's header. */
export interface OpenKey {
  readonly id: string;
  readonly secret: KeyObject;
}

/** A key signs for so long, then a new one does. */
const signingLifeMs = 30 * 24 * 3_600_000;
const secretBytes = 32;

/** HMAC keys of our tokens, sealed at rest. A retired one verifies until the last token it signed has expired. */
export class SigningKeys {
  readonly #unitOfWork: UnitOfWork;
  readonly #keys: SigningKeyRepository;
  readonly #secrets: SecretBox;
  #open: ReadonlyMap<string, OpenKey & SigningKey> | undefined;

  constructor(unitOfWork: UnitOfWork, keys: SigningKeyRepository, secrets: SecretBox) {
    this.#unitOfWork = unitOfWork;
    this.#keys = keys;
    this.#secrets = secrets;
  }

  /** The key to sign with; made when there is none or the last one is old. */
  async current(): Promise<OpenKey> {
    const nowMs = this.#unitOfWork.nowMs();
    const current = this.#newest();
    if (current && current.createdAtMs + signingLifeMs > nowMs) return current;
    return this.rotate(current?.id ?? null);
  }

  /** Undefined for a key that is unknown, or retired so long ago that nothing it signed can be good. */
  find(id: string): OpenKey | undefined {
    const key = this.#all().get(id);
    if (!key || key.retiredAtMs === null) return key;
    return key.retiredAtMs + longestTokenLifeMs > this.#unitOfWork.nowMs() ? key : undefined;
  }

  /** Signs with a new key from now on. `insteadOf`: only while this is the newest, so that two askers make one. */
  rotate(insteadOf?: string | null): Promise<OpenKey> {
    return this.#unitOfWork.run((_record, nowMs) => {
      const newest = this.#newest();
      if (insteadOf !== undefined && newest && newest.id !== insteadOf) return newest;
      this.#keys.retireAll(nowMs);
      this.#keys.deleteRetiredBefore(nowMs - longestTokenLifeMs);
      const secret = randomBytes(secretBytes);
      const sealedSecret = this.#secrets.seal(secret.toString('base64url'));
      const id = randomUUID();
      this.#keys.insert({ id, sealedSecret, retiredAtMs: null, createdAtMs: nowMs });
      this.#open = undefined;
      return { id, secret: createSecretKey(secret) };
    });
  }

  #newest(): (OpenKey & SigningKey) | undefined {
    return [...this.#all().values()].findLast(({ retiredAtMs }) => retiredAtMs === null);
  }

  #all(): ReadonlyMap<string, OpenKey & SigningKey> {
    this.#open ??= new Map(
      this.#keys.all().map((key) => {
        const secret = createSecretKey(this.#secrets.open(key.sealedSecret), 'base64url');
        return [key.id, { ...key, secret }];
      }),
    );
    return this.#open;
  }
}
