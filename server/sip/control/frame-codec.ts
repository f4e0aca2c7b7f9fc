/** The longest payload a client may send: a 64 kB SIP message, its meta line and room for growth. */
export const MAX_PAYLOAD_BYTES = 128 * 1024;

const HASH = 0x23;
const MAX_LENGTH_DIGITS = String(MAX_PAYLOAD_BYTES).length;

/** The stream can no longer be followed: the connection has to end. */
export class FramingError extends Error {
  constructor(message: string) {
    super(message);
    this.name = 'FramingError';
  }
}

/**
 * Cuts a byte stream into payloads. A frame is the decimal byte length of its payload, `#`, and the payload in UTF-8;
 * nothing stands between frames. Payloads handed out are views of the received chunks where they can be.
 */
export class FrameDecoder {
  readonly #maxPayloadBytes: number;
  #pending: Buffer[] = [];
  #pendingBytes = 0;
  /** Bytes that must be there before it is worth looking again. */
  #neededBytes = 0;

  constructor(maxPayloadBytes = MAX_PAYLOAD_BYTES) {
    this.#maxPayloadBytes = maxPayloadBytes;
  }

  /** Hands over every payload that `chunk` completes. Throws `FramingError` when the stream is broken. */
  push(chunk: Buffer, payload: (bytes: Buffer) => void): void {
    let bytes = chunk;
    if (this.#pendingBytes > 0) {
      this.#pending.push(chunk);
      this.#pendingBytes += chunk.length;
      if (this.#pendingBytes < this.#neededBytes) return;
      bytes = Buffer.concat(this.#pending, this.#pendingBytes);
    }
    const used = this.#cut(bytes, payload);
    const rest = bytes.subarray(used);
    this.#pending = rest.length > 0 ? [rest] : [];
    this.#pendingBytes = rest.length;
  }

  /** Cuts whole frames off the front; returns how many bytes they took. */
  #cut(bytes: Buffer, payload: (bytes: Buffer) => void): number {
    let at = 0;
    this.#neededBytes = 0;
    while (at < bytes.length) {
      const hash = lengthEnd(bytes, at);
      if (hash === -1) return at;
      const length = Number(bytes.toString('latin1', at, hash));
      if (length > this.#maxPayloadBytes) {
        throw new FramingError(`A frame of ${length} bytes is longer than ${this.#maxPayloadBytes}`);
      }
      const end = hash + 1 + length;
      if (end > bytes.length) {
        this.#neededBytes = end - at;
        return at;
      }
      payload(bytes.subarray(hash + 1, end));
      at = end;
    }
    return at;
  }
}

/** Position of the `#` after the length digits at `at`; -1 when it has not arrived yet. */
function lengthEnd(bytes: Buffer, at: number): number {
  for (let i = at; i < bytes.length && i <= at + MAX_LENGTH_DIGITS; i++) {
    const byte = bytes[i] as number;
    if (byte === HASH && i > at) return i;
    if (byte < 0x30 || byte > 0x39) throw new FramingError('A frame must begin with its length in digits and #');
  }
  if (bytes.length > at + MAX_LENGTH_DIGITS) throw new FramingError('A frame length has too many digits');
  return -1;
}

/** One frame in one buffer: `text` (UTF-8) and, after it, `body` as it is. */
export function encodeFrame(text: string, body?: Buffer): Buffer {
  const bodyBytes = body?.length ?? 0;
  const payloadBytes = Buffer.byteLength(text) + bodyBytes;
  const prefix = `${payloadBytes}#`;
  const frame = Buffer.allocUnsafe(prefix.length + payloadBytes);
  frame.write(prefix, 0, 'latin1');
  frame.write(text, prefix.length, 'utf8');
  if (body !== undefined && bodyBytes > 0) body.copy(frame, frame.length - bodyBytes);
  return frame;
}
