import { setTimeout as wait } from 'node:timers/promises';
import { describe, expect } from 'vitest';
import { behaviourDefaults } from '../../../server/conversation/settings.ts';
import type { ToolDraft } from '../../../server/domain/tools/tool.ts';
import type { ScriptedStep } from '../../../server/providers/fake/scripted-llm.ts';
import type { LlmRequest, LlmToolResult } from '../../../server/providers/kinds/llm.ts';
import { StarterLlm } from '../../../server/providers/llm/starter/starter-llm.ts';
import { greeting } from '../../support/house-in-one/build-house.ts';
import { type Stage, scenario } from '../../support/house-in-one/scenario.ts';
import { HttpReceiver, type ReceiverAnswer } from '../../support/http-receiver.ts';
import { McpTestServer } from '../../support/mcp-test-server.ts';
import { administratorOf } from '../../support/principals.ts';

const moment = behaviourDefaults.phrases.toolWait;
const question = 'where is my order please';
const shipped = { status: 200, body: '{"state":"shipped","lines":3}' };

const lookUp = (name: string, goOn: (result: LlmToolResult) => string): ScriptedStep => ({
  kind: 'tool',
  name,
  args: { order: 7 },
  goOn,
});
const found = ({ ok, text }: LlmToolResult) =>
  ok && text.includes('shipped') ? 'It has been shipped.' : 'I cannot look it up just now.';

/** Looks the order up whenever one is asked for. */
const brain = ({ occasion }: LlmRequest) =>
  occasion.kind === 'caller-turn' && occasion.text.includes('order') ? [lookUp('order_status', found)] : 'All right.';

/** Somebody's order service on loopback, and a tool of the agent that asks it. */
async function orderDesk(stage: Stage, draft: Partial<ToolDraft> = {}): Promise<HttpReceiver> {
  const { house } = stage;
  const { domain } = house.parts.context;
  const desk = await HttpReceiver.start();
  desk.answer = () => shipped;
  const parameters = { type: 'object', properties: { order: { type: 'integer' }, who: { type: 'string' } } };
  const tool = await house.during(
    domain.tools.create(administratorOf(house.parts.organizationId), {
      name: 'Order status',
      url: `${desk.url}/orders`,
      toolSchema: { name: 'order_status', description: 'Where an order is.', parameters },
      headersSchema: { Authorization: 'Bearer desk-secret-4711' },
      ...draft,
    }),
  );
  const configOverrides = { arguments: { who: '{{caller_number}}' } };
  const given = { toolType: 'endpoint', toolId: tool.id, configOverrides } as const;
  await house.during(
    domain.tools.addToAgent(administratorOf(house.parts.organizationId), house.parts.agentId, [given]),
  );
  return desk;
}

/** Real time passes, and none for the house: sockets are outside of its clock. */
async function untilReal(holds: () => boolean, what: string): Promise<void> {
  for (let looks = 0; !holds(); looks++) {
    if (looks > 1_000) throw new Error(`Waited in vain: ${what}.`);
    await wait(5);
  }
}

const tools = ({ house }: Stage) => house.parts.context.tools.counters;

async function untilAtWork(stage: Stage, desk: HttpReceiver, requests = 1): Promise<void> {
  await stage.house.until(() => tools(stage).used === requests, 'a tool is at work');
  await untilReal(() => desk.received.length === requests, 'the request has arrived');
}

const untilTold = (stage: Stage) => untilReal(() => tools(stage).atWork === 0, 'the tool has answered');

