import { randomUUID } from 'node:crypto';
import { messageOf } from '../../contract/errors.ts';
import type { Clock } from '../../lifetime/clock.ts';
import type { ApplicationSide, Incoming, Outgoing, ResponseDraft, SentListener } from '../dialog/application-side.ts';
import type { Dialog } from '../dialog/dialog.ts';
import type { UserAgent } from '../dialog/user-agent.ts';
import type { SipMessage, SipRequest, SipResponse } from '../msg/sip-message.ts';
import type { Flow } from '../txn/transaction-layer.ts';
import { parseClientMessage } from './client-message.ts';
import { encodeFrame } from './frame-codec.ts';
import {
  type CommandFrame,
  CRLF,
  type MessageSource,
  requestEchoLine,
  responseEchoLine,
  resultLine,
  sipLine,
} from './meta-line.ts';
import { readableValue } from './readable-headers.ts';

export interface ControlSessionOptions {
  readonly clock: Clock;
  readonly userAgent: UserAgent;
  /** Hands one frame to the connection. */
  readonly write: (frame: Buffer) => void;
}

/** Serves one authenticated client of the drachtio control protocol: its commands, and the calls it owns. */
export class ControlSession implements ApplicationSide {
  readonly #clock: Clock;
  readonly #userAgent: UserAgent;
  readonly #write: (frame: Buffer) => void;
  readonly #routes = new Set<string>();
  #isOpen = true;

  constructor({ clock, userAgent, write }: ControlSessionOptions) {
    this.#clock = clock;
    this.#userAgent = userAgent;
    this.#write = write;
  }

  /** Whether this client takes requests with this method. */
  takes(method: string): boolean {
    return this.#isOpen && this.#routes.has(method.toLowerCase());
  }

  /** The connection is gone. */
  close(): void {
    if (!this.#isOpen) return;
    this.#isOpen = false;
    this.#userAgent.lost(this);
  }

  /** Whatever a client sends, it gets an answer, and nobody else is harmed. */
  command(frame: CommandFrame): void {
    try {
      this.#command(frame);
    } catch (failure) {
      this.#result(frame, 'NOK', messageOf(failure));
    }
  }

  #command(frame: CommandFrame): void {
    const [name = '', ...args] = frame.tokens;
    switch (name) {
      case 'route':
        this.#route(frame, args[0]);
        break;
      case 'remove_route':
        this.#routes.delete((args[0] ?? '').toLowerCase());
        this.#result(frame, 'OK');
        break;
      case 'ping':
        this.#result(frame, 'OK', 'pong');
        break;
      case 'sip':
        this.#sip(frame, args);
        break;
      case 'proxy':
        this.#result(frame, 'NOK', 'this server is a user agent and does not proxy');
        break;
      default:
        this.#result(frame, 'NO', 'unknown command');
    }
  }

  request({ id, request, flow, dialog }: Incoming): void {
    const receivedOn = { address: flow.localAddress, port: flow.localPort };
    this.#deliver(request, flow, id, dialog, dialog === undefined ? receivedOn : undefined);
  }

  ack(dialog: Dialog, ack: SipRequest, flow: Flow): void {
    this.#deliver(ack, flow, randomUUID(), dialog);
  }

  cancelled({ id, flow }: Incoming, cancel: SipRequest): void {
    this.#deliver(cancel, flow, id, undefined);
  }

  response({ id }: Outgoing, response: SipResponse, flow: Flow | undefined, dialog: Dialog | undefined): void {
    this.#deliver(response, flow, id, dialog);
  }

