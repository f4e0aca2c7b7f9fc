import { describe, expect } from 'vitest';
import { answersByKeyword } from '../../../server/providers/fake/scripted-llm.ts';
import { scenario } from '../../support/house-in-one/scenario.ts';
import { header } from '../../support/sip-wire.ts';

const brain = answersByKeyword({});
const dtmfRules = {
  timeout_seconds: 1,
  rules: [
    { digit: '1', action: 'say', value: 'We are open from nine to five.' },
    { digit: '2', action: 'transfer', value: 'sip:sales@127.0.0.9', description: 'sales' },
    { digit: '9', action: 'end_call', value: 'Goodbye.' },
  ],
};

describe('keypad rules of an agent', () => {
  scenario(
    'a key has its sentence said, another key is for the brain, and one ends the call',
    { brain },
    async (stage) => {
      const { house } = stage;
      const agent = await house.agent({ dtmfRules });
      const leg = await stage.greetedCall(agent.id);
      leg.audio.press('1');
      await stage.untilHeard(leg, 'We are open from nine to five.');
      expect(house.brain.requests).toEqual([]);
      leg.audio.press('5');
      await house.until(() => house.brain.requests.length === 1, 'the brain is asked');
      expect(house.brain.requests[0]?.occasion).toEqual({ kind: 'digits', digits: '5' });
      await stage.untilQuiet(leg);
      leg.audio.press('9');
      await stage.untilOver(leg);
      expect(leg.audio.heard.endsWith('Goodbye.')).toBe(true);
      expect(house.transcriptOf(leg)).toContain('caller: (keypad: 9)');
    },
  );

  scenario('a key ends the call also where the brain may not', { brain }, async (stage) => {
    const agent = await stage.house.agent({ dtmfRules, turnSettings: { mayHangUp: false } });
    const leg = await stage.greetedCall(agent.id);
    leg.audio.press('9');
    await stage.untilOver(leg);
    expect(stage.house.endOf(leg)).toBe('completed/agent-hangup');
  });

  scenario('a key puts the caller through', { brain }, async (stage) => {
    const agent = await stage.house.agent({ dtmfRules });
    const leg = await stage.greetedCall(agent.id);
    leg.referPlan = { status: 202, news: [100, 200] };
    leg.audio.press('2');
    await stage.untilOver(leg);
    const refer = leg.requests.find(({ start }) => start.startsWith('REFER'));
    expect(header(refer ?? { start: '', headers: [], body: '' }, 'Refer-To')).toBe('<sip:sales@127.0.0.9>');
  });
});
