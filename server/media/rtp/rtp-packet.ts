/** RTP fixed header and payload (RFC 3550 §5.1). `payload` is a view into the datagram. */
export interface RtpPacket {
  readonly marker: boolean;
  readonly payloadType: number;
  readonly sequence: number;
  readonly timestamp: number;
  readonly ssrc: number;
  readonly payload: Uint8Array;
}

export const rtpHeaderBytes = 12;

/** RTCP packet types 192–223 seen on an RTP port (RFC 5761 §4). */
export function isRtcp(datagram: Uint8Array): boolean {
  const second = datagram[1] ?? 0;
  return datagram.length >= 4 && (datagram[0] ?? 0) >> 6 === 2 && second >= 192 && second <= 223;
}

/** Undefined for anything that is not a well-formed RTP version 2 packet. */
export function parseRtp(datagram: Uint8Array): RtpPacket | undefined {
  if (datagram.length < rtpHeaderBytes) return undefined;
  const view = new DataView(datagram.buffer, datagram.byteOffset, datagram.byteLength);
  const first = view.getUint8(0);
  if (first >> 6 !== 2) return undefined;
  const start = payloadStart(view, first);
  const end = payloadEnd(view, first);
  if (start > end) return undefined;
  const second = view.getUint8(1);
  return {
    marker: (second & 0x80) !== 0,
    payloadType: second & 0x7f,
    sequence: view.getUint16(2),
    timestamp: view.getUint32(4),
    ssrc: view.getUint32(8),
    payload: datagram.subarray(start, end),
  };
}

/** Behind the contributing sources and the header extension; past the end when they are cut short. */
function payloadStart(view: DataView, first: number): number {
  const start = rtpHeaderBytes + 4 * (first & 0x0f);
  if ((first & 0x10) === 0) return start;
  if (start + 4 > view.byteLength) return Number.POSITIVE_INFINITY;
  return start + 4 + 4 * view.getUint16(start + 2);
}

/** Before the padding, whose last byte is its length; negative when that length is impossible. */
function payloadEnd(view: DataView, first: number): number {
  if ((first & 0x20) === 0) return view.byteLength;
  const padding = view.getUint8(view.byteLength - 1);
  return padding === 0 ? -1 : view.byteLength - padding;
}

/** Writes the 12-byte header (no padding, extension or contributing sources) at the start of `datagram`. */
export function writeRtpHeader(datagram: Buffer, header: Omit<RtpPacket, 'payload'>): void {
  datagram[0] = 0x80;
  datagram[1] = (header.marker ? 0x80 : 0) | header.payloadType;
  datagram.writeUInt16BE(header.sequence & 0xffff, 2);
  datagram.writeUInt32BE(header.timestamp >>> 0, 4);
  datagram.writeUInt32BE(header.ssrc >>> 0, 8);
}