  ended(dialog: Dialog, bye: SipRequest): void {
    if (!this.#isOpen) return;
    const text = headText(bye);
    const source = sourceOf('application', dialog.flow, text, bye.body, this.#clock.now());
    this.#write(encodeFrame(sipLine(source, 'unsolicited', dialog.handle) + CRLF + text, bye.body));
  }

  #route(frame: CommandFrame, verb: string | undefined): void {
    if (verb === undefined || !/^[a-z:_-]{1,32}$/i.test(verb)) {
      this.#result(frame, 'NO', 'invalid verb');
      return;
    }
    this.#routes.add(verb.toLowerCase());
    this.#result(frame, 'OK');
  }

  /** `sip|transaction|dialog|route`: a response, a CANCEL, a request inside a dialog, or one outside. */
  #sip(frame: CommandFrame, [transactionId = '', dialogId = '', routeUri = '']: readonly string[]): void {
    const message = frame.message === undefined ? undefined : parseClientMessage(frame.message);
    if (message === undefined) {
      this.#result(frame, 'NOK', 'invalid SIP message');
      return;
    }
    if (message.kind === 'response') {
      this.#respond(frame, transactionId, message);
      return;
    }
    const sent = this.#requestEcho(frame);
    if (transactionId !== '' && message.method === 'CANCEL') {
      const headers = message.headers.filter(([name]) => /^(?:reason|x-.*)$/i.test(name));
      this.#userAgent.cancel(transactionId, headers, sent);
    } else if (dialogId !== '') this.#userAgent.sendInDialog(dialogId, message, sent);
    else this.#userAgent.send(this, message, routeUri === '' ? undefined : routeUri, sent);
  }

  #respond(frame: CommandFrame, transactionId: string, draft: ResponseDraft): void {
    this.#userAgent.respond(transactionId, draft, (sent) => {
      if (!sent.ok) {
        this.#result(frame, 'NOK', sent.reason);
        return;
      }
      const text = headText(sent.message);
      const to = sourceOf('application', sent.flow, text, sent.message.body, this.#clock.now());
      const line = responseEchoLine(frame.messageId, to, transactionId, sent.dialog?.handle ?? '');
      this.#send(line, text, sent.message.body);
    });
  }

  #requestEcho(frame: CommandFrame): SentListener<SipRequest> {
    return (sent) => {
      if (!sent.ok) {
        this.#result(frame, 'NOK', sent.reason);
        return;
      }
      const text = headText(sent.message);
      const to = sourceOf('application', sent.flow, text, sent.message.body, this.#clock.now());
      this.#send(requestEchoLine(frame.messageId, to, sent.id), text, sent.message.body);
    };
  }

  #deliver(
    message: SipMessage,
    flow: Flow | undefined,
    transactionId: string,
    dialog: Dialog | undefined,
    receivedOn?: { readonly address: string; readonly port: number },
  ): void {
    const text = headText(message, readableValue);
    const source = sourceOf('network', flow, text, message.body, this.#clock.now());
    this.#send(sipLine(source, transactionId, dialog?.handle ?? '', receivedOn), text, message.body);
  }

  #send(line: string, text: string, body: Buffer): void {
    if (this.#isOpen) this.#write(encodeFrame(line + CRLF + text, body));
  }

  #result(frame: CommandFrame, result: 'OK' | 'NO' | 'NOK', reason?: string): void {
    if (!this.#isOpen) return;
    const tokens = reason === undefined ? [] : [reason.replaceAll(/[|\r\n]/g, ' ')];
    this.#write(encodeFrame(resultLine(frame.messageId, result, ...tokens)));
  }
}

const asItIs = (_name: string, value: string): string => value;

/** Start line, headers and the empty line, with the Content-Length that is true. */
function headText(message: SipMessage, rewrite = asItIs): string {
  let text =
    message.kind === 'request'
      ? `${message.method} ${message.uri} SIP/2.0\r\n`
      : `SIP/2.0 ${message.status} ${message.reason}\r\n`;
  for (const { name, value } of message.headers.fields) {
    if (name !== 'Content-Length') text += `${name}: ${rewrite(name, value)}\r\n`;
  }
  return `${text}Content-Length: ${message.body.length}\r\n\r\n`;
}

/** Zero bytes and no address for what never was on a wire. */
function sourceOf(
  source: 'network' | 'application',
  flow: Flow | undefined,
  text: string,
  body: Buffer,
  timeMs: number,
): MessageSource {
  if (flow === undefined) return { source, bytes: 0, transport: 'udp', address: '', port: 0, timeMs };
  const bytes = Buffer.byteLength(text) + body.length;
  return { source, bytes, transport: flow.transport, address: flow.remoteAddress, port: flow.remotePort, timeMs };
}
