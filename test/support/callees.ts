import { muLaw } from '../../server/media/codec/g711.ts';
import { babble, join, silence, tone } from '../../server/media/testing/signals.ts';
import { type Incoming, SipPhone } from './sip-phone.ts';
import { header } from './sip-wire.ts';

/** What a number does when it is called. */
export type Manner = 'busy' | 'rings-forever' | 'person' | 'voicemail';

/** A short hello, then silence: somebody waits for an answer. */
const hello = toPcmu(join(silence(300), babble(700), silence(3_000)));
const voicemailGreeting = toPcmu(join(silence(500), babble(7_000), silence(600), tone(1_000, 400), silence(4_000)));

/** A SIP peer behind which many numbers live, and its own book of what happened to each. */
export class Callees {
  /** INVITEs by number, each Call-ID once. */
  readonly invites = new Map<string, number>();
  /** Numbers that answered, with how often. */
  readonly answered = new Map<string, number>();
  mostAtOnce = 0;
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
