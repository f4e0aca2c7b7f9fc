import type { HeaderPairs, RequestDraft, ResponseDraft } from '../dialog/application-side.ts';

/** The SIP text of a client frame; the body is everything after the empty line, whatever Content-Length says. */
export type ClientMessage =
  | ({ readonly kind: 'request' } & RequestDraft)
  | ({ readonly kind: 'response' } & ResponseDraft);

const REQUEST_LINE = /^([A-Za-z0-9\-.!%*_+`'~]{1,32}) (\S{1,2048}) SIP\/2\.0$/;
const STATUS_LINE = /^SIP\/2\.0 ([1-6]\d\d)(?: ([^\r\n]*))?$/;
const HEADER = /^([A-Za-z0-9\-.!%*_+`'~]+)[ \t]*:[ \t]*(.*)$/s;
const FOLD = /\r\n[ \t]+/g;
const UNSAFE = /[\0\r\n]/;
const EMPTY_LINE = '\r\n\r\n';
const HEADERS_LIMIT = 200;

/** Undefined when the text is no SIP message. */
export function parseClientMessage(bytes: Buffer): ClientMessage | undefined {
  const end = bytes.indexOf(EMPTY_LINE);
  const head = bytes.toString('utf8', 0, end === -1 ? bytes.length : end);
  const body = end === -1 ? Buffer.alloc(0) : bytes.subarray(end + EMPTY_LINE.length);
  const lines = (head.includes('\r\n ') || head.includes('\r\n\t') ? head.replace(FOLD, ' ') : head).split('\r\n');
  const headers = parseHeaders(lines);
  if (headers === undefined) return undefined;
  const request = REQUEST_LINE.exec(lines[0] ?? '');
  if (request !== null) {
    const [, method = '', uri = ''] = request;
    return { kind: 'request', method, uri, headers, body };
  }
  const status = STATUS_LINE.exec(lines[0] ?? '');
  if (status === null) return undefined;
  return { kind: 'response', status: Number(status[1]), reason: status[2] ?? '', headers, body };
}

function parseHeaders(lines: readonly string[]): HeaderPairs | undefined {
  const headers: (readonly [string, string])[] = [];
  for (let index = 1; index < lines.length; index++) {
    const line = lines[index] ?? '';
    if (line === '' && index === lines.length - 1) break;
    const match = HEADER.exec(line);
    if (match === null || UNSAFE.test(line) || headers.length === HEADERS_LIMIT) return undefined;
    headers.push([match[1] ?? '', (match[2] ?? '').trimEnd()]);
  }
  return headers;
}
