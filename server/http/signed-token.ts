import { createHmac, randomBytes, timingSafeEqual } from 'node:crypto';
import type { Clock } from '../lifetime/clock.ts';

/** What a token lets its bearer do. */
export type TokenPurpose = 'live' | 'recording' | 'file' | 'voice';

/**
 * Makes and checks tokens of the form base64(`subject.expiry.hmac`), `expiry` in Unix seconds. The secret is made anew
 * by every start, so a restart ends all tokens.
 */
export class TokenSigner {
  readonly #secret = randomBytes(32);
  readonly #clock: Clock;

  constructor(clock: Clock) {
    this.#clock = clock;
  }

  sign(purpose: TokenPurpose, subject: string, lifeMs: number): string {
    const expiry = Math.ceil((this.#clock.now() + lifeMs) / 1000);
    return Buffer.from(`${subject}.${expiry}.${this.#mac(purpose, subject, expiry)}`).toString('base64');
  }

  /** True when the token was made here for this purpose and subject and has not expired. */
  verify(purpose: TokenPurpose, subject: string, token: string): boolean {
    return this.subjectOf(purpose, token) === subject;
  }

  /** What a token is about that was made here for this purpose and has not expired; undefined for any other. */
  subjectOf(purpose: TokenPurpose, token: string): string | undefined {
    if (token.length > 512) return undefined;
    const [subject, expiryText, mac] = Buffer.from(token, 'base64').toString('utf8').split('.');
    const expiry = Number(expiryText);
    if (subject === undefined || mac === undefined || !Number.isInteger(expiry)) return undefined;
    return this.verifyUntil(purpose, subject, expiry, mac) ? subject : undefined;
  }

  /** The bare signature, for a URL that shows subject and expiry beside it. */
  signUntil(purpose: TokenPurpose, subject: string, expiryS: number): string {
    return this.#mac(purpose, subject, expiryS);
  }

  verifyUntil(purpose: TokenPurpose, subject: string, expiryS: number, signature: string): boolean {
    const expected = Buffer.from(this.#mac(purpose, subject, expiryS));
    const given = Buffer.from(signature);
    if (given.length !== expected.length || !timingSafeEqual(given, expected)) return false;
    return expiryS * 1000 > this.#clock.now();
  }

  #mac(purpose: TokenPurpose, subject: string, expiry: number): string {
    return createHmac('sha256', this.#secret).update(`${purpose}\n${subject}\n${expiry}`).digest('hex');
  }
}
