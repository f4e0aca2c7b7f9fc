import { rmSync } from 'node:fs';
import type { Agent, AgentDraft } from '../../../server/domain/agents/agent.ts';
import type { Call, Turn } from '../../../server/domain/calls/call.ts';
import { ScriptedLlm } from '../../../server/providers/fake/scripted-llm.ts';
import { buildHouse, defaultAgent, type HouseOptions, type HouseParts, houseAddress } from './build-house.ts';
import { pass, passDuring, passUntil } from './in-step.ts';
import { PhoneAudio } from './phone-audio.ts';
import type { PhoneLeg } from './phone-leg.ts';
import { type PhoneOptions, ScriptedPhone } from './scripted-phone.ts';
import type { ToneSpeech } from './tone-speech.ts';

/**
 * The whole appliance in this process: SIP core, control protocol, drachtio-srf, telephony, media, calls, conversation
 * and SQLite as they are shipped, over in-memory networks and a clock that the scenario turns. Only ear, voice and
 * brain are made up; what ear and voice know of a call went over its line as sound.
 */
export class House {
  readonly parts: HouseParts;
  readonly #phones: ScriptedPhone[] = [];

  private constructor(parts: HouseParts) {
    this.parts = parts;
  }

  static async open(options: HouseOptions = {}): Promise<House> {
    return new House(await buildHouse(options));
  }

  get speech(): ToneSpeech {
    return this.parts.speech;
  }

  /** What the scripted brain was asked. */
  get brain(): ScriptedLlm {
    const { brain } = this.parts;
    if (brain instanceof ScriptedLlm) return brain;
    throw new Error('The brain of this house is not a scripted one.');
  }

  get nowMs(): number {
    return this.parts.clock.now();
  }

  pass(durationMs: number): Promise<void> {
    return pass(this.parts.clock, durationMs);
  }

  /** Much time passes at once, in a house without calls. */
  skip(durationMs: number): Promise<void> {
    return this.parts.clock.advance(durationMs);
  }

  until(holds: () => boolean, what: string, limitMs = 30_000): Promise<void> {
    return passUntil(this.parts.clock, holds, limitMs, what);
  }

  /** Time passes until the promise has settled. */
  during<T>(work: Promise<T>): Promise<T> {
    return passDuring(this.parts.clock, work);
  }

  async phone(options: PhoneOptions = {}): Promise<ScriptedPhone> {
    const { clock, tones, sipNetwork, rtpNetwork } = this.parts;
    const phone = new ScriptedPhone({ clock, tones, sipNetwork, rtpNetwork, house: houseAddress }, options);
    this.#phones.push(phone);
    await phone.open();
    return phone;
  }

  /** Somebody in the RTP network who belongs to no call. */
  async strangeAudio(address: string): Promise<PhoneAudio> {
    const { clock, tones, rtpNetwork } = this.parts;
    const audio = new PhoneAudio({ clock, tones, codec: 'PCMU' });
    await audio.open(rtpNetwork, { address, port: 20_000 });
    return audio;
  }

  /** A further agent. */
  agent(draft: Partial<AgentDraft>): Promise<Agent> {
    return this.during(
      this.parts.context.domain.agents.create(this.parts.organizationId, { ...defaultAgent, ...draft }),
    );
  }

  /** A request to the `va_` API over a real socket; time passes meanwhile. */
  async api(method: string, path: string, body?: unknown): Promise<{ status: number; data: Record<string, unknown> }> {
    const asked = fetch(`${this.parts.context.http.url}/api/v1${path}`, {
      method,
      headers: { Authorization: `Bearer ${this.parts.vaKey}`, 'Content-Type': 'application/json' },
      ...(body === undefined ? {} : { body: JSON.stringify(body) }),
    }).then(async (response) => {
      const { data } = (await response.json()) as { readonly data: Record<string, unknown> };
      return { status: response.status, data };
    });
    return await passDuring(this.parts.clock, asked, 1);
  }

  /** The same to Kupe's API: makes an agent and says its id. */
  async kupeAgent(sections: { readonly agent: object; readonly agent_specific_config?: object }): Promise<string> {
    const asked = fetch(`${this.parts.context.http.url}/api/v1/agents`, {
      method: 'POST',
      headers: { 'x-api-key': this.parts.kupeKey, 'Content-Type': 'application/json' },
      body: JSON.stringify(sections),
    }).then(async (response) => (await response.json()) as { readonly agent: { readonly id: string } });
    return (await passDuring(this.parts.clock, asked, 1)).agent.id;
  }

  /** All calls in the records, the oldest first. */
  get calls(): readonly Call[] {
    const { organizationId } = this.parts;
    const page = this.parts.context.domain.calls.list({ organizationId }, { limit: 100, offset: 0 });
    return page.items.toReversed();
  }

  /** The record of a phone's call. */
  callOf(leg: PhoneLeg): Call {
    const call = this.calls.find(({ sipCallId }) => sipCallId === leg.callId);
    if (call === undefined) throw new Error('This call is in no record.');
    return call;
  }

  turnsOf(leg: PhoneLeg): readonly Turn[] {
    return this.parts.context.domain.calls.turns(this.callOf(leg).id);
  }

  /** What the records say was said: `role: text`, the caller's in plain words, with a dash behind a turn that was cut. */
  transcriptOf(leg: PhoneLeg): readonly string[] {
    return this.turnsOf(leg).map(({ role, text, interrupted }) => {
      return `${role}: ${role === 'caller' ? plain(text) : text}${interrupted ? ' —' : ''}`;
    });
  }

  /** How and why the call ended. */
  endOf(leg: PhoneLeg): string {
    const { status, endReason } = this.callOf(leg);
    return `${status}/${endReason}`;
  }

  /** What lives in the house; everything is zero when all calls are over and all transactions have run out. */
  async leftovers(): Promise<Readonly<Record<string, number>>> {
    const { transactions, userAgent, timers } = await this.parts.core.ask({ kind: 'stats' });
    const { legs, portsInUse } = await this.parts.media.stats();
    const { liveCalls, pendingByes } = this.parts.context.telephony.counters();
    const { serverInvite, serverNonInvite, clientInvite, clientNonInvite } = transactions;
    return {
      calls: this.parts.context.live.size,
      liveCalls,
      pendingByes,
      legs,
      portsInUse,
      ears: this.parts.speech.openEars,
      dialogs: userAgent.dialogs,
      incoming: userAgent.incoming,
      outgoing: userAgent.outgoingInvites,
      serverInvite,
      serverNonInvite,
      clientInvite,
      clientNonInvite,
      transactionTimers: transactions.timers,
      coreTimers: timers,
      clockTimers: this.parts.clock.pendingCount,
      unwritten: this.parts.context.database().waiting,
    };
  }

  /** Ends the house like a stop of the appliance. */
  async close(): Promise<void> {
    const { clock, context, core, media, dataFolder } = this.parts;
    await this.during(context.hangUpAll(6_000));
    await passDuring(clock, context.close(), 1);
    await this.during(core.stop());
    await this.during(media.stop());
    await Promise.all(this.#phones.map((phone) => phone.close()));
    this.parts.leaveControl();
    rmSync(dataFolder, { recursive: true, force: true });
  }
}

/** Recognised words are written out for the records; capitals and marks are no matter of the scenarios. */
function plain(text: string): string {
  return text.toLowerCase().replaceAll(/[.,!?]/g, '');
}
