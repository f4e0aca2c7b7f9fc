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

  scenario('a key has others pressed on our side, as the call negotiated', { brain }, async (stage) => {
    const agent = await stage.house.agent({
      dtmfRules: { timeout_seconds: 1, rules: [{ digit: '3', action: 'send_dtmf', value: '12*' }] },
    });
    const leg = await stage.greetedCall(agent.id);
    leg.audio.press('3');
    await stage.house.until(() => leg.audio.keys === '12*', 'the keys arrive');
    expect(await stage.ask(leg, 'are you there')).toBe('Sorry, I did not understand that.');
    await stage.hangUp(leg);
    expect(stage.house.transcriptOf(leg)).toContain('caller: (keypad: 3)');
  });

  scenario('a key sets a variable, which sentences, the brain and the call then have', { brain }, async (stage) => {
    const { house } = stage;
    const agent = await house.agent({
      systemPrompt: 'You speak {{language}}.',
      dtmfRules: {
        timeout_seconds: 1,
        rules: [
          { digit: '4', action: 'set_variable', value: 'language=German' },
          { digit: '5', action: 'say', value: 'You chose {{language}}.' },
        ],
      },
    });
    const leg = await stage.greetedCall(agent.id);
    leg.audio.press('4');
    await house.pass(2_500);
    leg.audio.press('5');
    await stage.untilHeard(leg, 'You chose German.');
    await stage.untilQuiet(leg);
    await stage.hangUp(leg);
    expect(house.brain.requests[0]).toMatchObject({
      systemPrompt: 'You speak German.',
      contextData: { language: 'German' },
    });
    expect(house.callOf(leg).variables).toEqual({ language: 'German' });
  });

  scenario('a lone hash is a key where a rule has it, and ends digits all the same', { brain }, async (stage) => {
    const { house } = stage;
    const agent = await house.agent({
      dtmfRules: { rules: [{ digit: '#', action: 'say', value: 'That was the hash.' }] },
    });
    const leg = await stage.greetedCall(agent.id);
    leg.audio.press('#');
    await stage.untilHeard(leg, 'That was the hash.');
    await house.pass(600);
    leg.audio.press('12#');
    await stage.untilHeard(leg, 'You pressed 1 2.');
    await stage.hangUp(leg);
  });
});
