import { randomBytes } from 'node:crypto';
import { LandlineError } from '../contract/errors.ts';
import { type Clock, realClock, type Timer } from '../lifetime/clock.ts';
import { header, readSip, respondTo, type SipText, writeSip } from './sip-text.ts';
import { openWire, type SipAddress, type SipWire } from './sip-wire.ts';

export interface SipCallOptions {
  /** The URI to call, e.g. `sip:reception@127.0.0.1:5060;transport=tcp`. */
  readonly uri: string;
  /** User part of our own From, so that the call can be found again. */
  readonly from: string;
  readonly answerTimeoutMs?: number;
  readonly clock?: Clock;
}

export interface AnsweredMedia {
  readonly address: string;
  readonly port: number;
}

const t1Ms = 500;
const t2Ms = 4_000;

/**
 * One outgoing call of a small user agent that shares no code with the appliance's SIP core: INVITE with PCMU and
 * telephone-event, retransmission over UDP, ACK, BYE from either side. RFC 3261 sections 13, 15 and 17.1.
 */
export class SipCall {
  readonly #options: SipCallOptions;
  readonly #clock: Clock;
  readonly #wire: SipWire;
  readonly #callId = `${randomBytes(12).toString('hex')}@caller`;
  readonly #tag = randomBytes(6).toString('hex');
  readonly #endedListeners: ((by: 'us' | 'them') => void)[] = [];
  #cseq = 1;
  #remoteTarget: string;
  #to: string;
  #routes: readonly string[] = [];
  #state: 'idle' | 'calling' | 'up' | 'ended' = 'idle';
  #resend: Timer | undefined;
  #pending: { resolve(message: SipText): void; reject(error: Error): void; cseq: string } | undefined;
  #ack = '';

