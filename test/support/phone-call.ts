import { type PhoneRtp, phoneSdp, sdpTarget } from './phone-rtp.ts';
import type { SipPhone } from './sip-phone.ts';
import {
  addressOf,
  header,
  headers,
  methodOf,
  statusOf,
  tagOf,
  uriOf,
  type WireAddress,
  type WireMessage,
} from './sip-wire.ts';

type HeaderPair = readonly [string, string];

export interface CallerParts {
  readonly uri: string;
  readonly sent: readonly HeaderPair[];
  readonly response: WireMessage;
  readonly rtp: PhoneRtp;
  /** The INVITE held an offer. */
  readonly offered: boolean;
}

export interface CalleeParts {
  readonly invite: WireMessage;
  readonly tag: string;
  readonly rtp: PhoneRtp;
  readonly from: WireAddress;
}

/** What the phone does with a REFER: its response, and the sipfrag statuses that it then reports. */
export interface ReferPlan {
  readonly status: number;
  readonly news: readonly number[];
  readonly hangUpAfter?: boolean;
}

interface Identity {
  readonly callId: string;
  readonly local: string;
  readonly remote: string;
  readonly target: string;
  readonly routes: readonly string[];
  readonly rtp: PhoneRtp;
}

/** An answered call at a test phone. */
export class PhoneCall {
  readonly callId: string;
  readonly rtp: PhoneRtp;
  /** Resolves at the BYE of the other side, with it. */
  readonly ended: Promise<WireMessage>;
  readonly acknowledged: Promise<WireMessage>;
  /** The other side's last session description. */
  remoteSdp: string;
  readonly requests: WireMessage[] = [];
  onRefer: (refer: WireMessage) => ReferPlan = () => ({ status: 603, news: [] });
  /** Answers re-INVITE and UPDATE; undefined: 200 with the phone's own SDP. */
  onReInvite: ((request: WireMessage) => { readonly status: number; readonly reason: string }) | undefined;
  /** False: repeated 2xx go unanswered; `acknowledge` still works. */
  acknowledges = true;
  readonly #phone: SipPhone;
  readonly #identity: Identity;
  #sequence = 1;
  #version = 1;
  #answerInAck = false;
  #end: (bye: WireMessage) => void = () => {};
  #acknowledge: (ack: WireMessage) => void = () => {};

  private constructor(phone: SipPhone, identity: Identity, remoteSdp: string) {
    this.#phone = phone;
    this.#identity = identity;
    this.callId = identity.callId;
    this.rtp = identity.rtp;
    this.remoteSdp = remoteSdp;
    this.ended = new Promise((resolve) => {
      this.#end = resolve;
    });
    this.acknowledged = new Promise((resolve) => {
      this.#acknowledge = resolve;
    });
    this.#aim();
  }

  static asCaller(phone: SipPhone, { uri, sent, response, rtp, offered }: CallerParts): PhoneCall {
    const from = sent.find(([name]) => name.toLowerCase() === 'from')?.[1] ?? '';
    const contact = header(response, 'Contact');
    const call = new PhoneCall(
      phone,
      {
        callId: header(response, 'Call-ID'),
        local: from,
        remote: header(response, 'To'),
        target: contact === '' ? uri : uriOf(contact),
        routes: headers(response, 'Record-Route').toReversed(),
        rtp,
      },
      response.body,
    );
    call.#answerInAck = !offered;
    return call;
  }

  static asCallee(phone: SipPhone, { invite, tag, rtp }: CalleeParts): PhoneCall {
    const identity = {
      callId: header(invite, 'Call-ID'),
      local: `${header(invite, 'To')};tag=${tag}`,
      remote: header(invite, 'From'),
      target: uriOf(header(invite, 'Contact')),
      routes: headers(invite, 'Record-Route'),
      rtp,
    };
    return new PhoneCall(phone, identity, invite.body);
  }

  /** Acknowledges the last 2xx; with the answer, where the 2xx held the offer. */
  acknowledge(sequence = this.#sequence): void {
    const body = this.#answerInAck ? this.sdp() : '';
    this.#phone.sendAck(this.#identity.target, this.#headers('ACK', sequence, body), body, this.#hop());
  }

  answeredAgain(response: WireMessage): void {
    if (this.acknowledges) this.acknowledge(Number.parseInt(header(response, 'CSeq'), 10));
  }

