import { randomInt } from 'node:crypto';
import { AgentVoice } from '../../server/caller/agent-voice.ts';
import { RtpPhone } from '../../server/caller/rtp-phone.ts';
import { SipCall } from '../../server/caller/sip-call.ts';
import { realClock } from '../../server/lifetime/clock.ts';

const quietMs = 900;
const answerTimeoutMs = 10_000;

/** One call of the test caller's phone, step by step, for benches and real-time tests. Times are clock milliseconds. */
export class TestCaller {
  readonly from: string;
  readonly phone: RtpPhone;
  readonly voice: AgentVoice;
  readonly sip: SipCall;
  answeredAtMs = 0;
  #floorSinceMs = 0;

  private constructor(from: string, phone: RtpPhone, sip: SipCall) {
    this.from = from;
    this.phone = phone;
    this.sip = sip;
    this.voice = new AgentVoice(phone);
    sip.onEnded(() => this.voice.stop());
  }

  static async place(uri: string): Promise<TestCaller> {
    const from = `bench-${randomInt(1e9)}`;
    const sip = await SipCall.open({ uri, from });
    const phone = await RtpPhone.open(sip.localAddress);
    const call = new TestCaller(from, phone, sip);
    const media = await sip.invite(phone.port);
    call.answeredAtMs = realClock.now();
    phone.start(media);
    return call;
  }

  /** Milliseconds from our ACK to the agent's first audible packet. */
  async greeting(): Promise<number | undefined> {
    const atMs = await this.voice.firstAfter(0, answerTimeoutMs);
    return atMs === undefined ? undefined : atMs - this.answeredAtMs;
  }

  /** Waits until the agent has spoken since the last line and is quiet. */
  async floor(): Promise<void> {
    await this.voice.quietAfter(this.#floorSinceMs, quietMs, 40_000);
  }

  /** Says it and waits for the answer's first audible packet. */
  async ask(samples: Int16Array): Promise<AskedTurn> {
    const startMs = realClock.now();
    const lastVoicedMs = await this.phone.say(samples);
    this.#floorSinceMs = lastVoicedMs;
    const answerMs = await this.voice.firstAfter(lastVoicedMs, answerTimeoutMs);
    return { startMs, lastVoicedMs, answerMs };
  }

  async hangup(): Promise<void> {
    await this.sip.hangup();
    this.close();
  }

  close(): void {
    this.sip.close();
    this.phone.close();
  }
}

export interface AskedTurn {
  readonly startMs: number;
  /** End of the caller's last voiced frame. */
  readonly lastVoicedMs: number;
  readonly answerMs: number | undefined;
}
