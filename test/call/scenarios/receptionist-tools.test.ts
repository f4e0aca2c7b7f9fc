import { setTimeout as wait } from 'node:timers/promises';
import { describe, expect } from 'vitest';
import { sampleAgent } from '../../../server/domain/agents/sample-agent.ts';
import type { ToolDraft } from '../../../server/domain/tools/tool.ts';
import { phrases } from '../../../server/providers/llm/starter/phrases.ts';
import { StarterLlm } from '../../../server/providers/llm/starter/starter-llm.ts';
import type { HouseOptions } from '../../support/house-in-one/build-house.ts';
import { type Stage, scenario } from '../../support/house-in-one/scenario.ts';
import { HttpReceiver } from '../../support/http-receiver.ts';
import { administratorOf } from '../../support/principals.ts';

const clinic: HouseOptions = { brain: new StarterLlm(), agent: { ...sampleAgent, recordingEnabled: false } };
const question = 'What is your sample number?';

/** A laboratory on loopback, and the tool of the agent that asks it. */
async function laboratory({ house }: Stage, tool: Partial<ToolDraft> & Pick<ToolDraft, 'name'>): Promise<HttpReceiver> {
  const { agentId, context, organizationId } = house.parts;
  const principal = administratorOf(organizationId);
  const receiver = await HttpReceiver.start();
  receiver.answer = () => ({ status: 200, body: '{"state":"in the laboratory","days_left":2}' });
  const sample = { type: 'string', description: 'The sample number' };
  const parameters = { type: 'object', properties: { sample }, required: ['sample'] };
  const { tools } = context.domain;
  const { name, description = '', toolSchema = {} } = tool;
  const schema = { name, description, parameters, ...toolSchema };
  const made = await house.during(tools.create(principal, { ...tool, url: receiver.url, toolSchema: schema }));
  await house.during(tools.addToAgent(principal, agentId, [{ toolType: 'endpoint', toolId: made.id }]));
  return receiver;
}

/** Real time passes, and none for the house: sockets are outside of its clock. */
async function untilReal(holds: () => boolean, what: string): Promise<void> {
  for (let looks = 0; !holds(); looks++) {
    if (looks > 1_000) throw new Error(`Waited in vain: ${what}.`);
    await wait(5);
  }
}

async function untilAnswered({ house }: Stage): Promise<void> {
  const counters = () => house.parts.context.tools.counters;
  await house.until(() => counters().used === 1, 'a tool is at work');
  await untilReal(() => counters().atWork === 0, 'the tool has answered');
}

describe('the built-in receptionist with a tool', () => {
  scenario('asks for what it needs, uses it, and says what it answered', clinic, async (stage) => {
    const { house } = stage;
    const desk = await laboratory(stage, { name: 'sample_status', description: 'Looks up where a sample is' });
    const leg = await stage.greetedCall();
    expect(await stage.ask(leg, 'what is the status of my sample')).toBe(question);
    await stage.say(leg, 'four seven one one');
    await untilAnswered(stage);
    await stage.untilHeard(leg, 'Days left: 2.');
    await stage.hangUp(leg);
    expect(desk.bodies).toEqual([{ sample: '4711' }]);
    expect(house.transcriptOf(leg).slice(1)).toEqual([
      'caller: what is the status of my sample',
      `agent: ${question}`,
      'caller: 4711',
      'agent: State: in the laboratory. Days left: 2.',
    ]);
  });

  scenario(
    'does nothing that changes something before a yes, and claims nothing that failed',
    clinic,
    async (stage) => {
      const { house } = stage;
      const desk = await laboratory(stage, { name: 'discard_sample', description: 'Discard a sample' });
      desk.answer = () => ({ status: 500, body: 'broken' });
      const leg = await stage.greetedCall();
      const asked = await stage.ask(leg, 'please discard my sample four seven one one');
      expect(asked).toBe('The sample number is four seven one, one. Shall I discard a sample?');
      expect(desk.received).toEqual([]);
      await stage.say(leg, 'yes please');
      await untilAnswered(stage);
      await stage.untilHeard(leg, phrases.actionFailed);
      await stage.hangUp(leg);
      expect(desk.bodies).toEqual([{ sample: '4711' }]);
      expect(house.transcriptOf(leg).join(' ')).not.toContain(phrases.done);
    },
  );

  scenario('says that nobody knows what became of a change that the caller stopped', clinic, async (stage) => {
    const { house } = stage;
    const tool = { name: 'discard_sample', description: 'Discard a sample', timeoutMs: 60_000 };
    const desk = await laboratory(stage, tool);
    desk.answer = () => 'silence';
    const leg = await stage.greetedCall();
    await stage.ask(leg, 'please discard my sample four seven one one');
    await stage.say(leg, 'yes please');
    const counters = () => house.parts.context.tools.counters;
    await house.until(() => counters().used === 1, 'the tool is at work');
    await untilReal(() => desk.received.length === 1, 'the request has arrived');
    await stage.untilHeard(leg, 'One moment,');
    await stage.say(leg, 'stop forget about that');
    await untilReal(() => counters().atWork === 0, 'the request is given up');
    await stage.untilHeard(leg, phrases.stopped);
    await stage.ask(leg, 'yes');
    await stage.hangUp(leg);
    expect(desk.received).toHaveLength(1);
    expect(counters()).toMatchObject({ used: 1, aborted: 1 });
  });
});
