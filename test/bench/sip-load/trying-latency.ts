import { createSocket, type Socket } from 'node:dgram';
import { once } from 'node:events';
import { setTimeout as wait } from 'node:timers/promises';

export interface TryingRun {
  readonly offered: number;
  /** Milliseconds from sending each INVITE to its 100 Trying. */
  readonly tryingMs: readonly number[];
  /** Milliseconds from sending each INVITE to its 200. */
  readonly answerMs: readonly number[];
  readonly ended: number;
}

interface CallAtWork {
  readonly id: string;
  readonly sentAtMs: number;
  trying: boolean;
  answered: boolean;
}

/**
 * A caller on a bare UDP socket that takes the time of each 100 and 200 itself: SIPp's clock is its 1 ms scheduler.
 * Nothing is repeated, so a call whose message gets lost is missing from the counts.
 */
export class TryingClient {
  readonly #target: number;
  readonly #socket: Socket = createSocket({ type: 'udp4', recvBufferSize: 1 << 20 });
  readonly #calls = new Map<string, CallAtWork>();
  readonly #tryingMs: number[] = [];
  readonly #answerMs: number[] = [];
  readonly #talkMs: number;
  #ended = 0;

  constructor(port: number, talkMs: number) {
    this.#target = port;
    this.#talkMs = talkMs;
  }

  /** Places calls at an even pace, each answered, talked through and hung up. */
  async run(callsPerSecond: number, seconds: number): Promise<TryingRun> {
    this.#socket.on('message', (message) => this.#received(message.toString('latin1'), performance.now()));
    this.#socket.bind(0, '127.0.0.1');
    await once(this.#socket, 'listening');
    const offered = callsPerSecond * seconds;
    const startMs = performance.now();
    for (let call = 0; call < offered; call++) {
      await wait(Math.max(0, startMs + (call * 1_000) / callsPerSecond - performance.now()));
      this.#invite(`trying-${process.pid}-${call}@127.0.0.1`);
    }
    await wait(this.#talkMs + 2_000);
    this.#socket.close();
    return { offered, tryingMs: this.#tryingMs, answerMs: this.#answerMs, ended: this.#ended };
  }

  #invite(id: string): void {
    this.#calls.set(id, { id, sentAtMs: performance.now(), trying: false, answered: false });
    const contact = `Contact: <sip:trying@127.0.0.1:${this.#port}>`;
    this.#send(
      ['INVITE', 1],
      `sip:app@127.0.0.1:${this.#target}`,
      id,
      '',
      [contact, 'Content-Type: application/sdp'],
      sdp,
    );
  }

  #received(text: string, atMs: number): void {
    const id = /^Call-ID: *(\S+)/im.exec(text)?.[1] ?? '';
    const call = this.#calls.get(id);
    const sequence = /^CSeq: *\d+ (\w+)/im.exec(text)?.[1];
    const status = Number(/^SIP\/2\.0 (\d{3})/.exec(text)?.[1]);
    if (call === undefined) return;
    if (sequence === 'BYE' && status === 200) {
      this.#calls.delete(id);
      this.#ended++;
    } else if (sequence === 'INVITE') this.#invited(call, status, text, atMs);
  }

  #invited(call: CallAtWork, status: number, text: string, atMs: number): void {
    if (status === 100 && !call.trying) {
      call.trying = true;
      this.#tryingMs.push(atMs - call.sentAtMs);
    }
    if (status !== 200) return;
    const target = /^Contact: *<([^>]+)>/im.exec(text)?.[1] ?? '';
    const tag = /^To: .*(;tag=[^;\s]+)/im.exec(text)?.[1] ?? '';
    this.#send(['ACK', 1], target, call.id, tag);
    if (call.answered) return;
    call.answered = true;
    this.#answerMs.push(atMs - call.sentAtMs);
    setTimeout(() => this.#send(['BYE', 2], target, call.id, tag), this.#talkMs);
  }

  get #port(): number {
    return this.#socket.address().port;
  }

  #send(
    [method, sequence]: readonly [string, number],
    uri: string,
    id: string,
    toTag: string,
    more: readonly string[] = [],
    body = '',
  ): void {
    const lines = [
      `${method} ${uri} SIP/2.0`,
      `Via: SIP/2.0/UDP 127.0.0.1:${this.#port};branch=z9hG4bK-${method}-${id.replace('@', '-')}`,
      'Max-Forwards: 70',
      `From: <sip:trying@127.0.0.1:${this.#port}>;tag=${id.replace('@', '-')}`,
      `To: <sip:app@127.0.0.1:${this.#target}>${toTag}`,
      `Call-ID: ${id}`,
      `CSeq: ${sequence} ${method}`,
      ...more,
      `Content-Length: ${body.length}`,
      '',
      body,
    ];
    this.#socket.send(lines.join('\r\n'), this.#target, '127.0.0.1');
  }
}

const sdp = [
  'v=0',
  'o=trying 1 1 IN IP4 127.0.0.1',
  's=-',
  'c=IN IP4 127.0.0.1',
  't=0 0',
  'm=audio 9 RTP/AVP 0',
  '',
].join('\r\n');
