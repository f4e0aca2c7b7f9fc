import type { LlmRequest, LlmTool } from '../../../kinds/llm.ts';
import type { Value } from '../tools/heard-value.ts';
import { type Parameter, requiredParameters } from '../tools/parameters.ts';

/** Where the use of a tool stands. It lives in the request's slots. */
export interface ToolState {
  readonly step: 'ask' | 'confirm';
  readonly tool: LlmTool;
  readonly parameters: readonly Parameter[];
  /** What is known so far, by the parameter's name. */
  readonly values: Readonly<Record<string, Value>>;
  /** What the caller said that began it. */
  readonly reason: string;
  /** Tries of this step that gave nothing. */
  readonly tries: number;
}

const steps = ['ask', 'confirm'] as const;

/** Undefined when no tool is being prepared, or it is not there any more. */
export function readTool({ slots, tools }: Pick<LlmRequest, 'slots' | 'tools'>): ToolState | undefined {
  const step = steps.find((name) => slots['flow'] === `tool-${name}`);
  const tool = tools.find(({ name }) => name === slots['tool_name']);
  const parameters = tool && requiredParameters(tool);
  if (!step || !tool || !parameters) return undefined;
  return {
    step,
    tool,
    parameters,
    values: JSON.parse(slots['tool_values'] ?? '{}') as Readonly<Record<string, Value>>,
    reason: slots['tool_reason'] ?? '',
    tries: Number(slots['tool_tries'] ?? 0) || 0,
  };
}

export const clearedTool = { flow: '', tool_name: '', tool_values: '', tool_reason: '', tool_tries: '' };

export function toolSlots({ reason, step, tool, tries, values }: ToolState): Readonly<Record<string, string>> {
  return {
    flow: `tool-${step}`,
    tool_name: tool.name,
    tool_values: JSON.stringify(values),
    tool_reason: reason,
    tool_tries: tries > 0 ? String(tries) : '',
  };
}

/** The first thing that has to be asked for. */
export function missing({ parameters, values }: ToolState): Parameter | undefined {
  return parameters.find(({ name }) => values[name] === undefined);
}
