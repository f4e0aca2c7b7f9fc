import { VirtualClock } from '../../lifetime/virtual-clock.ts';
import { createRequest, createResponse, type ResponseParts } from '../msg/build-message.ts';
import { parseMessage } from '../msg/parse-message.ts';
import { serializeMessage } from '../msg/serialize-message.ts';
import type { SipMessage, SipRequest, SipResponse } from '../msg/sip-message.ts';
import { type DeliveryScript, MemoryNetwork } from '../transport/memory-network.ts';
import type { SipTransport, TransportEvents } from '../transport/sip-transport.ts';
import {
  createTransactionLayer,
  type RunningTransactionLayer,
  type TransactionLayerOptions,
} from './create-transaction-layer.ts';
import type {
  ClientTransactionListener,
  Flow,
  ServerTransaction,
  Target,
  TransactionHandler,
  TransportName,
} from './transaction-layer.ts';

export const OURS = '10.0.0.1';
export const THEIRS = '10.0.0.2';

/** Keeps what a transaction layer hands up. */
export class RecordingHandler implements TransactionHandler {
  readonly requests: ServerTransaction[] = [];
  readonly acks: SipRequest[] = [];
  readonly cancels: { readonly invite: ServerTransaction; readonly cancel: SipRequest }[] = [];
  readonly strays: SipResponse[] = [];

  request(transaction: ServerTransaction): void {
    this.requests.push(transaction);
  }
  ack(request: SipRequest): void {
    this.acks.push(request);
  }
  cancel(invite: ServerTransaction, cancel: SipRequest): void {
    this.cancels.push({ invite, cancel });
  }
  strayResponse(response: SipResponse): void {
    this.strays.push(response);
  }
}

/** Keeps what a client transaction tells. */
export class RecordingListener implements ClientTransactionListener {
  readonly statuses: number[] = [];
  readonly failures: string[] = [];
  terminations = 0;

  response(response: SipResponse): void {
    this.statuses.push(response.status);
  }
  failed(why: 'timeout' | 'transport'): void {
    this.failures.push(why);
  }
  terminated(): void {
    this.terminations++;
  }
}

/** The other side of the wire, without any transaction logic: it sends and answers exactly what a test says. */
export class RawPeer implements TransportEvents {
  readonly received: SipMessage[] = [];
  readonly #transports: readonly SipTransport[];
  /** Answers at once to what arrives. */
  onRequest: ((request: SipRequest, reply: (response: SipResponse) => void) => void) | undefined;

  constructor(transports: readonly SipTransport[]) {
    this.#transports = transports;
  }

  async start(): Promise<void> {
    for (const transport of this.#transports) await transport.start(this);
  }

  requests(method: string): SipRequest[] {
    return this.received.filter((message) => message.kind === 'request').filter((request) => request.method === method);
  }

  get statuses(): number[] {
    return this.received.flatMap((message) => (message.kind === 'response' ? [message.status] : []));
  }

  async send(message: SipMessage | string, transport: TransportName = 'udp'): Promise<void> {
    const carrier = this.#transports.find(({ name }) => name === transport);
    if (carrier === undefined) throw new Error(`There is no ${transport}.`);
    const flow = await carrier.flowTo({ transport, address: OURS, port: 5060 });
    carrier.send(flow, typeof message === 'string' ? Buffer.from(message) : serializeMessage(message), () => {});
  }

  admit(): boolean {
    return true;
  }
  message(bytes: Buffer, flow: Flow): void {
    const parsed = parseMessage(bytes);
    if (!parsed.ok) throw new Error(`We sent something malformed: ${parsed.reason}`);
    this.received.push(parsed.message);
    if (parsed.message.kind !== 'request') return;
    const carrier = this.#transports.find(({ name }) => name === flow.transport);
    this.onRequest?.(parsed.message, (response) => carrier?.send(flow, serializeMessage(response), () => {}));
  }
  unframed(): void {}
  closed(): void {}
}

export interface Scene {
  readonly clock: VirtualClock;
  readonly network: MemoryNetwork;
  readonly layer: RunningTransactionLayer;
  readonly handler: RecordingHandler;
  readonly peer: RawPeer;
  /** When packets whose start line matches left `from`, in ms since the scene began. */
  sentAt(pattern: RegExp, from?: string): number[];
}

/** A transaction layer at `OURS` and a raw peer at `THEIRS`, 1 ms apart, on a clock turned by hand. */
export async function createScene(
  options: Partial<TransactionLayerOptions> & { readonly script?: DeliveryScript } = {},
): Promise<Scene> {
  const clock = new VirtualClock();
  const startMs = clock.now();
  const network = new MemoryNetwork({ clock, ...(options.script && { script: options.script }) });
  const layer = createTransactionLayer({ transports: network.host(OURS), clock, ...options });
  const handler = new RecordingHandler();
  layer.setHandler(handler);
  await layer.start();
  const peer = new RawPeer(network.host(THEIRS));
  await peer.start();
  const sentAt = (pattern: RegExp, from = OURS) =>
    network.log
      .filter(({ packet }) => packet.from.address === from && pattern.test(packet.startLine))
      .map(({ atMs }) => atMs - startMs);
  return { clock, network, layer, handler, peer, sentAt };
}

export const target = (transport: TransportName = 'udp'): Target => ({ transport, address: THEIRS, port: 5060 });

/** A request as a core would hand it to the layer. */
export function newRequest(
  method: string,
  more: { readonly toTag?: string; readonly callId?: string } = {},
): SipRequest {
  const { toTag, callId = 'call-1' } = more;
  return createRequest({
    method,
    uri: 'sip:them@10.0.0.2',
    from: '<sip:us@10.0.0.1>;tag=us',
    to: toTag === undefined ? '<sip:them@10.0.0.2>' : `<sip:them@10.0.0.2>;tag=${toTag}`,
    callId,
    cseq: 7,
    contact: '<sip:us@10.0.0.1:5060>',
  });
}

/** The same from the peer's side, with its Via. */
export function peerRequest(
  method: string,
  branch: string,
  more: { readonly toTag?: string; readonly callId?: string; readonly transport?: TransportName } = {},
): SipRequest {
  const request = newRequest(method, more);
  const transport = (more.transport ?? 'udp').toUpperCase();
  request.headers.prepend('Via', `SIP/2.0/${transport} ${THEIRS}:5060;branch=${branch};rport`);
  return request;
}

/** A response with a To tag, as every response above 100 has. */
export const answer = (request: SipRequest, status: number, parts: ResponseParts = {}): SipResponse =>
  createResponse(request, status, { toTag: 'them', ...parts });