describe('tools', () => {
  scenario('looks an order up with a tool while the caller waits', { brain }, async (stage) => {
    const { house } = stage;
    const desk = await orderDesk(stage);
    desk.answer = ({ headers }) => ({ status: 200, body: `{"state":"shipped","you":"${headers.authorization}"}` });
    const leg = await stage.greetedCall();
    await stage.say(leg, question);
    await untilAtWork(stage, desk);
    await untilTold(stage);
    await stage.untilHeard(leg, 'It has been shipped.');
    await stage.ask(leg, 'thank you very much');
    await stage.hangUp(leg);

    expect(desk.received[0]?.headers.authorization).toBe('Bearer desk-secret-4711');
    expect(desk.bodies).toEqual([{ order: 7, who: 'phone' }]);
    expect(house.transcriptOf(leg)).toEqual([
      `agent: ${greeting}`,
      `caller: ${question}`,
      'agent: It has been shipped.',
      'caller: thank you very much',
      'agent: All right.',
    ]);
    const uses = house.parts.context.domain.calls.toolUses(house.callOf(leg).id);
    expect(uses).toMatchObject([{ seq: 1, afterTurn: 2, name: 'order_status', args: { order: 7 }, outcome: 'ok' }]);
    expect(uses[0]?.result).toBe('{"state":"shipped","you":"[hidden]"}');
    const { history = [], tools: offered } = house.brain.requests.at(-1) ?? {};
    expect(history.map(({ role }) => role)).toEqual(['agent', 'caller', 'tool', 'agent', 'caller']);
    expect(offered).toMatchObject([{ name: 'order_status', description: 'Where an order is.' }]);
    expect(JSON.stringify(house.brain.requests)).not.toContain('desk-secret');
    expect(tools(stage)).toEqual({ used: 1, failed: 0, timedOut: 0, aborted: 0, atWork: 0, leftOut: 0 });
  });

  scenario('a tool that is slow is covered by a sentence', { brain }, async (stage) => {
    const { house } = stage;
    const desk = await orderDesk(stage, { timeoutMs: 60_000 });
    const gate = Promise.withResolvers<ReceiverAnswer>();
    desk.answer = () => gate.promise;
    const leg = await stage.greetedCall();
    await stage.say(leg, question);
    await untilAtWork(stage, desk);
    const [workingMs, heard] = [house.nowMs, leg.audio.words.length];
    await house.until(() => leg.audio.words.length > heard, 'the agent speaks');
    expect(house.nowMs - workingMs).toBeGreaterThan(1_200);
    expect(house.nowMs - workingMs).toBeLessThan(2_000);
    await stage.untilHeard(leg, moment);
    await house.pass(4_000);
    expect(leg.audio.understood).toBe(`${greeting} ${moment}`);
    gate.resolve(shipped);
    await untilTold(stage);
    await stage.untilHeard(leg, 'It has been shipped.');
    await stage.hangUp(leg);
    expect(house.transcriptOf(leg).at(-1)).toBe(`agent: ${moment} It has been shipped.`);
  });

  scenario('a caller who interrupts stops the tool', { brain }, async (stage) => {
    const { house } = stage;
    const desk = await orderDesk(stage, { timeoutMs: 60_000 });
    desk.answer = () => 'silence';
    const leg = await stage.greetedCall();
    await stage.say(leg, question);
    await untilAtWork(stage, desk);
    await stage.untilHeard(leg, 'One moment,');
    await stage.say(leg, 'stop forget about that');
    await untilReal(() => desk.open === 0 && tools(stage).atWork === 0, 'the request is given up');
    await stage.untilHeard(leg, 'All right.');
    await stage.hangUp(leg);
    const { id } = house.callOf(leg);
    expect(house.parts.context.domain.calls.toolUses(id)).toMatchObject([{ outcome: 'aborted', afterTurn: 2 }]);
    expect(house.brain.requests.at(-1)?.history).toContainEqual(expect.objectContaining({ role: 'tool', ok: false }));
    expect(tools(stage)).toMatchObject({ used: 1, aborted: 1, failed: 0 });
    expect(house.transcriptOf(leg)[1]).toBe(`caller: ${question}`);
  });

  scenario('a caller who hangs up stops the tool', { brain }, async (stage) => {
    const { house } = stage;
    const desk = await orderDesk(stage, { timeoutMs: 60_000 });
    desk.answer = () => 'silence';
    const leg = await stage.greetedCall();
    await stage.say(leg, question);
    await untilAtWork(stage, desk);
    await stage.hangUp(leg);
    await untilReal(() => desk.open === 0 && tools(stage).atWork === 0, 'the request is given up');
    expect(house.parts.context.domain.calls.toolUses(house.callOf(leg).id)).toMatchObject([{ outcome: 'aborted' }]);
    expect(house.endOf(leg)).toBe('completed/caller-hangup');
  });

  scenario('a discarded answer ran no tool', { brain }, async (stage) => {
    const { house } = stage;
    const desk = await orderDesk(stage);
    const leg = await stage.greetedCall();
    await stage.say(leg, question, 480, 'no');
    expect(house.brain.requests).toHaveLength(1);
    expect(house.brain.aborted).toBe(1);
    await wait(50);
    expect(desk.received).toEqual([]);
    await untilAtWork(stage, desk);
    await untilTold(stage);
    await stage.untilHeard(leg, 'It has been shipped.');
    await stage.hangUp(leg);
    expect(desk.received).toHaveLength(1);
    expect(house.transcriptOf(leg)[1]).toBe(`caller: ${question} no`);
  });

  scenario('a failing tool is told to the brain and the call goes on', { brain }, async (stage) => {
    const { house } = stage;
    const desk = await orderDesk(stage);
    desk.answer = () => ({ status: 500, body: '{"error":"no connection to the store"}' });
    const leg = await stage.greetedCall();
    await stage.say(leg, question);
    await untilAtWork(stage, desk);
    await untilTold(stage);
    await stage.untilHeard(leg, 'I cannot look it up just now.');
    desk.answer = () => shipped;
    await stage.say(leg, 'then try my order again');
    await untilAtWork(stage, desk, 2);
    await untilTold(stage);
    await stage.untilHeard(leg, 'It has been shipped.');
    await stage.hangUp(leg);
    const uses = house.parts.context.domain.calls.toolUses(house.callOf(leg).id);
    expect(uses.map(({ outcome }) => outcome)).toEqual(['failed', 'ok']);
    expect(uses[0]?.result).toContain('answered 500');
    expect(uses[0]?.result).toContain('no connection to the store');
    expect(tools(stage)).toMatchObject({ used: 2, failed: 1 });
  });

  const receptionist = { brain: new StarterLlm(), agent: { knowledge: 'We open at nine.' } };
  scenario('the built-in brain asks for what a tool needs, and says what it found', receptionist, async (stage) => {
    const { house } = stage;
    const order = { order_number: { type: 'string', description: 'The order number' } };
    const parameters = { type: 'object', properties: order, required: ['order_number'] };
    const description = 'Where an order is';
    const desk = await orderDesk(stage, { toolSchema: { name: 'order_status', description, parameters } });
    desk.answer = () => ({ status: 200, body: '{"message":"It is on its way."}' });
    const leg = await stage.greetedCall();
    expect(await stage.ask(leg, question)).toBe('What is your order number?');
    expect(desk.received).toEqual([]);
    await stage.say(leg, 'it is four seven one one');
    await untilAtWork(stage, desk);
    await untilTold(stage);
    await stage.untilHeard(leg, 'It is on its way.');
    await stage.hangUp(leg);
    expect(desk.bodies).toEqual([{ order_number: '4711' }]);
    const uses = house.parts.context.domain.calls.toolUses(house.callOf(leg).id);
    expect(uses).toMatchObject([{ name: 'order_status', args: { order_number: '4711' }, outcome: 'ok' }]);
  });

  const server = ({ occasion }: LlmRequest) =>
    occasion.kind === 'caller-turn' ? [lookUp('desk_order_status', ({ text }) => text)] : 'All right.';
  scenario('uses a tool of an MCP server', { brain: server }, async (stage) => {
    const { house } = stage;
    const { domain } = house.parts.context;
    const desk = await McpTestServer.start();
    const draft = { name: 'desk', serverUrl: `${desk.url}/mcp`, allowedTools: ['order_status'] };
    const { id } = await house.during(domain.mcpServers.create(administratorOf(house.parts.organizationId), draft));
    await house.during(
      domain.tools.addToAgent(administratorOf(house.parts.organizationId), house.parts.agentId, [
        { toolType: 'mcp_server', toolId: id },
      ]),
    );
    const leg = await stage.greetedCall();
    await stage.say(leg, 'where is it please');
    await house.until(() => tools(stage).used > 0, 'a tool is at work');
    await untilTold(stage);
    await stage.untilHeard(leg, 'Order 7 is on its way.');
    await stage.hangUp(leg);
    expect(house.brain.requests.at(-1)?.tools.map(({ name }) => name)).toEqual(['desk_order_status']);
    expect(domain.calls.toolUses(house.callOf(leg).id)).toMatchObject([{ name: 'desk_order_status', outcome: 'ok' }]);
  });
});
