import { eventPayloadType, type PhoneCodec, payloadTypes } from './phone-audio.ts';

/** The description of a phone that knows one codec and telephone-event. */
export function phoneSdp(
  { address, port }: { readonly address: string; readonly port: number },
  codec: PhoneCodec,
  version = 1,
  direction = 'sendrecv',
): string {
  return [
    'v=0',
    `o=phone 4711 ${version} IN IP4 ${address}`,
    's=-',
    `c=IN IP4 ${address}`,
    't=0 0',
    `m=audio ${port} RTP/AVP ${payloadTypes[codec]} ${eventPayloadType}`,
    `a=rtpmap:${payloadTypes[codec]} ${codec}/8000`,
    `a=rtpmap:${eventPayloadType} telephone-event/8000`,
    'a=ptime:20',
    `a=${direction}`,
    '',
  ].join('\r\n');
}
