import type { SrfMessage, SrfRequest } from '../connection/srf.ts';
import { sdpType } from './capabilities.ts';

/** What a message carries as session description. */
export type SdpBody =
  | { readonly kind: 'none' }
  | { readonly kind: 'sdp'; readonly text: string }
  /** A body that is no session description: 415. */
  | { readonly kind: 'other'; readonly type: string };

type Carrier = Pick<SrfMessage, 'get' | 'body'> & Partial<Pick<SrfRequest, 'payload'>>;

/** Finds the session description of a message, also inside a multipart body (RFC 5621). */
export function sdpBodyOf(message: Carrier): SdpBody {
  const body = message.body ?? '';
  if (body.trim() === '') return { kind: 'none' };
  const type = mediaType(message.get('Content-Type'));
  // A body without a type can only be taken for what it looks like.
  if (type === sdpType || (type === '' && body.startsWith('v='))) return { kind: 'sdp', text: body };
  if (type.startsWith('multipart/')) {
    const part = message.payload?.find((each) => mediaType(each.type ?? undefined) === sdpType)?.content;
    // The library leaves the closing boundary on the last part.
    if (part !== undefined) return { kind: 'sdp', text: part.split(/\r?\n--/)[0] ?? '' };
  }
  return { kind: 'other', type };
}

function mediaType(header: string | undefined): string {
  return (header ?? '').split(';')[0]?.trim().toLowerCase() ?? '';
}
