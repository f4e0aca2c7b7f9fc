import type { Principal } from '../../../domain/credentials/principal.ts';
import type { Clock } from '../../../lifetime/clock.ts';
import type { TokenSigner } from '../../signed-token.ts';
import { holderText, readHolder } from '../../sockets/holder.ts';
import type { KupeCaller } from './auth.ts';

export const voiceTokenLifeS = 3_600;

/**
 * Tokens that open audio sockets and nothing else, for pages and gateways that must not hold a key:
 * `voice.<base64url of the holder>.<expiry>.<HMAC>`. They end after an hour, with the house's next start, and what they
 * opened ends with the key or session that they were made for.
 */
export class VoiceTokens {
  readonly #signer: TokenSigner;
  readonly #clock: Clock;

  constructor(signer: TokenSigner, clock: Clock) {
    this.#signer = signer;
    this.#clock = clock;
  }

  issue(caller: KupeCaller): string {
    const holder = Buffer.from(holderText(caller)).toString('base64url');
    const expiryS = Math.ceil(this.#clock.now() / 1000) + voiceTokenLifeS;
    return `voice.${holder}.${expiryS}.${this.#signer.signUntil('voice', holder, expiryS)}`;
  }

  /** Whose token it is, with the least rights; undefined for any other token. */
  principalOf(token: string): Principal | undefined {
    const [kind, holder = '', expiry = '', signature = ''] = token.split('.');
    const expiryS = /^\d{1,12}$/.test(expiry) ? Number(expiry) : 0;
    if (kind !== 'voice' || !this.#signer.verifyUntil('voice', holder, expiryS, signature)) return undefined;
    return { ...readHolder(Buffer.from(holder, 'base64url').toString('utf8')), email: null, role: 'user', scopes: [] };
  }
}
