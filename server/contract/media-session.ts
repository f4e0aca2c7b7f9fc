/** Codecs of the telephone line. The name is the SDP encoding name (RFC 3551). */
export const codecNames = ['PCMU', 'PCMA', 'G722'] as const;
export type CodecName = (typeof codecNames)[number];

/** Codecs of a leg: those of the telephone, and plain samples for callers that come by WebSocket. Never in SDP. */
export type LineCodec = CodecName | 'L16';

/** RFC 3264 direction, seen from our side. */
export type MediaDirection = 'sendrecv' | 'sendonly' | 'recvonly' | 'inactive';

/** Where our RTP socket is, as it must appear in SDP. */
export interface LocalMediaPoint {
  readonly address: string;
  readonly port: number;
}

/** What offer and answer agreed on for the audio of one call. */
export interface NegotiatedMedia {
  readonly remoteAddress: string;
  readonly remotePort: number;
  readonly codec: LineCodec;
  readonly payloadType: number;
  /** Payload type of telephone-event/8000 (RFC 4733); absent when it was not agreed. */
  readonly telephoneEventPayloadType?: number;
  /** Our direction. `recvonly` or `inactive` means that the other side holds us: nothing but comfort noise may be sent. */
  readonly direction: MediaDirection;
  readonly ptimeMs: number;
}
