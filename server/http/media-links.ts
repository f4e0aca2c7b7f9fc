import type { Clock } from '../lifetime/clock.ts';
import type { TokenSigner } from './signed-token.ts';

/** What a link leads to: the audio of a call, or a file that was uploaded. */
export type MediaKind = 'recording' | 'file';

const lifeS = 15 * 60;
/** Links made within a minute are the same, so that what shows them can be kept that long. */
const grainS = 60;

/**
 * URLs that open one recording or file for a quarter of an hour without another credential:
 * `…/media/<kind>s/<id>?exp=<Unix seconds>&sig=<HMAC-SHA256>`.
 */
export class MediaLinks {
  readonly #signer: TokenSigner;
  readonly #clock: Clock;

  constructor(signer: TokenSigner, clock: Clock) {
    this.#signer = signer;
    this.#clock = clock;
  }

  /** Changes when the links made now differ from those made before. */
  get generation(): number {
    return Math.floor(this.#clock.now() / 1000 / grainS);
  }

  url(origin: string, kind: MediaKind, id: string): string {
    const expiryS = (this.generation + 1) * grainS + lifeS;
    return `${origin}/media/${kind}s/${id}?exp=${expiryS}&sig=${this.#signer.signUntil(kind, id, expiryS)}`;
  }

  opens(kind: MediaKind, id: string, { exp, sig }: { readonly exp: number; readonly sig: string }): boolean {
    return this.#signer.verifyUntil(kind, id, exp, sig);
  }
}
