import { expect, test } from 'vitest';
import type { HouseOptions } from './build-house.ts';
import { House } from './house.ts';
import type { DialOptions, PhoneLeg } from './phone-leg.ts';
import type { ScriptedPhone } from './scripted-phone.ts';

/** Longer than any transaction of RFC 3261 lives (timers B, F, H, J, and D and I after them). */
const transactionsGoneMs = 75_000;
/** No word for so long: the agent has finished. */
const quietMs = 500;
/** Real time; a scenario takes a fraction of a second. */
const longestScenarioMs = 30_000;
/** Nobody hangs up faster than this after what they heard. */
const reactionMs = 300;

/** A house, a phone, and the steps that most scenarios are made of. Every step lets time pass. */
export class Stage {
  readonly house: House;
  readonly phone: ScriptedPhone;

  constructor(house: House, phone: ScriptedPhone) {
    this.house = house;
    this.phone = phone;
  }

  /** Calls and waits for the answer. */
  async call(user = 'reception', options: DialOptions = {}, phone: ScriptedPhone = this.phone): Promise<PhoneLeg> {
    const leg = await phone.dial(user, options);
    await this.house.until(() => leg.state === 'up', 'the call is answered', 5_000);
    return leg;
  }

  /** The same, until the agent has said its first words. */
  async greetedCall(user?: string, options?: DialOptions, phone?: ScriptedPhone): Promise<PhoneLeg> {
    const leg = await this.call(user, options, phone);
    await this.untilQuiet(leg);
    return leg;
  }

  /** The caller speaks; resolves at the end of the last word. Numbers are pauses in milliseconds. */
  async say(leg: PhoneLeg, ...parts: readonly (string | number)[]): Promise<void> {
    for (const part of parts) {
      if (typeof part === 'number') leg.audio.pause(part);
      else leg.audio.say(part);
    }
    await this.house.until(() => !leg.audio.isTalking, 'the caller has spoken');
  }

  /** The caller speaks and listens until the agent has answered. Returns the answer as it was heard. */
  async ask(leg: PhoneLeg, ...parts: readonly (string | number)[]): Promise<string> {
    await this.say(leg, ...parts);
    const { nowMs } = this.house;
    await this.untilQuiet(leg);
    return leg.audio.heardSince(nowMs);
  }

  /** Waits until something was heard after now, and then nothing for a while. */
  async untilQuiet(leg: PhoneLeg): Promise<void> {
    const { house } = this;
    const before = leg.audio.words.length;
    await house.until(() => leg.audio.words.length > before || leg.state === 'over', 'the agent speaks');
    const isQuiet = () => house.nowMs - leg.audio.lastWordAtMs >= quietMs || leg.state === 'over';
    await house.until(isQuiet, 'the agent has spoken', 60_000);
  }

  /** Waits until these words were heard whole. */
  async untilHeard(leg: PhoneLeg, text: string, limitMs = 30_000): Promise<void> {
    await this.house.until(() => `${leg.audio.understood} `.includes(`${text} `), `"${text}" is heard`, limitMs);
  }

  /** The caller hangs up, a moment after the last word; resolves when the records are complete. */
  async hangUp(leg: PhoneLeg): Promise<void> {
    await this.house.pass(reactionMs);
    leg.hangUp();
    await this.allOver();
  }

  /** The house hangs up; resolves when the records are complete. */
  async untilOver(leg: PhoneLeg, limitMs = 60_000): Promise<void> {
    await this.house.until(() => leg.state === 'over', 'the house hangs up', limitMs);
    await this.allOver();
  }

  /** No call lives any more, and the recordings are settled. */
  async allOver(): Promise<void> {
    await this.house.until(() => this.house.parts.context.live.size === 0, 'no call is live');
    await this.house.during(this.house.parts.context.domain.recordings.settled());
  }
}

/**
 * One whole call (or a few) as a test. Afterwards, when all transactions have run out, the house must be as idle as
 * before: no call, leg, port, dialog, transaction or timer is left.
 */
export function scenario(name: string, options: HouseOptions, play: (stage: Stage) => Promise<void>): void {
  test(name, { timeout: longestScenarioMs }, async () => {
    const house = await House.open(options);
    try {
      const idle = await house.leftovers();
      const stage = new Stage(house, await house.phone());
      await play(stage);
      await stage.allOver();
      await house.skip(transactionsGoneMs);
      expect(await house.leftovers()).toEqual(idle);
    } finally {
      await house.close();
    }
  });
}
