/**
 * The message model of the core. Headers are kept as text in wire order and parsed on first use, so that a message
 * costs little when it is only passed on. Implementations live beside this file (`parse-message.ts`,
 * `serialize-message.ts`, `header-values.ts`).
 */
export interface HeaderField {
  /** Canonical name (`Call-ID`, `CSeq`, `Via`), compact forms expanded. */
  readonly name: string;
  /** Unfolded value without surrounding white space; one list element per field for Via, Route, Record-Route, Contact. */
  readonly value: string;
}

/** Ordered header fields; names compare case-insensitively and compact forms equal their long form. */
export interface HeaderList {
  get(name: string): string | undefined;
  all(name: string): readonly string[];
  has(name: string): boolean;
  /** Replaces every field of this name by one, at the place of the first. */
  set(name: string, value: string): void;
  append(name: string, value: string): void;
  prepend(name: string, value: string): void;
  remove(name: string): void;
  /** Removes and returns the first field of this name. */
  shift(name: string): string | undefined;
  readonly fields: readonly HeaderField[];
  clone(): HeaderList;
}

export interface SipRequest {
  readonly kind: 'request';
  readonly method: string;
  uri: string;
  readonly headers: HeaderList;
  body: Buffer;
}

export interface SipResponse {
  readonly kind: 'response';
  readonly status: number;
  readonly reason: string;
  readonly headers: HeaderList;
  body: Buffer;
}

export type SipMessage = SipRequest | SipResponse;

export interface SipUri {
  readonly scheme: 'sip' | 'sips' | 'tel';
  readonly user: string | undefined;
  readonly password: string | undefined;
  /** Host without brackets for IPv6. */
  readonly host: string;
  readonly port: number | undefined;
  /** Lower-case names; a parameter without value is an empty string. */
  readonly params: ReadonlyMap<string, string>;
  readonly headers: string | undefined;
}

/** name-addr or addr-spec with its header parameters (From, To, Contact, Route…). */
export interface NameAddr {
  readonly displayName: string | undefined;
  readonly uri: string;
  readonly params: ReadonlyMap<string, string>;
}

export interface Via {
  readonly transport: string;
  readonly host: string;
  readonly port: number | undefined;
  readonly params: ReadonlyMap<string, string>;
}

export interface CSeq {
  readonly number: number;
  readonly method: string;
}
