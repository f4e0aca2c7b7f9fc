import type { TokenSigner } from '../../signed-token.ts';
import { type Holder, holderText, readHolder } from '../../sockets/holder.ts';

const lifeMs = 5 * 60_000;

/** Opens the live view of this call for five minutes; the view ends with the key or session that it was made for. */
export function liveToken(signer: TokenSigner, callId: string, holder: Holder): string {
  return signer.sign('live', `${callId} ${holderText(holder)}`, lifeMs);
}

/** Whom such a token was made for; undefined for one that does not open this call. */
export function holderOfLiveToken(signer: TokenSigner, callId: string, token: string): Holder | undefined {
  const [named, holder = ''] = (signer.subjectOf('live', token) ?? '').split(' ');
  return named === callId && named !== '' ? readHolder(holder) : undefined;
}