  sdp(direction?: string): string {
    return phoneSdp(this.#phone.host, this.rtp.port, this.#version, direction);
  }

  /** A request inside the call, with its final response. A 2xx to INVITE is acknowledged. */
  async request(method: string, extra: Readonly<Record<string, string>> = {}, body = ''): Promise<WireMessage> {
    const sequence = ++this.#sequence;
    const own = [...this.#headers(method, sequence, body), ...Object.entries(extra)];
    const response = await this.#phone.request({
      method,
      uri: this.#identity.target,
      headers: own,
      body,
      to: this.#hop(),
    });
    if (method === 'INVITE' && statusOf(response) < 300) {
      this.#answerInAck = body === '';
      this.#take(response.body);
      this.acknowledge(sequence);
    }
    return response;
  }

  /** re-INVITE with the phone's SDP in this direction. */
  async reInvite(direction: string): Promise<WireMessage> {
    this.#version++;
    return await this.request('INVITE', {}, this.sdp(direction));
  }

  hold(): Promise<WireMessage> {
    return this.reInvite('sendonly');
  }

  resume(): Promise<WireMessage> {
    return this.reInvite('sendrecv');
  }

  infoDigit(digit: string): Promise<WireMessage> {
    const type = { 'Content-Type': 'application/dtmf-relay' };
    return this.request('INFO', type, `Signal=${digit}\r\nDuration=160\r\n`);
  }

  async hangup(): Promise<WireMessage> {
    const response = await this.request('BYE');
    this.#phone.calls.delete(this.callId);
    return response;
  }

  /** A request of the other side inside this call. */
  receive(request: WireMessage, from: WireAddress): void {
    this.requests.push(request);
    switch (methodOf(request)) {
      case 'ACK':
        this.#take(request.body);
        this.#acknowledge(request);
        break;
      case 'BYE':
        this.#phone.respond(request, from, 200, 'OK');
        this.#phone.calls.delete(this.callId);
        this.#end(request);
        break;
      case 'INVITE':
      case 'UPDATE':
        this.#answerChange(request, from);
        break;
      case 'REFER':
        this.#refer(request, from);
        break;
      default:
        this.#phone.respond(request, from, 200, 'OK');
    }
  }

  #answerChange(request: WireMessage, from: WireAddress): void {
    const { status, reason } = this.onReInvite?.(request) ?? { status: 200, reason: 'OK' };
    if (status >= 300) {
      this.#phone.respond(request, from, status, reason);
      return;
    }
    this.#take(request.body);
    this.#version++;
    const own: HeaderPair[] = [
      ['Contact', `<${this.#phone.uri}>`],
      ['Content-Type', 'application/sdp'],
    ];
    this.#phone.respond(request, from, status, reason, own, this.sdp());
  }

  #refer(refer: WireMessage, from: WireAddress): void {
    const { status, news, hangUpAfter } = this.onRefer(refer);
    this.#phone.respond(refer, from, status, status < 300 ? 'Accepted' : 'Declined', [
      ['Contact', `<${this.#phone.uri}>`],
    ]);
    void this.#report(news, hangUpAfter === true);
  }

  async #report(news: readonly number[], hangUpAfter: boolean): Promise<void> {
    for (const status of news) {
      const state = status >= 200 ? 'terminated;reason=noresource' : 'active;expires=60';
      const extra = { Event: 'refer', 'Subscription-State': state, 'Content-Type': 'message/sipfrag;version=2.0' };
      await this.request('NOTIFY', extra, `SIP/2.0 ${status} ${status < 300 ? 'OK' : 'Refused'}\r\n`);
    }
    if (hangUpAfter) await this.hangup();
  }

  #take(sdp: string): void {
    if (sdp === '') return;
    this.remoteSdp = sdp;
    this.#aim();
  }

  #aim(): void {
    const target = sdpTarget(this.remoteSdp);
    if (target !== undefined) this.rtp.sendTo(target);
  }

  #hop(): WireAddress {
    return addressOf(uriOf(this.#identity.routes[0] ?? this.#identity.target));
  }

  #headers(method: string, sequence: number, body: string): HeaderPair[] {
    const { local, remote, callId, routes } = this.#identity;
    return [
      ['From', local],
      ['To', remote],
      ['Call-ID', callId],
      ['CSeq', `${sequence} ${method}`],
      ['Contact', `<${this.#phone.uri}>`],
      ['Max-Forwards', '70'],
      ...routes.map((route): HeaderPair => ['Route', route]),
      ...(body !== '' && ['INVITE', 'UPDATE', 'ACK'].includes(method)
        ? [['Content-Type', 'application/sdp'] as const]
        : []),
    ];
  }

  get remoteTag(): string {
    return tagOf(this.#identity.remote);
  }
}
