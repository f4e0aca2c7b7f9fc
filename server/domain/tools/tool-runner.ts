import { LandlineError } from '../../contract/errors.ts';
import type { Principal } from '../credentials/principal.ts';
import type { EgressClient, EgressResponse } from '../egress/egress-client.ts';
import type { JsonObject } from '../json-column.ts';
import type { Tool } from './tool.ts';
import type { ToolRepository } from './tool-repository.ts';
import { pick, toolRequest } from './tool-request.ts';
import { fillAndValidate, parametersOf } from './tool-schema.ts';

/** What a tool answered. */
export interface ToolOutcome {
  readonly statusCode: number;
  /** JSON, cut to the fields of the output schema; text where the answer was none. */
  readonly output: unknown;
  readonly latencyMs: number;
}

const maxAnswerBytes = 1024 * 1024;
/** What is shown of an answer that isn't JSON or that tells of a failure. */
const maxShownChars = 2_000;

/** Calls HTTP tools. */
export class ToolRunner {
  readonly #tools: ToolRepository;
  readonly #egress: EgressClient;

  constructor(tools: ToolRepository, egress: EgressClient) {
    this.#tools = tools;
    this.#egress = egress;
  }

  /**
   * Calls a tool of the principal's organization. Throws `tool-not-found`, `tool-disabled`, `tool-arguments-invalid`
   * (with every problem), or `tool-failed` (refused by the egress rules, unreachable, too slow, or no 2xx).
   */
  call(principal: Principal, toolId: string, args: JsonObject, signal?: AbortSignal): Promise<ToolOutcome> {
    return this.callFor(principal.organizationId, toolId, args, signal);
  }

  /** The same for work that nobody asked for just now. */
  async callFor(organizationId: string, toolId: string, args: JsonObject, signal?: AbortSignal): Promise<ToolOutcome> {
    const tool = this.#tools.find(toolId);
    if (tool?.organizationId !== organizationId) {
      throw new LandlineError('tool-not-found', 'There is no tool with this id.', { id: toolId });
    }
    if (!tool.isActive)
      throw new LandlineError('tool-disabled', 'The tool is disabled: enable it first.', { id: toolId });
    const request = toolRequest(tool, validArguments(tool, args));
    const startedMs = performance.now();
    const response = await this.#send(tool, request, signal);
    const latencyMs = Math.round(performance.now() - startedMs);
    const output = readAnswer(response);
    if (response.status < 200 || response.status > 299) throw refusedBy(tool, response.status, output);
    return { statusCode: response.status, output: pick(output, tool.outputSchema), latencyMs };
  }

  async #send(tool: Tool, request: ReturnType<typeof toolRequest>, signal?: AbortSignal): Promise<EgressResponse> {
    try {
      return await this.#egress.send({ ...request, timeoutMs: tool.timeoutMs, maxBytes: maxAnswerBytes }, signal);
    } catch (thrown) {
      const cause = thrown instanceof LandlineError ? thrown.code : 'unknown';
      const why = thrown instanceof Error ? thrown.message : String(thrown);
      throw new LandlineError('tool-failed', `The tool "${tool.name}" could not be called: ${why}`, { cause }, thrown);
    }
  }
}

function validArguments(tool: Tool, args: JsonObject): JsonObject {
  const parameters = parametersOf(tool.toolSchema);
  if (!parameters) return args;
  const { value, problems } = fillAndValidate(parameters, args);
  if (problems.length === 0) return value;
  throw new LandlineError('tool-arguments-invalid', problems.join('; '), { problems });
}

function readAnswer({ body }: EgressResponse): unknown {
  const text = body.toString('utf8');
  if (text.trim() === '') return null;
  try {
    return JSON.parse(text) as unknown;
  } catch {
    return text.slice(0, maxShownChars);
  }
}

function refusedBy(tool: Tool, statusCode: number, output: unknown): LandlineError {
  const answer = (typeof output === 'string' ? output : JSON.stringify(output)).slice(0, maxShownChars);
  return new LandlineError('tool-failed', `The tool "${tool.name}" answered ${statusCode}.`, { statusCode, answer });
}
