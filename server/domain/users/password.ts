import { hash, verify } from '@node-rs/argon2';
import { LandlineError } from '../../contract/errors.ts';

export const passwordLimits = { least: 8, most: 256 } as const;

/** Each takes 20 ms and 19 MB; behind so many, one more would wait for seconds. */
const waitingLimit = 64;

/** argon2id with the library's parameters (19 MiB, two passes: OWASP's first choice), off the main thread. */
export class Passwords {
  #waiting = 0;
  #refused = 0;
  #nobodys: Promise<string> | undefined;

  get counters(): { readonly waiting: number; readonly refused: number } {
    return { waiting: this.#waiting, refused: this.#refused };
  }

  /** PHC text. Throws `password-unfit`, or `too-busy` when too many are being hashed already. */
  hash(password: string): Promise<string> {
    const { least, most } = passwordLimits;
    if (password.length < least || password.length > most) {
      throw new LandlineError('password-unfit', `A password has ${least} to ${most} characters.`, { least, most });
    }
    return this.#take(() => hash(password));
  }

  /** Takes as long for a person without a password, so that nobody can tell by the clock who exists. */
  async isRight(hashed: string | null, password: string): Promise<boolean> {
    if (password.length > passwordLimits.most) return false;
    this.#nobodys ??= hash('nobody has this password');
    const against = hashed ?? (await this.#nobodys);
    const fits = await this.#take(() => verify(against, password));
    return fits && hashed !== null;
  }

  async #take<T>(work: () => Promise<T>): Promise<T> {
    if (this.#waiting >= waitingLimit) {
      this.#refused++;
      throw new LandlineError('too-busy', 'Too many people are signing in at this moment: try again in a second.');
    }
    this.#waiting++;
    try {
      return await work();
    } finally {
      this.#waiting--;
    }
  }
}
