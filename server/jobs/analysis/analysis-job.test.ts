import { expect, test, vi } from 'vitest';
import { HttpReceiver } from '../../../test/support/http-receiver.ts';
import { OutsideHouse } from '../../../test/support/outside-house.ts';

const patience = { timeout: 10_000, interval: 20 };

const leadSchema = {
  type: 'object',
  properties: { customer_name: { type: 'string' }, interested: { type: 'boolean' }, budget: { type: 'number' } },
};

async function withRules(house: OutsideHouse, toolUrl: string) {
  const { analysisRules, tools } = house.domain;
  const { principal, agentId } = house;
  const tool = await tools.create(principal, { name: 'CRM', url: toolUrl });
  const summary = await analysisRules.create(principal, { name: 'Summary', analysisType: 'call_summary' });
  const fields = await analysisRules.create(principal, { name: 'Lead fields', outputSchema: leadSchema });
  const trigger = await analysisRules.create(principal, {
    name: 'To the CRM',
    analysisType: 'integration_trigger',
    outputSchema: leadSchema,
    toolId: tool.id,
  });
  await analysisRules.attach(principal, agentId, [fields.id, trigger.id, summary.id]);
  return { tool, summary, fields, trigger };
}

test('each call that ends is analysed once, by the system and by the rules of its agent in their order', async () => {
  const [house, crm] = [await OutsideHouse.open(), await HttpReceiver.start()];
  crm.answer = () => ({ status: 201, body: '{"ticket":12}' });
  const { fields, summary, trigger } = await withRules(house, `${crm.url}/leads`);
  await house.startJobs();
  const call = await house.call(['My name is Mary Jones.', 'I am interested in your offer.']);
  const { analysis } = house.domain;
  await vi.waitFor(() => {
    const states = analysis.resultsOfCall(call.id).map(({ toolState }) => toolState);
    expect(states).toEqual([null, null, 'done', null]);
  }, patience);
  const results = analysis.resultsOfCall(call.id);
  expect(results.map(({ ruleId, source }) => [ruleId, source])).toEqual([
    [null, 'system_default'],
    [fields.id, 'rule'],
    [trigger.id, 'rule'],
    [summary.id, 'rule'],
  ]);
  expect(results.every(({ engine }) => engine === 'built-in (deterministic)')).toBe(true);
  expect(results[0]?.structured).toMatchObject({ lead_status: 'Interested', customer_name: 'Mary Jones' });
  expect(results[1]?.structured).toEqual({ customer_name: 'Mary Jones', interested: true, budget: null });
  expect(results[3]).toMatchObject({ structured: null, bodyText: expect.stringContaining('interested') });
  expect(crm.bodies).toEqual([{ customer_name: 'Mary Jones', interested: true, budget: null }]);
  expect(results[2]?.toolInvocation).toMatchObject({ status_code: 201, output: { ticket: 12 }, error: null });
  expect(analysis.ofCall(call.id)).toMatchObject({ outcome: 'answered', engine: 'built-in (deterministic)' });
});

test('analysing again calls no tool again', async () => {
  const [house, crm] = [await OutsideHouse.open(), await HttpReceiver.start()];
  await withRules(house, crm.url);
  await house.startJobs();
  const call = await house.call(['Hello there.']);
  await vi.waitFor(() => expect(crm.received).toHaveLength(1), patience);
  const { analysis } = house.domain;
  await vi.waitFor(() => expect(analysis.resultsOfCall(call.id)[2]?.toolState).toBe('done'), patience);
  const { createdAtMs } = await analysis.analyse(call.id);
  expect(createdAtMs).toBe(analysis.ofCall(call.id)?.createdAtMs);
  expect(analysis.resultsOfCall(call.id)).toHaveLength(4);
  expect(analysis.resultsOfCall(call.id)[2]?.toolState).toBe('done');
  await new Promise((resolve) => setTimeout(resolve, 100));
  expect(crm.received).toHaveLength(1);
});

