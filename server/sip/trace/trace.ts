/** One message as it was on the wire, secrets masked. */
export interface TracedMessage {
  readonly timeMs: number;
  readonly direction: 'in' | 'out';
  readonly transport: string;
  readonly local: string;
  readonly remote: string;
  readonly text: string;
}

export interface TraceLimits {
  /** Calls remembered; the one traced longest ago is forgotten first. */
  readonly calls: number;
  readonly messagesPerCall: number;
  /** Bytes kept of all calls together. */
  readonly totalBytes: number;
  /** Bytes kept of one message. */
  readonly messageBytes: number;
}

export const DEFAULT_TRACE_LIMITS: TraceLimits = {
  calls: 500,
  messagesPerCall: 60,
  totalBytes: 8_000_000,
  messageBytes: 8_000,
};

/** What is remembered before anyone asks: the bytes, masked when they are read. */
export interface TraceEntry {
  readonly timeMs: number;
  readonly direction: 'in' | 'out';
  readonly transport: string;
  readonly localAddress: string;
  readonly localPort: number;
  readonly remoteAddress: string;
  readonly remotePort: number;
  readonly bytes: Buffer;
}

interface TracedCall {
  readonly entries: TraceEntry[];
  bytes: number;
}

const SECRET_HEADER = /^((?:proxy-)?authorization|authentication-info)[ \t]*:.*(?:\r\n[ \t].*)*$/gim;
const SRTP_KEY = /^(a=crypto:\d+ \S+ inline:)[^\r\n]*/gim;

/** The text with credentials (Authorization, Proxy-Authorization) and media keys (a=crypto) replaced by `***`. */
export function maskSecrets(text: string): string {
  return text.replace(SECRET_HEADER, '$1: ***').replace(SRTP_KEY, '$1***');
}

/** The last messages of the last calls, within fixed limits; masking happens when they are read. */
export class Trace {
  readonly #limits: TraceLimits;
  readonly #calls = new Map<string, TracedCall>();
  #totalBytes = 0;
  #dropped = 0;

  constructor(limits: TraceLimits = DEFAULT_TRACE_LIMITS) {
    this.#limits = limits;
  }

  /** Messages forgotten because a limit was reached. */
  get dropped(): number {
    return this.#dropped;
  }

  record(callId: string, entry: TraceEntry): void {
    const call = this.#call(callId);
    const kept = this.#shorten(entry);
    call.entries.push(kept);
    call.bytes += kept.bytes.length;
    this.#totalBytes += kept.bytes.length;
    if (call.entries.length > this.#limits.messagesPerCall) this.#dropEntry(call);
    while (this.#calls.size > this.#limits.calls || this.#totalBytes > this.#limits.totalBytes) {
      if (!this.#dropOldestCall(callId)) break;
    }
  }

  /** The messages of one call in the order they passed; empty when nothing is remembered. */
  read(callId: string): TracedMessage[] {
    return (this.#calls.get(callId)?.entries ?? []).map((entry) => ({
      timeMs: entry.timeMs,
      direction: entry.direction,
      transport: entry.transport,
      local: `${entry.localAddress}:${entry.localPort}`,
      remote: `${entry.remoteAddress}:${entry.remotePort}`,
      text: maskSecrets(entry.bytes.toString('utf8')),
    }));
  }

  #call(callId: string): TracedCall {
    const known = this.#calls.get(callId);
    const call = known ?? { entries: [], bytes: 0 };
    if (known !== undefined) this.#calls.delete(callId);
    this.#calls.set(callId, call);
    return call;
  }

  #shorten(entry: TraceEntry): TraceEntry {
    const { messageBytes } = this.#limits;
    return entry.bytes.length <= messageBytes
      ? entry
      : { ...entry, bytes: Buffer.from(entry.bytes.subarray(0, messageBytes)) };
  }

  #dropEntry(call: TracedCall): void {
    const entry = call.entries.shift();
    if (entry === undefined) return;
    call.bytes -= entry.bytes.length;
    this.#totalBytes -= entry.bytes.length;
    this.#dropped++;
  }

  /** False when only the call that must stay is left. */
  #dropOldestCall(staying: string): boolean {
    const [oldest] = this.#calls;
    if (oldest === undefined || oldest[0] === staying) return false;
    this.#calls.delete(oldest[0]);
    this.#totalBytes -= oldest[1].bytes;
    this.#dropped += oldest[1].entries.length;
    return true;
  }
}
