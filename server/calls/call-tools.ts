import type { ToolAnswer, Toolbox } from '../conversation/ports.ts';
import { fillPlaceholders } from '../conversation/prompt.ts';
import type { AgentToolset } from '../domain/tools/agent-toolset.ts';
import type { UsableTool } from '../domain/tools/usable-tool.ts';
import type { Logger } from '../log/logger.ts';
import type { LlmToolArguments } from '../providers/kinds/llm.ts';

/** How often tools were used in calls, and what came of it. */
export interface ToolCounters {
  used: number;
  failed: number;
  timedOut: number;
  /** The turn or the call was over before there was an answer. */
  aborted: number;
  atWork: number;
  /** Tools that agents have beyond what one call can offer. */
  leftOut: number;
}

/** A brain that reads of more tools than this before each answer takes long and chooses badly. */
const mostTools = 20;

export interface AgentTools {
  readonly organizationId: string;
  readonly tools: readonly UsableTool[];
}

/** The tools of calls, for all calls of the house. */
export class CallTools {
  readonly #toolset: Pick<AgentToolset, 'ofAgent' | 'use'>;
  readonly #log: Logger;
  readonly #counters: ToolCounters = { used: 0, failed: 0, timedOut: 0, aborted: 0, atWork: 0, leftOut: 0 };

  constructor(toolset: Pick<AgentToolset, 'ofAgent' | 'use'>, log: Logger) {
    this.#toolset = toolset;
    this.#log = log;
  }

  get counters(): Readonly<ToolCounters> {
    return { ...this.#counters };
  }

  /** What the agent may use in a call that begins now. */
  ofAgent({ id, organizationId }: { readonly id: string; readonly organizationId: string }): AgentTools {
    const all = this.#toolset.ofAgent(organizationId, id);
    const leftOut = all.slice(mostTools).map(({ name }) => name);
    if (leftOut.length > 0) {
      this.#counters.leftOut += leftOut.length;
      this.#log.warn({ agentId: id, leftOut }, `an agent has more than ${mostTools} tools: its calls do without these`);
    }
    return { organizationId, tools: all.slice(0, mostTools) };
  }

  /** The same for one call's conversation; `{{name}}` in the agent's own arguments is filled from the call's data. */
  toolbox({ organizationId, tools }: AgentTools, contextData: Readonly<Record<string, string>>): Toolbox {
    const byName = new Map(tools.map((tool) => [tool.name, tool]));
    return {
      tools: tools.map(({ name, description, parameters }) => ({ name, description, parameters })),
      argumentsOf: (name, args) => ({ ...filled(byName.get(name)?.defaults ?? {}, contextData), ...args }),
      use: async (name, args, signal) => {
        const tool = byName.get(name);
        if (tool === undefined) return { outcome: 'failed', text: `There is no tool "${name}".` };
        return await this.#use(organizationId, tool, args, signal);
      },
    };
  }

  async #use(
    organizationId: string,
    { place }: UsableTool,
    args: LlmToolArguments,
    signal: AbortSignal,
  ): Promise<ToolAnswer> {
    this.#counters.used++;
    this.#counters.atWork++;
    try {
      const reading = await this.#toolset.use(organizationId, place, args, signal);
      if (signal.aborted) this.#counters.aborted++;
      else if (reading.outcome === 'timed-out') this.#counters.timedOut++;
      else if (reading.outcome === 'failed') this.#counters.failed++;
      return reading;
    } finally {
      this.#counters.atWork--;
    }
  }
}

function filled(defaults: LlmToolArguments, contextData: Readonly<Record<string, string>>): LlmToolArguments {
  const entries = Object.entries(defaults).map(([name, value]) => {
    return [name, typeof value === 'string' ? fillPlaceholders(value, contextData) : value] as const;
  });
  return Object.fromEntries(entries);
}
