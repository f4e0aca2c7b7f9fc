import { describe, expect } from 'vitest';
import { answersByKeyword } from '../../../server/providers/fake/scripted-llm.ts';
import { greeting } from '../../support/house-in-one/build-house.ts';
import { scenario } from '../../support/house-in-one/scenario.ts';
import { header } from '../../support/sip-wire.ts';

const target = { name: 'sales', target: 'sip:sales@127.0.0.9' };
const handOver = 'I will put you through to sales.';
const comeBack = 'Nobody is free there. Can I take a message?';
const brain = answersByKeyword({
  sales: [
    { kind: 'text', text: handOver },
    { kind: 'transfer', target },
  ],
});

describe('transferring', () => {
  scenario(
    'a caller who is put through leaves the house when the other side has answered',
    { brain },
    async (stage) => {
      const { house } = stage;
      const leg = await stage.greetedCall();
      leg.referPlan = { status: 202, news: [100, 200] };
      await stage.say(leg, 'put me through to sales please');
      await stage.untilOver(leg);
      const refer = leg.requests.find(({ start }) => start.startsWith('REFER'));
      expect(header(refer ?? { start: '', headers: [], body: '' }, 'Refer-To')).toBe('<sip:sales@127.0.0.9>');
      expect(leg.methods).toEqual(['REFER', 'BYE']);
      expect(leg.audio.heard).toBe(`${greeting} ${handOver}`);
      expect(house.endOf(leg)).toBe('completed/transferred');
    },
  );

  for (const [what, referPlan] of [
    ['the phone refuses to transfer', { status: 603, news: [] }],
    ['the other side is busy', { status: 202, news: [100, 486] }],
  ] as const) {
    scenario(`when ${what}, the caller is back with the agent`, { brain }, async (stage) => {
      const { house } = stage;
      const leg = await stage.greetedCall();
      leg.referPlan = referPlan;
      await stage.say(leg, 'put me through to sales please');
      await stage.untilHeard(leg, comeBack);
      expect(leg.audio.heard).toBe(`${greeting} ${handOver} ${comeBack}`);
      await stage.untilQuiet(leg);
      expect(await stage.ask(leg, 'then i will call again')).toBe('Sorry, I did not understand that.');
      await stage.hangUp(leg);
      expect(house.endOf(leg)).toBe('completed/caller-hangup');
      expect(house.brain.requests[1]?.occasion).toEqual({ kind: 'transfer-refused', target: 'sales' });
    });
  }

  scenario('nothing is said into a transfer under way', { brain }, async (stage) => {
    const { house } = stage;
    const leg = await stage.greetedCall();
    leg.referPlan = { status: 202, news: [100] };
    await stage.say(leg, 'put me through to sales please');
    await stage.untilHeard(leg, handOver);
    await house.pass(15_000);
    expect(leg.audio.heard).toBe(`${greeting} ${handOver}`);
    await stage.hangUp(leg);
  });
});
