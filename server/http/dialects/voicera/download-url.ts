import { isPlayable, type Recording } from '../../../domain/recordings/recording.ts';
import type { TokenSigner } from '../../signed-token.ts';

/** Life of the token in a recording's URL. */
const downloadTokenMs = 15 * 60_000;

/** Where the recording can be had for a quarter of an hour without another credential; null when there is none. */
export function downloadUrl(
  recording: Recording | undefined,
  { origin, signer }: { readonly origin: string; readonly signer: TokenSigner },
): string | null {
  if (!recording || !isPlayable(recording)) return null;
  const token = encodeURIComponent(signer.sign('recording', recording.callId, downloadTokenMs));
  return `${origin}/call-recordings/${recording.callId}/download?token=${token}`;
}
