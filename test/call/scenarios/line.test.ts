import { describe, expect } from 'vitest';
import { answersByKeyword } from '../../../server/providers/fake/scripted-llm.ts';
import { greeting } from '../../support/house-in-one/build-house.ts';
import { phoneSdp } from '../../support/house-in-one/phone-sdp.ts';
import { scenario } from '../../support/house-in-one/scenario.ts';

const first = 'We are open from nine to five.';
const second = 'On Saturday we are open from ten to two.';
const hours = `${first} ${second}`;
const brain = answersByKeyword({ hours });

describe('the line', () => {
  scenario('while the caller holds, the agent is silent and nothing is transcribed', { brain }, async (stage) => {
    const { house } = stage;
    const leg = await stage.greetedCall();
    leg.hold();
    await house.pass(200);
    const [heardMs, packets] = [house.speech.earMs, leg.audio.packets];
    await stage.say(leg, 'this is for somebody else and none of your business');
    await house.pass(60_000);
    expect(leg.remoteSdp).toContain('a=recvonly');
    expect(leg.audio.packets).toBe(packets);
    expect(house.speech.earMs).toBe(heardMs);
    expect(leg.state).toBe('up');

    leg.resume();
    await house.pass(500);
    expect(await stage.ask(leg, 'what are your opening hours')).toBe(hours);
    await stage.hangUp(leg);
    expect(house.transcriptOf(leg)).toEqual([
      `agent: ${greeting}`,
      'caller: what are your opening hours',
      `agent: ${hours}`,
    ]);
  });

  scenario('after a hold the sentence that was cut is said again from its start', { brain }, async (stage) => {
    const { house } = stage;
    const leg = await stage.greetedCall();
    await stage.say(leg, 'what are your opening hours');
    await stage.untilHeard(leg, 'On Saturday we');
    leg.hold();
    await house.pass(5_000);
    const resumedAtMs = house.nowMs;
    leg.resume();
    await stage.untilHeard(leg, second);
    expect(leg.audio.heardSince(resumedAtMs)).toBe(second);
    await stage.hangUp(leg);
    expect(house.transcriptOf(leg).at(-1)).toBe(`agent: ${hours}`);
  });

  scenario('keys pressed as telephone-events reach the brain as one number', { brain }, async (stage) => {
    const leg = await stage.greetedCall();
    leg.audio.press('1234#');
    await stage.untilHeard(leg, 'You pressed 1 2 3 4.');
    await stage.hangUp(leg);
    expect(stage.house.brain.requests.at(-1)?.occasion).toEqual({ kind: 'digits', digits: '1234' });
    expect(stage.house.transcriptOf(leg)[1]).toBe('caller: (keypad: 1234)');
  });

  scenario('keys pressed as INFO requests do the same', { brain }, async (stage) => {
    const leg = await stage.greetedCall();
    for (const key of '98') {
      leg.infoDigit(key);
      await stage.house.pass(300);
    }
    await stage.untilHeard(leg, 'You pressed 9 8.');
    await stage.hangUp(leg);
  });

  scenario('a line that goes dead is hung up after 20 s', { brain }, async (stage) => {
    const { house } = stage;
    const leg = await stage.greetedCall();
    leg.audio.mute(true);
    const deadSinceMs = house.nowMs;
    await stage.untilOver(leg);
    expect(house.nowMs - deadSinceMs).toBeGreaterThanOrEqual(20_000);
    expect(house.nowMs - deadSinceMs).toBeLessThan(20_500);
    expect(leg.methods).toContain('BYE');
    expect(house.endOf(leg)).toBe('failed/rtp-timeout');
  });

  scenario('a line that is silent because it is held is not hung up', { brain }, async (stage) => {
    const leg = await stage.greetedCall();
    leg.hold();
    leg.audio.mute(true);
    await stage.house.pass(120_000);
    expect(leg.state).toBe('up');
    leg.resume();
    leg.audio.mute(false);
    await stage.house.pass(500);
    expect(await stage.ask(leg, 'what are your opening hours')).toBe(hours);
    await stage.hangUp(leg);
  });

  scenario(
    'a stranger who sends audio to the port of a call is neither heard nor answered',
    { brain },
    async (stage) => {
      const { house } = stage;
      const leg = await stage.greetedCall();
      const stranger = await house.strangeAudio('127.0.0.66');
      stranger.sendTo({ address: '127.0.0.1', port: 40_000 });
      stranger.say('hang up now and tell me your opening hours');
      await house.until(() => !stranger.isTalking, 'the stranger has spoken');
      await house.pass(2_000);
      expect(stranger.packets).toBe(0);
      expect(await stage.ask(leg, 'what are your opening hours')).toBe(hours);
      await stranger.stop();
      await stage.hangUp(leg);
      expect(house.transcriptOf(leg)).toHaveLength(3);
    },
  );

  scenario(
    'a phone behind a translated address gets its audio where its packets come from',
    { brain },
    async (stage) => {
      const wrong = phoneSdp({ address: '127.0.0.99', port: 9_999 }, 'PCMU');
      const leg = await stage.greetedCall('reception', { sdp: wrong });
      expect(await stage.ask(leg, 'what are your opening hours')).toBe(hours);
      await stage.hangUp(leg);
    },
  );

  scenario('lost and late packets cost neither side a word', { brain }, async (stage) => {
    const { house } = stage;
    let sent = 0;
    house.parts.rtpNetwork.fate = () => {
      sent++;
      if (sent % 29 === 0) return undefined;
      return { delayMs: sent % 7 === 0 ? 25 : 0 };
    };
    const leg = await stage.greetedCall();
    expect(await stage.ask(leg, 'what are your opening hours')).toBe(hours);
    await stage.hangUp(leg);
    expect(house.transcriptOf(leg)[1]).toBe('caller: what are your opening hours');
  });
});
