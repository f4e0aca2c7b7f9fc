import type { LlmRequest, LlmTool } from '../../../kinds/llm.ts';
import type { Value } from '../tools/heard-value.ts';
import { type Parameter, requiredParameters } from '../tools/parameters.ts';

/** Where the use of a tool stands. It lives in the request's slots. */
export interface ToolState {
  /** `used`: it is at work, or was when the caller stopped the answer. */
  readonly step: 'ask' | 'confirm' | 'used';
  readonly tool: LlmTool;
  readonly parameters: readonly Parameter[];
  /** What is known so far, by the parameter's name. */
  readonly values: Readonly<Record<string, Value>>;
  /** What the caller said that began it. */
  readonly reason: string;
  /** Tools that had been used in the call when it began. */
  readonly usesBefore: number;
  /** Tries of this step that gave nothing. */
  readonly tries: number;
}

const steps = ['ask', 'confirm', 'used'] as const;

type Memory = Pick<LlmRequest, 'history' | 'slots' | 'tools'>;

export function usesIn({ history }: Pick<LlmRequest, 'history'>): number {
  return history.filter(({ role }) => role === 'tool').length;
}

/**
 * Undefined when no tool is being prepared, it is not there any more, or it has been used meanwhile: an answer that a
 * caller stopped leaves its slots as they were before, and what it did must not be done again.
 */
export function readTool(request: Memory): ToolState | undefined {
  const state = keptTool(request);
  return state && !hasBeenUsed(request, state) ? state : undefined;
}

/** The tool that was at work when the caller stopped the answer. */
export function stoppedTool(request: Memory): LlmTool | undefined {
  const state = keptTool(request);
  return state && hasBeenUsed(request, state) ? state.tool : undefined;
}

function hasBeenUsed(request: Memory, { step, usesBefore }: ToolState): boolean {
  return step === 'used' || usesIn(request) > usesBefore;
}

function keptTool({ slots, tools }: Memory): ToolState | undefined {
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
    usesBefore: Number(slots['tool_uses'] ?? 0) || 0,
    tries: Number(slots['tool_tries'] ?? 0) || 0,
  };
}

export const clearedTool = { flow: '', tool_name: '', tool_values: '', tool_reason: '', tool_uses: '', tool_tries: '' };

export function toolSlots({
  reason,
  step,
  tool,
  tries,
  usesBefore,
  values,
}: ToolState): Readonly<Record<string, string>> {
  return {
    flow: `tool-${step}`,
    tool_name: tool.name,
    tool_values: JSON.stringify(values),
    tool_reason: reason,
    tool_uses: String(usesBefore),
    tool_tries: tries > 0 ? String(tries) : '',
  };
}

/** The first thing that has to be asked for. */
export function missing({ parameters, values }: ToolState): Parameter | undefined {
  return parameters.find(({ name }) => values[name] === undefined);
}