test('a tool that fails is told in the result, and the webhooks hear of the call all the same', async () => {
  const [house, crm, hook] = [await OutsideHouse.open(), await HttpReceiver.start(), await HttpReceiver.start()];
  crm.answer = () => ({ status: 500, body: 'broken' });
  await withRules(house, crm.url);
  await house.domain.webhooks.changeOfAgent(house.principal, house.agentId, {
    outgoing: { enabled: true, url: hook.url },
  });
  await house.startJobs();
  const call = await house.call(['Hello there.']);
  await vi.waitFor(() => expect(hook.received).toHaveLength(1), patience);
  const analyses = hook.bodies[0]?.['post_call_analyses'] as Record<string, unknown>[];
  expect(hook.bodies[0]).toMatchObject({ post_call_analysis_count: 3 });
  expect(analyses[1]).toMatchObject({
    rule_name: 'To the CRM',
    tool_invocation: { status_code: 500, error: 'The tool "CRM" answered 500.' },
  });
  expect(house.domain.analysis.resultsOfCall(call.id)[2]?.toolState).toBe('failed');
});

test('calls that ended while nobody analysed are analysed at the next start; cut off tools are not called again', async () => {
  const [house, crm] = [await OutsideHouse.open(), await HttpReceiver.start()];
  await withRules(house, crm.url);
  const [first, second] = [await house.call(['Hello there.']), await house.call(['Hello again.'])];
  const { analysis } = house.domain;
  expect(analysis.ofCall(first.id)).toBeUndefined();
  crm.answer = () => 'silence';
  const jobs = await house.startJobs();
  await vi.waitFor(() => expect(crm.received).toHaveLength(2), patience);
  expect(analysis.resultsOfCall(second.id)[2]?.toolState).toBe('running');
  expect(await analysis.closeInterrupted()).toBe(2);
  await jobs.stop();
  await house.startJobs();
  expect(analysis.resultsOfCall(second.id)[2]).toMatchObject({
    toolState: 'interrupted',
    toolInvocation: { error: 'Landline stopped during this call of the tool.' },
  });
  await new Promise((resolve) => setTimeout(resolve, 100));
  expect(crm.received).toHaveLength(2);
});

test('what an agent alone wants to know is asked, too, and inactive rules are not', async () => {
  const house = await OutsideHouse.open();
  const { analysis, analysisRules } = house.domain;
  const { agentId, principal } = house;
  const rule = await analysisRules.create(principal, { name: 'Off', isActive: false });
  await analysisRules.attach(principal, agentId, [rule.id]);
  const own = await analysisRules.putOfAgent(principal, agentId, { analysisType: 'structured_output', prompt: 'Who?' });
  const again = await analysisRules.putOfAgent(principal, agentId, {
    analysisType: 'structured_output',
    outputSchema: leadSchema,
  });
  expect(again).toMatchObject({ id: own.id, prompt: 'Who?', outputSchema: leadSchema });
  await house.startJobs();
  const call = await house.call(['This is Mary Jones speaking.']);
  await vi.waitFor(() => expect(analysis.resultsOfCall(call.id)).toHaveLength(2), patience);
  expect(analysis.resultsOfCall(call.id)[1]).toMatchObject({
    source: 'agent',
    ruleId: own.id,
    structured: { customer_name: 'Mary Jones', interested: null, budget: null },
  });
});

test('rules belong to their organization, and a rule that can’t work is refused', async () => {
  const house = await OutsideHouse.open();
  const { analysisRules } = house.domain;
  const { principal } = house;
  const stranger = await house.stranger();
  const rule = await analysisRules.create(principal, { name: 'Lead' });
  expect(() => analysisRules.get(stranger, rule.id)).toThrow(
    expect.objectContaining({ code: 'analysis-rule-not-found' }),
  );
  expect(analysisRules.list(stranger)).toEqual([]);
  const foreign = analysisRules.attach(stranger, house.agentId, []);
  await expect(foreign).rejects.toMatchObject({ code: 'agent-not-found' });
  const unknown = analysisRules.attach(principal, house.agentId, [rule.id, 'b2a7a3f0-0000-4000-8000-000000000000']);
  await expect(unknown).rejects.toMatchObject({ code: 'analysis-rule-unknown' });
  const broken = { name: 'x', analysisType: 'integration_trigger', outputSchema: { type: 'nonsense' } } as const;
  await expect(analysisRules.create(principal, broken)).rejects.toMatchObject({
    code: 'analysis-rule-invalid',
    details: { problems: [{ field: 'output_schema' }, { field: 'tool_id' }] },
  });
  const copy = await analysisRules.duplicate(principal, rule.id);
  expect(copy).toMatchObject({ name: 'Lead (copy)' });
  expect(copy.id).not.toBe(rule.id);
  await analysisRules.delete(principal, rule.id);
  expect(analysisRules.list(principal).map(({ id }) => id)).toEqual([copy.id]);
});
