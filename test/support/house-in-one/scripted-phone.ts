import type { Clock } from '../../../server/lifetime/clock.ts';
import type { PacketTransport } from '../../../server/media/transport/packet-transport.ts';
import type { MemoryNetwork } from '../../../server/sip/transport/memory-network.ts';
import type { SipTransport } from '../../../server/sip/transport/sip-transport.ts';
import type { Flow } from '../../../server/sip/txn/transaction-layer.ts';
import { formatMessage, header, headers, methodOf, parseMessage, tagOf, type WireMessage } from '../sip-wire.ts';
import { PhoneAudio, type PhoneCodec } from './phone-audio.ts';
import { type DialOptions, type HeaderPair, type LegPhone, type OutgoingRequest, PhoneLeg } from './phone-leg.ts';
import type { WordTones } from './word-tones.ts';

export interface PhoneParts {
  readonly clock: Clock;
  readonly tones: WordTones;
  readonly sipNetwork: MemoryNetwork;
  readonly rtpNetwork: PacketTransport;
  /** SIP address of the house. */
  readonly house: string;
}

export interface PhoneOptions {
  /** The phone's own address in the networks. */
  readonly address?: string;
  readonly codec?: PhoneCodec;
}

const sipPort = 5060;
const firstRtpPort = 20_000;

/**
 * A phone in memory: its own SIP over the simulated network and its own RTP. The network loses nothing, so it repeats
 * nothing. It acknowledges whatever answers its INVITEs; all else it does when told.
 */
export class ScriptedPhone implements LegPhone {
  readonly address: string;
  readonly uri: string;
  /** Calls of this phone, the oldest first. */
  readonly legs: PhoneLeg[] = [];
  readonly #parts: PhoneParts;
  readonly #codec: PhoneCodec;
  readonly #transport: SipTransport;
  readonly #waiting = new Map<string, (response: WireMessage) => void>();
  readonly #flows = new WeakMap<WireMessage, Flow>();

  constructor(parts: PhoneParts, { address = '127.0.0.2', codec = 'PCMU' }: PhoneOptions = {}) {
    this.address = address;
    this.uri = `sip:phone@${address}`;
    this.#parts = parts;
    this.#codec = codec;
    [this.#transport] = parts.sipNetwork.host(address, sipPort);
  }

  async open(): Promise<void> {
    await this.#transport.start({
      admit: () => true,
      message: (bytes, flow) => this.#receive(bytes, flow),
      unframed: () => {},
      closed: () => {},
    });
  }

  async close(): Promise<void> {
    await Promise.all(this.legs.map(({ audio }) => audio.stop()));
    await this.#transport.stop();
  }

  /** Calls a number (or agent id) of the house. */
  async dial(user: string, options: DialOptions = {}): Promise<PhoneLeg> {
    const { audio, port } = await this.#openAudio();
    const leg = PhoneLeg.dial(this, audio, port, `sip:${user}@${this.#parts.house}`, options);
    this.legs.push(leg);
    return leg;
  }

  request(request: OutgoingRequest, heard: (response: WireMessage) => void): void {
    this.#waiting.set(`${request.branch} ${request.method}`, heard);
    this.ack(request);
  }

  ack({ method, uri, headers: own, body, branch }: OutgoingRequest): void {
    const via: HeaderPair = ['Via', `SIP/2.0/UDP ${this.address}:${sipPort};branch=${branch};rport`];
    this.#send(formatMessage({ start: `${method} ${uri} SIP/2.0`, headers: [via, ...own], body }));
  }

  respond(request: WireMessage, status: number, own: readonly HeaderPair[], body = ''): void {
    const replaced = own.some(([name]) => name === 'To');
    const names = ['Via', 'From', ...(replaced ? [] : ['To']), 'Call-ID', 'CSeq', 'Record-Route'];
    const copied = names.flatMap((name) => headers(request, name).map((value): HeaderPair => [name, value]));
    const start = `SIP/2.0 ${status} ${status < 300 ? 'OK' : 'No'}`;
    this.#send(formatMessage({ start, headers: [...copied, ...own], body }), this.#flows.get(request));
  }

  /** Text as it is. */
  #send(text: string, flow: Flow = this.#toHouse()): void {
    this.#transport.send(flow, Buffer.from(text), () => {});
  }

  #toHouse(): Flow {
    const { address } = this;
    const [remoteAddress, remotePort] = [this.#parts.house, sipPort];
    return { transport: 'udp', remoteAddress, remotePort, localAddress: address, localPort: sipPort };
  }

  #receive(bytes: Buffer, flow: Flow): void {
    const message = parseMessage(bytes.toString('utf8'));
    this.#flows.set(message, flow);
    if (message.start.startsWith('SIP/2.0')) {
      const branch = /branch=([^;,\s]+)/.exec(header(message, 'Via'))?.[1] ?? '';
      const method = header(message, 'CSeq').split(' ')[1] ?? '';
      this.#waiting.get(`${branch} ${method}`)?.(message);
      return;
    }
    this.#request(message);
  }

  #request(request: WireMessage): void {
    const method = methodOf(request);
    const leg = this.legs.find(({ callId }) => callId === header(request, 'Call-ID'));
    if (method === 'CANCEL') {
      this.respond(request, 200, []);
      leg?.cancelled();
    } else if (leg === undefined) {
      if (method === 'INVITE') void this.#ring(request);
      else if (method !== 'ACK') this.respond(request, 481, []);
    } else if (tagOf(header(request, 'To')) !== '' && leg.state !== 'refused') leg.receive(request);
  }

  async #ring(invite: WireMessage): Promise<void> {
    const { audio, port } = await this.#openAudio();
    this.legs.push(PhoneLeg.ringing(this, audio, port, invite));
  }

  async #openAudio(): Promise<{ readonly audio: PhoneAudio; readonly port: number }> {
    const { clock, tones, rtpNetwork } = this.#parts;
    const audio = new PhoneAudio({ clock, tones, codec: this.#codec });
    const port = firstRtpPort + 2 * this.legs.length;
    await audio.open(rtpNetwork, { address: this.address, port });
    return { audio, port };
  }
}
