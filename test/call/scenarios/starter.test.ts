import { describe, expect } from 'vitest';
import { sampleAgent } from '../../../server/domain/agents/sample-agent.ts';
import { phrases } from '../../../server/providers/llm/starter/phrases.ts';
import { StarterLlm } from '../../../server/providers/llm/starter/starter-llm.ts';
import type { HouseOptions } from '../../support/house-in-one/build-house.ts';
import { scenario } from '../../support/house-in-one/scenario.ts';

const clinic: HouseOptions = { brain: new StarterLlm(), agent: { ...sampleAgent, recordingEnabled: false } };
const facts = sampleAgent.knowledge.split('\n');
const factAbout = (words: string) => facts.find((fact) => fact.includes(words)) ?? `no fact about ${words}`;

describe('the built-in receptionist', () => {
  scenario('answers with the sentences of its agent, and says goodbye before it hangs up', clinic, async (stage) => {
    const { house } = stage;
    const leg = await stage.greetedCall();
    expect(leg.audio.heard).toBe(sampleAgent.startingMessage);
    expect(await stage.ask(leg, 'what are your opening hours')).toContain(factAbout('nine to five'));
    expect(await stage.ask(leg, 'how much is a blood test')).toBe(factAbout('blood test'));
    await stage.say(leg, 'thank you goodbye');
    await stage.untilOver(leg);
    expect(leg.audio.heard.endsWith(phrases.goodbye)).toBe(true);
    expect(house.endOf(leg)).toBe('completed/agent-hangup');
    expect(house.callOf(leg).brain).toBe('starter (scripted)');
    expect(house.turnsOf(leg).at(-1)?.provider).toBe('starter (scripted)');
  });

  scenario('knows what time it is where its agent is', clinic, async (stage) => {
    const leg = await stage.greetedCall();
    expect(await stage.ask(leg, 'are you open now')).toMatch(/^Yes/);
    await stage.hangUp(leg);
    await stage.house.skip(10 * 3_600_000);
    const late = await stage.greetedCall();
    expect(await stage.ask(late, 'are you open now')).toMatch(/^No/);
    await stage.hangUp(late);
  });

  scenario('takes a message, reads it back and keeps it with the call', clinic, async (stage) => {
    const { house } = stage;
    const leg = await stage.greetedCall();
    expect(await stage.ask(leg, 'i would like to leave a message')).toContain(phrases.askName);
    expect(await stage.ask(leg, 'my name is anna miller')).toContain(phrases.askNumber);
    expect(await stage.ask(leg, 'five five five', 500, 'zero one two three')).toContain(phrases.askReason);
    const readBack = await stage.ask(leg, 'please call me back about my invoice');
    expect(readBack).toContain('Anna Miller');
    expect(readBack).toContain('five five five, zero one');
    expect(readBack).toContain('about my invoice');
    expect(house.callOf(leg).message).toBeNull();
    expect(await stage.ask(leg, 'yes')).toBe(phrases.messageTaken);
    await stage.hangUp(leg);
    const message = { name: 'Anna Miller', number: '5550123', reason: expect.stringContaining('invoice') as string };
    expect(house.callOf(leg).message).toEqual(message);
    expect(house.callOf(leg).extracted).toMatchObject({ message });
  });

  scenario('takes the number of a message from the keys', clinic, async (stage) => {
    const leg = await stage.greetedCall();
    await stage.ask(leg, 'i would like to leave a message');
    await stage.ask(leg, 'my name is anna miller');
    leg.audio.press('5550142#');
    await stage.untilHeard(leg, phrases.askReason);
    await stage.untilQuiet(leg).catch(() => {});
    await stage.ask(leg, 'please call me back about my invoice');
    await stage.ask(leg, 'yes');
    await stage.hangUp(leg);
    expect(stage.house.callOf(leg).message?.number).toBe('5550142');
  });

  scenario('says that it does not know what no fact holds, and offers a message', clinic, async (stage) => {
    const leg = await stage.greetedCall();
    const answers = [
      await stage.ask(leg, 'do you sell second hand bicycles'),
      await stage.ask(leg, 'do you sell second hand bicycles'),
    ].join(' ');
    expect(answers).toContain('message');
    expect(facts.some((fact) => answers.includes(fact))).toBe(false);
    await stage.hangUp(leg);
  });

  scenario('puts a caller through, and takes a message when nobody answers there', clinic, async (stage) => {
    const { house } = stage;
    const leg = await stage.greetedCall();
    leg.referPlan = { status: 202, news: [100, 480] };
    await stage.say(leg, 'can i speak to sales please');
    await stage.untilHeard(leg, 'sales.');
    await stage.untilQuiet(leg);
    expect(leg.methods).toEqual(['REFER']);
    expect(await stage.ask(leg, 'yes please')).toContain(phrases.askName);
    await stage.hangUp(leg);
    expect(house.endOf(leg)).toBe('completed/caller-hangup');
  });

  scenario(
    'goes on with its answer after a cough, and with the next one after an interruption',
    clinic,
    async (stage) => {
      const { house } = stage;
      const leg = await stage.greetedCall();
      await stage.say(leg, 'what are your opening hours');
      await stage.untilHeard(leg, 'We are open Monday');
      leg.audio.cough(240);
      await stage.untilHeard(leg, factAbout('nine to five'));
      await stage.say(leg, 'wait how much is a blood test');
      await stage.untilHeard(leg, factAbout('blood test'));
      await stage.hangUp(leg);
      expect(house.turnsOf(leg).filter(({ interrupted }) => interrupted)).toHaveLength(1);
    },
  );
});
