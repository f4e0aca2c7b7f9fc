import type { CSeq, Via } from './sip-message.ts';
import { formatHost, formatParams, isToken, parseHost, parseParams, parsePort } from './syntax.ts';

const SENT_PROTOCOL = /^SIP\s*\/\s*\d+\.\d+\s*\/\s*([^\s/;,]+)\s+/i;
const SENT_BY = /^(\[[^\]]*\]|[^\s:;]+)\s*(?::\s*(\d{1,5}))?\s*$/;

/** Parses one Via element (RFC 3261 20.42); white space around its separators is allowed. Undefined when malformed. */
export function parseVia(value: string): Via | undefined {
  const protocol = SENT_PROTOCOL.exec(value);
  const transport = protocol?.[1];
  if (protocol === null || transport === undefined || !isToken(transport)) return undefined;
  const semicolon = value.indexOf(';', protocol[0].length);
  const sentBy = SENT_BY.exec(value.slice(protocol[0].length, semicolon === -1 ? undefined : semicolon));
  const host = parseHost(sentBy?.[1] ?? '');
  const port = sentBy?.[2] === undefined ? undefined : parsePort(sentBy[2]);
  const params = parseParams(semicolon === -1 ? '' : value.slice(semicolon));
  if (host === undefined || params === undefined || (sentBy?.[2] !== undefined && port === undefined)) return undefined;
  return { transport: transport.toUpperCase(), host, port, params };
}

/** Whether it names at least a protocol and a host, so that an answer to its sender makes sense. */
export const namesSender = (value: string): boolean => /^SIP\s*\/\s*\d+\.\d+\s*\/\s*[^\s/;,]+\s+[^\s;,]/i.test(value);

export function formatVia(via: Via): string {
  const port = via.port === undefined ? '' : `:${via.port}`;
  return `SIP/2.0/${via.transport} ${formatHost(via.host)}${port}${formatParams(via.params)}`;
}

const CSEQ = /^(\d{1,20})\s+(\S+)$/;

/** Parses `<number> <method>` (RFC 3261 8.1.1.5); the number must fit 32 bits. */
export function parseCSeq(value: string): CSeq | undefined {
  const match = CSEQ.exec(value);
  const method = match?.[2];
  const number = Number(match?.[1]);
  return method !== undefined && isToken(method) && number < 2 ** 32 ? { number, method } : undefined;
}