  private constructor(options: SipCallOptions, wire: SipWire) {
    this.#options = options;
    this.#clock = options.clock ?? realClock;
    this.#wire = wire;
    this.#remoteTarget = options.uri;
    this.#to = `<${options.uri.replace(/;.*$/, '')}>`;
    wire.onMessage((text) => this.#received(readSip(text)));
  }

  static async open(options: SipCallOptions): Promise<SipCall> {
    return new SipCall(options, await openWire(addressOf(options.uri)));
  }

  get localAddress(): string {
    return this.#wire.localAddress;
  }

  get endedBy(): 'us' | 'them' | undefined {
    return this.#endedBy;
  }

  #endedBy: 'us' | 'them' | undefined;

  onEnded(listener: (by: 'us' | 'them') => void): void {
    this.#endedListeners.push(listener);
  }

  /** Calls, offering audio at our address and `rtpPort`, and resolves with where to send audio once the 200 has come and the ACK is out. */
  async invite(rtpPort: number): Promise<AnsweredMedia> {
    this.#state = 'calling';
    const response = await this.#request('INVITE', this.#offer(rtpPort), [['Content-Type', 'application/sdp']]);
    if ((response.status ?? 0) >= 300) {
      this.#state = 'ended';
      throw new LandlineError('call-refused', `The call was refused: ${response.startLine.slice(8)}.`, {
        status: response.status,
      });
    }
    this.#to = header(response, 'to') ?? this.#to;
    this.#remoteTarget = /<([^>]+)>/.exec(header(response, 'contact') ?? '')?.[1] ?? this.#remoteTarget;
    this.#routes = [...(response.headers.get('record-route') ?? [])].flatMap((value) => value.split(',')).reverse();
    this.#ack = this.#message('ACK', this.#cseq, '', []);
    this.#wire.send(this.#ack);
    this.#state = 'up';
    return mediaOf(response.body);
  }

  /** Sends BYE and waits for its answer (or 2 s); does nothing when the other side has hung up. */
  async hangup(): Promise<void> {
    if (this.#state !== 'up') return;
    this.#state = 'ended';
    this.#cseq++;
    await Promise.race([
      this.#request('BYE', '', []).catch(() => undefined),
      new Promise<void>((resolve) => this.#clock.after(2_000, resolve)),
    ]);
    this.#resend?.cancel();
    this.#ended('us');
  }

  close(): void {
    this.#resend?.cancel();
    this.#wire.close();
  }

  #request(method: string, body: string, extra: readonly (readonly [string, string])[]): Promise<SipText> {
    const text = this.#message(method, this.#cseq, body, extra);
    const timeoutMs = this.#options.answerTimeoutMs ?? 15_000;
    return new Promise((resolve, reject) => {
      const timer = this.#clock.after(timeoutMs, () => {
        this.#resend?.cancel();
        reject(new LandlineError('no-answer', `No answer to ${method} within ${timeoutMs / 1000} s.`));
      });
      const settle = <T>(done: (value: T) => void) => {
        return (value: T) => {
          timer.cancel();
          this.#resend?.cancel();
          this.#pending = undefined;
          done(value);
        };
      };
      this.#pending = { resolve: settle(resolve), reject: settle(reject), cseq: `${this.#cseq} ${method}` };
      this.#wire.send(text);
      if (this.#wire.transport === 'UDP') this.#resendAfter(t1Ms, text);
    });
  }

  #resendAfter(delayMs: number, text: string): void {
    this.#resend = this.#clock.after(delayMs, () => {
      this.#wire.send(text);
      this.#resendAfter(Math.min(t2Ms, delayMs * 2), text);
    });
  }

  #received(message: SipText): void {
    if (message.status === undefined) this.#receivedRequest(message);
    else this.#receivedResponse(message, message.status);
  }

  #receivedResponse(message: SipText, status: number): void {
    if (this.#state === 'up' && status < 300 && header(message, 'cseq')?.endsWith('INVITE')) this.#wire.send(this.#ack);
    if (this.#pending === undefined || header(message, 'cseq') !== this.#pending.cseq) return;
    this.#resend?.cancel();
    if (status >= 200) {
      if (status >= 300 && this.#pending.cseq.endsWith('INVITE')) this.#ackRefusal(message);
      this.#pending.resolve(message);
    }
  }

  #ackRefusal(response: SipText): void {
    const via = header(response, 'via') ?? '';
    this.#wire.send(
      writeSip(`ACK ${this.#options.uri} SIP/2.0`, [
        ['Via', via],
        ['From', header(response, 'from') ?? ''],
        ['To', header(response, 'to') ?? ''],
        ['Call-ID', this.#callId],
        ['CSeq', `${this.#cseq} ACK`],
        ['Max-Forwards', '70'],
      ]),
    );
  }

  #receivedRequest(request: SipText): void {
    if (request.method === 'ACK') return;
    const known = header(request, 'call-id') === this.#callId;
    if (request.method === 'BYE') {
      this.#wire.send(respondTo(request, known ? '200 OK' : '481 Call/Transaction Does Not Exist'));
      if (known && this.#state === 'up') {
        this.#state = 'ended';
        this.#ended('them');
      }
      return;
    }
    const polite = request.method === 'OPTIONS' || request.method === 'INFO';
    this.#wire.send(respondTo(request, polite ? '200 OK' : '488 Not Acceptable Here'));
  }

  #ended(by: 'us' | 'them'): void {
    if (this.#endedBy !== undefined) return;
    this.#endedBy = by;
    for (const listener of this.#endedListeners) listener(by);
  }

  #message(method: string, cseq: number, body: string, extra: readonly (readonly [string, string])[]): string {
    const { localAddress, localPort, transport } = this.#wire;
    const contact = `<sip:${this.#options.from}@${localAddress}:${localPort};transport=${transport.toLowerCase()}>`;
    return writeSip(
      `${method} ${this.#remoteTarget} SIP/2.0`,
      [
        [
          'Via',
          `SIP/2.0/${transport} ${localAddress}:${localPort};rport;branch=z9hG4bK${randomBytes(8).toString('hex')}`,
        ],
        ['Max-Forwards', '70'],
        ...this.#routes.map((route) => ['Route', route.trim()] as const),
        ['From', `<sip:${this.#options.from}@${localAddress}>;tag=${this.#tag}`],
        ['To', this.#to],
        ['Call-ID', this.#callId],
        ['CSeq', `${cseq} ${method}`],
        ['Contact', contact],
        ['User-Agent', 'Landline test caller'],
        ...extra,
      ],
      body,
    );
  }

  #offer(rtpPort: number): string {
    const { localAddress } = this.#wire;
    return [
      'v=0',
      `o=caller ${Date.now()} 1 IN IP4 ${localAddress}`,
      's=test call',
      `c=IN IP4 ${localAddress}`,
      't=0 0',
      `m=audio ${rtpPort} RTP/AVP 0 101`,
      'a=rtpmap:0 PCMU/8000',
      'a=rtpmap:101 telephone-event/8000',
      'a=fmtp:101 0-16',
      'a=ptime:20',
      'a=sendrecv',
      '',
    ].join('\r\n');
  }
}

/** Host, port and transport of a SIP URI. */
export function addressOf(uri: string): SipAddress {
  const match = /^sips?:(?:[^@]*@)?(\[[^\]]+\]|[^:;?]+)(?::(\d+))?((?:;[^?]*)?)/i.exec(uri);
  if (!match)
    throw new LandlineError('bad-uri', `"${uri}" is not a SIP URI; write it like sip:reception@127.0.0.1:5060.`);
  const [, host = '', port, params = ''] = match;
  return {
    host: host.replace(/^\[|\]$/g, ''),
    port: Number(port ?? 5060),
    transport: /;transport=tcp/i.test(params) ? 'TCP' : 'UDP',
  };
}

function mediaOf(sdp: string): AnsweredMedia {
  const address = /^c=IN IP4 (\S+)/m.exec(sdp)?.[1];
  const port = /^m=audio (\d+)/m.exec(sdp)?.[1];
  if (address === undefined || port === undefined) {
    throw new LandlineError('bad-answer', 'The answer to the call holds no audio address.', { sdp });
  }
  return { address, port: Number(port) };
}
