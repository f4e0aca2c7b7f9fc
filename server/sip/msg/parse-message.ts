import { isUtf8 } from 'node:buffer';
import { type Field, FieldList } from './header-list.ts';
import { headerName, LIST_HEADERS } from './header-names.ts';
import type { SipMessage, SipRequest, SipResponse } from './sip-message.ts';
import { isToken, splitOutside } from './syntax.ts';
import { type Problem, problemOf } from './validate-message.ts';
import { namesSender } from './via.ts';

export const MESSAGE_LIMIT_BYTES = 65_536;
export const HEADER_LIMIT = 200;

/** A message, or why there is none. */
export type ParseResult =
  | { readonly ok: true; readonly message: SipMessage }
  | {
      readonly ok: false;
      /** What to answer (400, 416, 505, 513). Means nothing when `request` is undefined. */
      readonly status: number;
      /** What is wrong, fit for a reason phrase. */
      readonly reason: string;
      /**
       * The request as far as it was understood, when it can be answered: its topmost Via names a sender, and it is no ACK.
       * Other headers may be missing or malformed.
       */
      readonly request: SipRequest | undefined;
    };

interface StartLine {
  readonly method: string;
  readonly uri: string;
  readonly version: string;
  readonly status: number;
  readonly reason: string;
}

const CONTROL = /[^\P{Cc}\t\r\n]/u;
const UNSAFE = /[\0\r\n]/;
const REQUEST_LINE = /^([A-Za-z0-9\-.!%*_+`'~]+) (\S+) (SIP\/\d+\.\d+)$/i;
const LOOSE_REQUEST_LINE = /^([A-Za-z0-9\-.!%*_+`'~]+)\s+(\S.*?)\s+(SIP\/\d+\.\d+)\s*$/i;
const STATUS_LINE = /^(SIP\/\d+\.\d+) ([1-6]\d\d)(?: (.*))?$/i;

const malformed = (reason: string): Problem => ({ status: 400, reason });

/** Header text is UTF-8 (RFC 3261 7.1); bytes that are not are read as Latin-1, as old PBXs write display names. */
const decode = (bytes: Buffer): string => (isUtf8(bytes) ? bytes.toString('utf8') : bytes.toString('latin1'));

function parseStartLine(line: string): StartLine | undefined {
  const request = REQUEST_LINE.exec(line);
  if (request !== null) {
    const [, method = '', uri = '', version = ''] = request;
    return { method, uri, version, status: 0, reason: '' };
  }
  const status = STATUS_LINE.exec(line);
  if (status === null) return undefined;
  return { method: '', uri: '', version: status[1] ?? '', status: Number(status[2]), reason: status[3] ?? '' };
}

/** Adds the field or, for headers that are lists of addresses, one field per element. */
function addField(fields: Field[], written: string, value: string): boolean {
  const { key, name } = headerName(written);
  if (!LIST_HEADERS.has(key) || !value.includes(',')) {
    fields.push({ key, name, value });
    return true;
  }
  const elements = splitOutside(value, ',');
  if (elements === undefined) return false;
  for (const element of elements) if (element !== '') fields.push({ key, name, value: element });
  return true;
}

interface Head {
  readonly startLine: string;
  readonly headers: FieldList;
  readonly problem: Problem | undefined;
}

/** The header line that begins at `index` with its folded continuations, and where the next one begins. */
function unfold(lines: readonly string[], index: number): { line: string; next: number } {
  const first = lines[index] ?? '';
  let next = index + 1;
  while (isContinuation(lines[next])) next++;
  if (next === index + 1) return { line: first, next };
  const parts = lines.slice(index, next).map((part) => part.trim());
  return { line: parts.join(' '), next };
}

const isContinuation = (line: string | undefined): boolean =>
  line?.startsWith(' ') === true || line?.startsWith('\t') === true;

/** Unfolds and indexes the header lines; a bad line is noted and left out, so that the rest can still serve an answer. */
function parseHead(text: string): Head {
  const fields: Field[] = [];
  const lines = text.split('\r\n');
  let problem: Problem | undefined = CONTROL.test(text) ? malformed('Control Character In Header') : undefined;
  for (let index = 1; index < lines.length; ) {
    const { line, next } = unfold(lines, index);
    index = next;
    const colon = line.indexOf(':');
    const name = line.slice(0, Math.max(0, colon)).trimEnd();
    const isField = isToken(name) && !UNSAFE.test(line) && addField(fields, name, line.slice(colon + 1).trim());
    if (!isField) problem ??= malformed('Malformed Header Line');
    if (fields.length > HEADER_LIMIT) {
      fields.length = HEADER_LIMIT;
      problem = malformed('Too Many Headers');
      break;
    }
  }
  return { startLine: lines[0] ?? '', headers: new FieldList(fields), problem };
}

/** Where the message begins after keep-alive line ends (RFC 3261 7.5). */
function skipLineEnds(bytes: Buffer): number {
  let at = 0;
  while (bytes[at] === 0x0d || bytes[at] === 0x0a) at++;
  return at;
}

const failure = (problem: Problem, request?: SipRequest): ParseResult => ({
  ok: false,
  ...problem,
  request: request !== undefined && isAnswerable(request) ? request : undefined,
});

const isAnswerable = (request: SipRequest): boolean =>
  request.method !== 'ACK' && namesSender(request.headers.get('Via') ?? '');

function bodyOf(rest: Buffer, headers: FieldList): Buffer | Problem {
  const declared = headers.all('Content-Length');
  if (declared.length === 0) return rest;
  const length = Number(declared[0]);
  if (!declared.every((value) => /^\d{1,10}$/.test(value) && Number(value) === length)) {
    return malformed('Bad Content-Length');
  }
  return length > rest.length ? malformed('Content-Length Larger Than Message') : rest.subarray(0, length);
}

function requestFrom(line: StartLine, { headers, problem }: Head, body: Buffer | Problem): ParseResult {
  const received = Buffer.isBuffer(body) ? body : Buffer.alloc(0);
  const request: SipRequest = { kind: 'request', method: line.method, uri: line.uri, headers, body: received };
  if (line.version.toUpperCase() !== 'SIP/2.0')
    return failure({ status: 505, reason: 'Version Not Supported' }, request);
  const found = problem ?? (Buffer.isBuffer(body) ? problemOf(request) : body);
  return found === undefined ? { ok: true, message: request } : failure(found, request);
}

function responseFrom(line: StartLine, { headers, problem }: Head, body: Buffer | Problem): ParseResult {
  if (line.version.toUpperCase() !== 'SIP/2.0') return failure(malformed('Version Not Supported'));
  if (problem !== undefined || !Buffer.isBuffer(body)) return failure(problem ?? (body as Problem));
  const { status, reason } = line;
  const response: SipResponse = { kind: 'response', status, reason, headers, body };
  const found = problemOf(response);
  return found === undefined ? { ok: true, message: response } : failure(found);
}

/**
 * Parses one datagram or one framed stream message, and checks what every message must have right: start line, header
 * syntax, the mandatory headers (RFC 3261 8.1.1), Content-Length, Request-URI. Other headers are checked by those who
 * read them. The body is a view into `bytes`.
 */
export function parseMessage(bytes: Buffer): ParseResult {
  const start = skipLineEnds(bytes);
  const end = bytes.indexOf('\r\n\r\n', start, 'latin1');
  const parsed = parseHead(decode(bytes.subarray(start, end === -1 ? undefined : end)));
  const line = parseStartLine(parsed.startLine);
  const body = end === -1 ? malformed('Missing Empty Line') : bodyOf(bytes.subarray(end + 4), parsed.headers);
  if (line === undefined) return badStartLine(parsed);
  if (bytes.length > MESSAGE_LIMIT_BYTES) {
    const problem = { status: 513, reason: 'Message Too Large' };
    return line.status === 0 ? requestFrom(line, { ...parsed, problem }, body) : failure(problem);
  }
  return line.status === 0 ? requestFrom(line, parsed, body) : responseFrom(line, parsed, body);
}

/** A request line with stray white space is still answered (RFC 4475 3.1.2.8 to 3.1.2.10); anything else is not SIP. */
function badStartLine({ startLine, headers }: Head): ParseResult {
  const loose = LOOSE_REQUEST_LINE.exec(startLine);
  if (loose === null) return failure(malformed('Bad Start Line'));
  const [, method = '', uri = ''] = loose;
  return failure(malformed('Bad Request Line'), { kind: 'request', method, uri, headers, body: Buffer.alloc(0) });
}
