import { expect, test } from 'vitest';
import type { ToolReading } from '../domain/tools/agent-toolset.ts';
import type { UsableTool } from '../domain/tools/usable-tool.ts';
import { silentLogger } from '../log/logger.ts';
import { CallTools } from './call-tools.ts';

const agent = { id: 'agent-1', organizationId: 'org-1' };
const never = new AbortController().signal;

/** An agent with so many tools, all of which say the same. */
function setUp(count: number, reading: ToolReading = { outcome: 'ok', text: 'fine' }) {
  const used: { readonly organizationId: string; readonly place: UsableTool['place']; readonly args: unknown }[] = [];
  const all = Array.from({ length: count }, (_, at): UsableTool => {
    const place = { kind: 'endpoint', toolId: `id-${at}` } as const;
    const defaults = { who: 'for {{caller_number}}', lang: 'en', most: 3 };
    return { name: `tool_${at}`, description: 'Does.', parameters: { type: 'object' }, defaults, place };
  });
  const tools = new CallTools(
    {
      ofAgent: () => all,
      use: async (organizationId, place, args) => {
        used.push({ organizationId, place, args });
        return reading;
      },
    },
    silentLogger,
  );
  return { used, tools, toolbox: tools.toolbox(tools.ofAgent(agent), { caller_number: '+15550123' }) };
}

test('an agent with more tools than a brain can choose from has its first twenty, and the others are counted', () => {
  const { toolbox, tools } = setUp(23);
  expect(toolbox.tools).toHaveLength(20);
  expect(toolbox.tools[0]).toEqual({ name: 'tool_0', description: 'Does.', parameters: { type: 'object' } });
  expect(tools.counters.leftOut).toBe(3);
});

test('what the brain gives goes before what the agent has set, which is filled from the call', async () => {
  const { used, toolbox } = setUp(2);
  const args = toolbox.argumentsOf('tool_1', { order: 7, lang: 'de' });
  expect(await toolbox.use('tool_1', args, never)).toEqual({ outcome: 'ok', text: 'fine' });
  expect(used).toEqual([
    {
      organizationId: 'org-1',
      place: { kind: 'endpoint', toolId: 'id-1' },
      args: { who: 'for +15550123', lang: 'de', most: 3, order: 7 },
    },
  ]);
  expect(await toolbox.use('delete_all', {}, never)).toMatchObject({ outcome: 'failed' });
  expect(used).toHaveLength(1);
});

test.each([
  ['ok', false, {}],
  ['failed', false, { failed: 1 }],
  ['timed-out', false, { timedOut: 1 }],
  ['failed', true, { aborted: 1 }],
] as const)('a use that is %s (given up: %s) is counted once', async (outcome, isGivenUp, counted) => {
  const { tools, toolbox } = setUp(1, { outcome, text: '' });
  await toolbox.use('tool_0', {}, isGivenUp ? AbortSignal.abort() : never);
  const none = { used: 1, failed: 0, timedOut: 0, aborted: 0, atWork: 0, leftOut: 0 };
  expect(tools.counters).toEqual({ ...none, ...counted });
});
