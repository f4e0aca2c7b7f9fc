import { describe, expect, it } from 'vitest';
import { encodeFrame, FrameDecoder, FramingError, MAX_PAYLOAD_BYTES } from './frame-codec.ts';

function decodeInPieces(stream: Buffer, pieceBytes: number): string[] {
  const decoder = new FrameDecoder();
  const payloads: string[] = [];
  for (let at = 0; at < stream.length; at += pieceBytes) {
    decoder.push(stream.subarray(at, at + pieceBytes), (bytes) => payloads.push(bytes.toString('utf8')));
  }
  return payloads;
}

describe('control frames', () => {
  it('carry the byte length, not the character count', () => {
    expect(encodeFrame('id|grüß 📞').toString('utf8')).toBe('14#id|grüß 📞');
  });

  it('append the body bytes unchanged after the text', () => {
    const body = Buffer.from([0, 255, 13, 10]);
    const frame = encodeFrame('head', body);
    expect(frame.subarray(0, 6).toString('latin1')).toBe('8#head');
    expect(frame.subarray(6)).toEqual(body);
  });

  it('come out the same wherever the stream is split', () => {
    const payloads = ['a|ping', 'b|sip||\r\nINVITE sip:x SIP/2.0\r\n\r\n1#2#3', 'c|📞📞|ö', ''].filter((p) => p !== '');
    const stream = Buffer.concat(payloads.map((payload) => encodeFrame(payload)));
    for (let pieceBytes = 1; pieceBytes <= stream.length; pieceBytes++) {
      expect(decodeInPieces(stream, pieceBytes)).toEqual(payloads);
    }
    for (let cut = 0; cut <= stream.length; cut++) {
      const decoder = new FrameDecoder();
      const seen: string[] = [];
      for (const piece of [stream.subarray(0, cut), stream.subarray(cut)]) {
        decoder.push(piece, (bytes) => seen.push(bytes.toString('utf8')));
      }
      expect(seen).toEqual(payloads);
    }
  });

  it('of 64 kB arrive whole in network-sized pieces', () => {
    const payload = 'x'.repeat(64 * 1024);
    expect(decodeInPieces(encodeFrame(payload), 1448)).toEqual([payload]);
  });

  it.each(['x#abc', '#abc', '-1#a', ' 3#abc', '1234567#a', '12 #a'])('refuse the broken beginning %j', (broken) => {
    const decoder = new FrameDecoder();
    expect(() => decoder.push(Buffer.from(broken), () => {})).toThrow(FramingError);
  });

  it('refuse an endless run of digits before any # arrives', () => {
    const decoder = new FrameDecoder();
    expect(() => {
      for (let i = 0; i < 10; i++) decoder.push(Buffer.from('1'), () => {});
    }).toThrow(FramingError);
  });

  it('refuse a length above the limit before its bytes arrive', () => {
    const decoder = new FrameDecoder();
    expect(() => decoder.push(Buffer.from(`${MAX_PAYLOAD_BYTES + 1}#`), () => {})).toThrow(FramingError);
  });
});
