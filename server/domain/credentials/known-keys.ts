import type { Principal } from './principal.ts';

/** A key that was let in lately. */
export interface KnownKey {
  readonly principal: Principal;
  readonly expiresAtMs: number | null;
  lastUsedAtMs: number;
}

const limit = 1_000;

/** The keys in use by hash, so that a busy client costs no query; the one known longest goes first when it is full. */
export class KnownKeys {
  readonly #byHash = new Map<string, KnownKey>();

  get(hash: string): KnownKey | undefined {
    return this.#byHash.get(hash);
  }

  remember(hash: string, key: KnownKey): void {
    if (this.#byHash.size >= limit) {
      for (const oldest of this.#byHash.keys()) {
        this.#byHash.delete(oldest);
        break;
      }
    }
    this.#byHash.set(hash, key);
  }

  forgetAll(): void {
    this.#byHash.clear();
  }
}
