import { describe, expect } from 'vitest';
import { behaviourDefaults } from '../../../server/conversation/settings.ts';
import { answersByKeyword } from '../../../server/providers/fake/scripted-llm.ts';
import { greeting } from '../../support/house-in-one/build-house.ts';
import { scenario } from '../../support/house-in-one/scenario.ts';

const { phrases } = behaviourDefaults;
const goodbye = 'Goodbye, and thank you very much for your call.';
const brain = answersByKeyword({
  bye: [{ kind: 'text', text: goodbye }, { kind: 'end-call' }],
  hours: 'We are open from nine to five, Monday to Friday, and from ten to two on Saturday.',
});
const prompt = 'Are you still there?';

describe('ending', () => {
  scenario('the goodbye is played out before the BYE', { brain }, async (stage) => {
    const { house } = stage;
    const leg = await stage.greetedCall();
    await stage.say(leg, 'thank you bye');
    await stage.untilOver(leg);
    expect(leg.audio.heard).toBe(`${greeting} ${goodbye}`);
    expect(house.nowMs - leg.audio.lastWordAtMs).toBeLessThan(1_000);
    expect(house.endOf(leg)).toBe('completed/agent-hangup');
    expect(house.transcriptOf(leg).at(-1)).toBe(`agent: ${goodbye}`);
  });

  scenario(
    'an agent that may not hang up says goodbye and stays until the caller is gone',
    { brain, agent: { turnSettings: { mayHangUp: false } } },
    async (stage) => {
      const leg = await stage.greetedCall();
      expect(await stage.ask(leg, 'thank you bye')).toBe(goodbye);
      expect(await stage.ask(leg, 'and your hours')).toContain('ten to two on Saturday.');
      expect(await stage.ask(leg, 'bye')).toBe(goodbye);
      await stage.hangUp(leg);
      expect(stage.house.endOf(leg)).toBe('completed/caller-hangup');
      expect(stage.house.brain.requests.map(({ mayEndCall }) => mayEndCall)).not.toContain(true);
    },
  );

  scenario(
    'such an agent still ends the call of a caller who says nothing more',
    { brain, agent: { turnSettings: { mayHangUp: false } } },
    async (stage) => {
      const leg = await stage.greetedCall();
      await stage.ask(leg, 'thank you bye');
      await stage.untilOver(leg);
      expect(leg.audio.heard.endsWith(`${goodbye} ${prompt} ${prompt} ${phrases.silenceFarewell}`)).toBe(true);
      expect(stage.house.endOf(leg)).toBe('completed/silence');
    },
  );

  scenario('a caller who says nothing is asked twice, then the agent hangs up', { brain }, async (stage) => {
    const leg = await stage.greetedCall();
    const silentSinceMs = stage.house.nowMs;
    await stage.untilHeard(leg, prompt);
    expect(stage.house.nowMs - silentSinceMs).toBeGreaterThan(8_000);
    await stage.untilOver(leg);
    expect(leg.audio.heard).toBe(`${greeting} ${prompt} ${prompt} ${phrases.silenceFarewell}`);
    expect(stage.house.endOf(leg)).toBe('completed/silence');
  });

  scenario('a caller who answers the prompt is served, and the prompts count anew', { brain }, async (stage) => {
    const leg = await stage.greetedCall();
    await stage.untilHeard(leg, prompt);
    await stage.untilQuiet(leg);
    expect(await stage.ask(leg, 'what are your opening hours')).toContain('ten to two on Saturday.');
    const answeredAtMs = stage.house.nowMs;
    await stage.untilOver(leg);
    const later = leg.audio.heardSince(answeredAtMs);
    expect(later).toBe(`${prompt} ${prompt} ${phrases.silenceFarewell}`);
  });

  scenario(
    'at the longest duration the agent breaks off, says so and hangs up',
    { brain, agent: { turnSettings: { maxDurationMs: 6_000 } } },
    async (stage) => {
      const leg = await stage.greetedCall();
      await stage.say(leg, 'what are your opening hours');
      await stage.untilOver(leg);
      expect(leg.audio.heard).toContain(phrases.maxDurationFarewell);
      expect(leg.audio.heard).not.toContain('Saturday');
      expect(stage.house.endOf(leg)).toBe('completed/max-duration');
      const [, , cut] = stage.house.transcriptOf(leg);
      expect(cut).toMatch(/^agent: We are open .* —$/);
    },
  );

  scenario('a caller who hangs up while it rings leaves a failed call', { brain }, async (stage) => {
    const leg = await stage.phone.dial('reception');
    await stage.house.until(() => leg.statuses.includes(180), 'it rings');
    leg.cancel();
    await stage.allOver();
    await stage.house.until(() => leg.state === 'refused', 'the INVITE is over');
    expect(leg.statuses).toEqual([100, 180, 487]);
    expect(stage.house.endOf(leg)).toBe('failed/cancelled');
    expect(stage.house.turnsOf(leg)).toEqual([]);
  });

  scenario('a call that the API ends is hung up at once', { brain, http: true }, async (stage) => {
    const { house } = stage;
    const leg = await stage.greetedCall();
    const { id } = house.callOf(leg);
    const { status, data } = await house.api('POST', `/calls/${id}/end`);
    expect([status, data['status']]).toEqual([200, 'completed']);
    await stage.untilOver(leg);
    expect(leg.methods).toEqual(['BYE']);
    expect(house.endOf(leg)).toBe('completed/api-end');
    expect((await house.api('POST', `/calls/${id}/end`)).status).toBe(400);
  });

  scenario('a call that the API cancels while it rings is refused', { brain }, async (stage) => {
    const { house } = stage;
    const leg = await stage.phone.dial('reception');
    await house.until(() => leg.statuses.includes(180), 'it rings');
    await house.during(house.parts.context.live.end(house.callOf(leg).id, 'cancel'));
    await house.until(() => leg.final !== undefined, 'a final response');
    expect(leg.statuses).toEqual([100, 180, 480]);
    expect(house.endOf(leg)).toBe('failed/api-cancel');
  });

  scenario('when the appliance stops, the agent says one sentence and hangs up', { brain }, async (stage) => {
    const { house } = stage;
    const leg = await stage.greetedCall();
    await stage.say(leg, 'what are your opening hours');
    await stage.untilHeard(leg, 'We are');
    const stopping = house.parts.context.hangUpAll(6_000);
    const late = await stage.phone.dial('reception');
    await house.during(stopping);
    await stage.untilOver(leg);
    expect(leg.audio.heard).toContain(phrases.shutdownFarewell);
    expect(leg.audio.heard.endsWith('Goodbye.')).toBe(true);
    expect(house.endOf(leg)).toBe('completed/shutdown');
    expect(late.statuses).toEqual([100, 503]);
  });

  scenario('when the appliance stops while it rings, the caller is refused', { brain }, async (stage) => {
    const leg = await stage.phone.dial('reception');
    await stage.house.until(() => leg.statuses.includes(180), 'it rings');
    await stage.house.during(stage.house.parts.context.hangUpAll(6_000));
    await stage.house.until(() => leg.final !== undefined, 'a final response');
    expect(leg.statuses).toEqual([100, 180, 480]);
    expect(stage.house.endOf(leg)).toBe('failed/shutdown');
  });
});
