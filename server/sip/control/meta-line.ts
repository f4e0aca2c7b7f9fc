import { randomUUID } from 'node:crypto';

export const CRLF = '\r\n';

/** Where a message came from or went to, as the meta line tells it. Zero bytes and no address mean: made by the core. */
export interface MessageSource {
  readonly source: 'network' | 'application';
  readonly bytes: number;
  readonly transport: string;
  readonly address: string;
  readonly port: number;
  readonly timeMs: number;
}

const UNSAFE = /[|\r\n]/;

/** Whether `text` may stand in a meta line: no token or line separator. */
export function isToken(text: string): boolean {
  return !UNSAFE.test(text);
}

let cachedMs = -1;
let cachedTime = '';

/** UTC time of day as `HH:MM:SS.uuuuuu`; `timeMs` is milliseconds since the epoch. */
export function timeToken(timeMs: number): string {
  const wholeMs = Math.floor(timeMs);
  if (wholeMs !== cachedMs) {
    cachedMs = wholeMs;
    cachedTime = new Date(wholeMs).toISOString().slice(11, 23);
  }
  const micros = Math.floor((timeMs - wholeMs) * 1000);
  return `${cachedTime}${String(micros).padStart(3, '0')}`;
}

function sourceTokens(from: MessageSource): string {
  return `${from.source}|${from.bytes}|${from.transport}|${from.address}|${from.port}|${timeToken(from.timeMs)}`;
}

/** A SIP message for the client. `receivedOn` stands only on requests outside dialogs. */
export function sipLine(
  from: MessageSource,
  transactionId: string,
  dialogId: string,
  receivedOn?: { readonly address: string; readonly port: number },
): string {
  const line = `${randomUUID()}|sip|${sourceTokens(from)}|${transactionId}|${dialogId}`;
  return receivedOn === undefined ? line : `${line}|${receivedOn.address}|${receivedOn.port}|`;
}

/** A plain answer to the command `messageId`. `NO` is a fault of the protocol, `NOK` one of SIP. */
export function resultLine(messageId: string, result: 'OK' | 'NO' | 'NOK', ...tokens: readonly string[]): string {
  return [randomUUID(), 'response', messageId, result, ...tokens].join('|');
}

/** The answer to a command that sent a request; the request as sent follows it. */
export function requestEchoLine(messageId: string, to: MessageSource, transactionId: string): string {
  return `${randomUUID()}|response|${messageId}|OK|${sourceTokens(to)}|${transactionId}|Msg sent:|`;
}

/** The answer to a command that sent a response; the response as sent follows it. */
export function responseEchoLine(
  messageId: string,
  to: MessageSource,
  transactionId: string,
  dialogId: string,
): string {
  return `${randomUUID()}|response|${messageId}|OK|${sourceTokens(to)}|${transactionId}|${dialogId}||Msg sent:`;
}

/** A client frame, cut into its tokens (the leading message id first) and what follows the first line break. */
export interface CommandFrame {
  readonly messageId: string;
  readonly tokens: readonly string[];
  /** The SIP text after the meta line, with its body still in bytes. */
  readonly message: Buffer | undefined;
}

/** Splits a payload at the first CRLF. Undefined when it has no message id or no command. */
export function parseCommandFrame(payload: Buffer): CommandFrame | undefined {
  const lineEnd = payload.indexOf(CRLF);
  const line = payload.toString('utf8', 0, lineEnd === -1 ? payload.length : lineEnd);
  const [messageId, ...tokens] = line.split('|');
  if (messageId === undefined || messageId === '' || tokens.length === 0) return undefined;
  return { messageId, tokens, message: lineEnd === -1 ? undefined : payload.subarray(lineEnd + 2) };
}
