import { MESSAGE_LIMIT_BYTES } from './parse-message.ts';

export type StreamEvent =
  | { readonly kind: 'message'; readonly bytes: Buffer }
  /** Two empty lines between messages: the peer wants one back (RFC 5626 3.5.1). */
  | { readonly kind: 'ping' }
  /** The stream cannot be followed any more; `bytes` is what was received of the message, cut at its head if it has one. */
  | { readonly kind: 'failure'; readonly reason: string; readonly bytes: Buffer };

const LENGTH_FIELD = /\r\n(?:content-length|l)[ \t]*:\s*([^\r]*?)[ \t]*(?=\r\n)/gi;

/** Content-Length of a message head that ends with an empty line; a sentence when it is missing, doubtful or too large. */
function declaredLength(head: string): number | string {
  const values = Array.from(head.matchAll(LENGTH_FIELD), (match) => match[1] ?? '');
  const first = values[0];
  if (first === undefined) return 'Missing Content-Length';
  const length = Number(first);
  if (!values.every((value) => /^\d{1,10}$/.test(value) && Number(value) === length)) return 'Bad Content-Length';
  return length;
}

/** Cuts a byte stream into messages by Content-Length (RFC 3261 18.3). Holds at most one message: 64 kB. */
export class StreamFramer {
  #buffer = Buffer.alloc(4096);
  #length = 0;
  #searchedTo = 0;
  #totalLength: number | undefined;
  #failed = false;

  /** Whether a message has begun and is not complete. */
  get isMidMessage(): boolean {
    return this.#length > 0;
  }

  /** What the new bytes complete, in order. After a failure nothing more comes. */
  push(chunk: Buffer): StreamEvent[] {
    const events: StreamEvent[] = [];
    for (let at = 0; at < chunk.length && !this.#failed; ) {
      const taken = Math.min(chunk.length - at, MESSAGE_LIMIT_BYTES + 1 - this.#length);
      this.#append(chunk.subarray(at, at + taken));
      at += taken;
      for (let event = this.#next(); event !== undefined; event = this.#next()) events.push(event);
    }
    return events;
  }

  #append(bytes: Buffer): void {
    const needed = this.#length + bytes.length;
    if (needed > this.#buffer.length) {
      const larger = Buffer.alloc(Math.max(needed, this.#buffer.length * 2));
      this.#buffer.copy(larger, 0, 0, this.#length);
      this.#buffer = larger;
    }
    bytes.copy(this.#buffer, this.#length);
    this.#length = needed;
  }

  #next(): StreamEvent | undefined {
    if (this.#failed || this.#length === 0) return undefined;
    if (this.#totalLength === undefined) {
      const between = this.#betweenMessages();
      if (between !== undefined || this.#length === 0 || this.#startsWithLineEnd()) return between;
      const failure = this.#findHead();
      if (failure !== undefined) return failure;
    }
    if (this.#totalLength === undefined || this.#length < this.#totalLength) return undefined;
    return { kind: 'message', bytes: this.#take(this.#totalLength) };
  }

  #startsWithLineEnd(): boolean {
    return this.#buffer[0] === 0x0d && (this.#length === 1 || this.#buffer[1] === 0x0a);
  }

  /** Takes CRLFCRLF as a ping and drops a lone CRLF before a message. */
  #betweenMessages(): StreamEvent | undefined {
    const start = this.#buffer.toString('latin1', 0, Math.min(4, this.#length));
    if (start === '\r\n\r\n') {
      this.#take(4);
      return { kind: 'ping' };
    }
    if (start.startsWith('\r\n') && start.length > 2 && !'\r\n\r\n'.startsWith(start)) this.#take(2);
    return undefined;
  }

  #findHead(): StreamEvent | undefined {
    const end = this.#buffer.subarray(0, this.#length).indexOf('\r\n\r\n', Math.max(0, this.#searchedTo - 3), 'latin1');
    this.#searchedTo = this.#length;
    if (end === -1)
      return this.#length > MESSAGE_LIMIT_BYTES ? this.#fail('Header Too Large', this.#length) : undefined;
    const headLength = end + 4;
    const length = declaredLength(this.#buffer.toString('latin1', 0, headLength));
    if (typeof length === 'string') return this.#fail(length, headLength);
    if (headLength + length > MESSAGE_LIMIT_BYTES) return this.#fail('Message Too Large', headLength);
    this.#totalLength = headLength + length;
    return undefined;
  }

  #fail(reason: string, length: number): StreamEvent {
    this.#failed = true;
    return { kind: 'failure', reason, bytes: this.#take(length) };
  }

  /** Copies the first bytes out and moves the rest to the front. */
  #take(length: number): Buffer {
    const taken = Buffer.from(this.#buffer.subarray(0, length));
    this.#buffer.copyWithin(0, length, this.#length);
    this.#length -= length;
    this.#searchedTo = 0;
    this.#totalLength = undefined;
    return taken;
  }
}
