import { muLaw } from '../../server/media/codec/g711.ts';
import { babble, join, silence, tone } from '../../server/media/testing/signals.ts';
import type { PhoneRtp } from './phone-rtp.ts';
import { type Incoming, SipPhone } from './sip-phone.ts';
import { header } from './sip-wire.ts';

/** What a number does when it is called. */
export type Manner = 'busy' | 'rings-forever' | 'person' | 'voicemail';

/** A short hello, then silence: somebody waits for an answer. */
const hello = toPcmu(join(silence(300), babble(700), silence(3_000)));
const voicemailGreeting = toPcmu(join(silence(500), babble(7_000), silence(600), tone(1_000, 400), silence(8_000)));
/** From the answer to the end of the beep. */
const beepEndsAfterMs = 8_500;
/** Mean square of a voice, relative to full scale: −40 dB. */
const loudPower = 1e-4;

/** A SIP peer behind which many numbers live, and its own book of what happened to each. */
export class Callees {
  /** INVITEs by number, each Call-ID once. */
  readonly invites = new Map<string, number>();
  /** Numbers that answered, with how often. */
  readonly answered = new Map<string, number>();
  mostAtOnce = 0;
  readonly #lines = new Map<string, { readonly rtp: PhoneRtp; readonly answeredAtMs: number }>();
  readonly #phone: SipPhone;
  readonly #mannerOf: (number: string) => Manner;
  readonly #open = new Set<string>();
  #isClosed = false;

  private constructor(phone: SipPhone, mannerOf: (number: string) => Manner) {
    this.#phone = phone;
    this.#mannerOf = mannerOf;
  }

  static async open(mannerOf: (number: string) => Manner): Promise<Callees> {
    const callees = new Callees(await SipPhone.open({ user: 'callees' }), mannerOf);
    void callees.#answerAll();
    return callees;
  }

  get port(): number {
    return this.#phone.port;
  }

  /** Calls that ring or are up now. */
  get atOnce(): number {
    return this.#open.size;
  }

  /** Milliseconds of voice that the number heard before and after its beep. */
  voiceHeardMs(number: string): { readonly before: number; readonly after: number } {
    const line = this.#lines.get(number);
    if (line === undefined) return { before: 0, after: 0 };
    const loud = line.rtp.received.filter(({ payload }) => power(payload) > loudPower);
    const after = loud.filter(({ atMs }) => atMs >= line.answeredAtMs + beepEndsAfterMs).length;
    return { before: (loud.length - after) * 20, after: after * 20 };
  }

  async close(): Promise<void> {
    this.#isClosed = true;
    await this.#phone.close();
  }

  async #answerAll(): Promise<void> {
    while (!this.#isClosed) {
      const incoming = await this.#phone.incoming();
      const callId = header(incoming.invite, 'Call-ID');
      const number = /^sip:([^@]+)@/.exec(incoming.invite.start.split(' ')[1] ?? '')?.[1] ?? '';
      count(this.invites, number);
      this.#open.add(callId);
      this.mostAtOnce = Math.max(this.mostAtOnce, this.#open.size);
      void this.#behave(incoming, number)
        .catch(() => {})
        .finally(() => this.#open.delete(callId));
    }
  }

  /** Resolves when the call is over. */
  async #behave(incoming: Incoming, number: string): Promise<void> {
    const manner = this.#mannerOf(number);
    if (manner === 'busy') {
      incoming.respond(486, 'Busy Here');
      return;
    }
    incoming.respond(180, 'Ringing');
    if (manner === 'rings-forever') {
      await incoming.cancelled;
      return;
    }
    count(this.answered, number);
    const call = await incoming.answer();
    this.#lines.set(number, { rtp: call.rtp, answeredAtMs: performance.now() });
    const talking = call.rtp.sendPcmu(manner === 'person' ? hello : voicemailGreeting);
    talking.catch(() => {});
    if (manner === 'person') await Promise.race([talking.then(() => call.hangup()), call.ended]);
    else await call.ended;
  }
}

function count(counts: Map<string, number>, key: string): void {
  counts.set(key, (counts.get(key) ?? 0) + 1);
}

function toPcmu(samples: Int16Array): Buffer {
  return Buffer.from(Uint8Array.from(samples, (sample) => muLaw.codes[sample & 0xffff] ?? 0xff));
}

function power(pcmu: Buffer): number {
  let energy = 0;
  for (const code of pcmu) energy += ((muLaw.samples[code] ?? 0) / 32_768) ** 2;
  return energy / Math.max(1, pcmu.length);
}
