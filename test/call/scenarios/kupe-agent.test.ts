import { describe, expect } from 'vitest';
import { answersByKeyword } from '../../../server/providers/fake/scripted-llm.ts';
import { scenario } from '../../support/house-in-one/scenario.ts';

const goodbye = 'Goodbye, and thank you very much for your call.';
const brain = answersByKeyword({ bye: [{ kind: 'text', text: goodbye }, { kind: 'end-call' }] });
const agent = { name: 'Desk', recording_enabled: false, first_response_message: 'Hello, this is the desk.' };

describe('a call of an agent that Kupe’s API made', () => {
  scenario('goes on after a goodbye, with the contract’s defaults', { brain, http: true }, async (stage) => {
    const { house } = stage;
    const leg = await stage.greetedCall(await house.kupeAgent({ agent }));
    expect(await stage.ask(leg, 'thank you bye')).toBe(goodbye);
    await house.pass(3_000);
    expect(leg.state).toBe('up');
    expect(house.brain.requests[0]).toMatchObject({
      mayEndCall: false,
      generation: { maxTokens: 370, temperature: 0.7 },
    });
    await stage.hangUp(leg);
    expect(house.endOf(leg)).toBe('completed/caller-hangup');
  });

  scenario('ends with the agent’s goodbye where a key lets it', { brain, http: true }, async (stage) => {
    const { house } = stage;
    const id = await house.kupeAgent({ agent, agent_specific_config: { llm_conversation_stop_enabled: true } });
    const leg = await stage.greetedCall(id);
    await stage.say(leg, 'thank you bye');
    await stage.untilOver(leg);
    expect(house.endOf(leg)).toBe('completed/agent-hangup');
  });

  scenario(
    'hears the message of cut in time, and knows its routes’ conditions',
    { brain, http: true },
    async (stage) => {
      const { house } = stage;
      const route = { display_name: 'Billing', phone_number: '+4930', condition_when_to_transfer: 'On invoices.' };
      const id = await house.kupeAgent({
        agent,
        agent_specific_config: {
          session_timeout: 16,
          time_to_cut: 10,
          message_of_cut: 'We have ten seconds.',
          inbound_transfer_routes: [route],
        },
      });
      const leg = await stage.greetedCall(id);
      await stage.untilHeard(leg, 'We have ten seconds.');
      await house.pass(600);
      expect(await stage.ask(leg, 'bye')).toBe(goodbye);
      await stage.untilOver(leg);
      expect(house.endOf(leg)).toBe('completed/max-duration');
      expect(house.brain.requests[0]?.transferTargets).toEqual([
        { name: 'Billing', target: '4930', when: 'On invoices.' },
      ]);
    },
  );
});
