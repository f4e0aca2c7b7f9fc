import type { LlmRequest, LlmTool, LlmToolResult } from '../../../kinds/llm.ts';
import { offer, phrases } from '../phrases.ts';
import type { Reply, ToolOrder } from '../reply.ts';
import { orderedTool, toolFor } from '../tools/find-tool.ts';
import { answered, known, pressed, spoken, type Value, volunteered } from '../tools/heard-value.ts';
import { constants, type Parameter, requiredParameters } from '../tools/parameters.ts';
import { spokenResult } from '../tools/spoken-result.ts';
import { isChanging, permission } from '../tools/wording.ts';
import { actsIn, withoutCourtesy } from '../understand/acts.ts';
import { plainText } from '../understand/words.ts';
import { clearedTool, missing, readTool, stoppedTool, type ToolState, toolSlots, usesIn } from './tool-state.ts';

/** Tries of one step before something else is offered. */
const mostTries = 2;
/** Kinds whose answer is told from anything else that a caller may say. */
const tellable: ReadonlySet<Parameter['kind']> = new Set(['choice', 'number', 'code']);

/** Begins with the tool that a line orders; undefined when it orders none that can be used by telephone. */
export function orderTool(request: LlmRequest, text: string): Reply | undefined {
  return begin(request, text, orderedTool(withoutCourtesy(plainText(text)), request.tools));
}

/** Begins with the tool that a line is about; undefined as for `orderTool`. Knowledge that answers goes first. */
export function startTool(request: LlmRequest, text: string): Reply | undefined {
  const reply = begin(request, text, toolFor(withoutCourtesy(plainText(text)), request.tools));
  return reply && { ...reply, opensTool: true };
}

function begin(request: LlmRequest, text: string, tool: LlmTool | undefined): Reply | undefined {
  const parameters = tool && requiredParameters(tool);
  if (!tool || !parameters) return undefined;
  const fromData = parameters.flatMap((parameter) => entryOf(parameter, known(parameter, request.contextData)));
  const values = Object.fromEntries(fromData);
  const open = parameters.filter(({ name }) => values[name] === undefined);
  const state: ToolState = {
    step: 'ask',
    tool,
    parameters,
    values: { ...values, ...volunteeredIn(open, text) },
    reason: text.trim(),
    usesBefore: usesIn(request),
    tries: 0,
  };
  return onwards(state);
}

/** Digits that could be two things are taken for neither. */
function volunteeredIn(parameters: readonly Parameter[], text: string): Readonly<Record<string, Value>> {
  const isDigits = ({ kind }: Parameter) => kind === 'number' || kind === 'code';
  const hasOneOfDigits = parameters.filter(isDigits).length === 1;
  const sure = parameters.filter((parameter) => !isDigits(parameter) || hasOneOfDigits);
  return Object.fromEntries(sure.flatMap((parameter) => entryOf(parameter, volunteered(parameter, text))));
}

function entryOf({ name }: Parameter, value: Value | undefined): readonly (readonly [string, Value])[] {
  return value === undefined ? [] : [[name, value]];
}

/**
 * One heard line while a tool is being prepared; undefined when the caller goes on with something else. `answerFrom`
 * gives what the facts say to a line.
 */
export function continueTool(
  request: LlmRequest,
  text: string,
  answerFrom: (text: string) => Reply | undefined,
): Reply | undefined {
  const state = readTool(request);
  if (!state) return afterStop(request, text);
  const acts = actsIn(text);
  const parameter = missing(state);
  const isFree = state.step === 'ask' && parameter?.kind === 'text';
  if (acts.includes('forget-it') || /^(?:cancel|stop)(?: it| that)?$/.test(withoutCourtesy(plainText(text)))) {
    return dropped;
  }
  if (!isFree && acts.some((act) => ['goodbye', 'leave-message', 'transfer'].includes(act))) return undefined;
  if (state.step === 'confirm' || !parameter) return confirm(request, state, text);
  const value = answered(parameter, text);
  if (value !== undefined) return onwards(withValue(state, parameter, value));
  if (acts.includes('no')) return dropped;
  const aside = tellable.has(parameter.kind) ? answerFrom(text) : undefined;
  if (aside) return { ...aside, sentences: [...aside.sentences, parameter.question], slots: toolSlots(state) };
  return again(request, state);
}

/** Nobody knows what became of a change that was stopped, and a "yes" must not begin it anew. */
function afterStop(request: LlmRequest, text: string): Reply | undefined {
  const tool = stoppedTool(request);
  const isAboutIt =
    /^(?:no|stop|wait|forget|never|cancel|do not|hold)\b/.test(plainText(text)) ||
    actsIn(text).some((act) => ['stop', 'forget-it', 'yes', 'no'].includes(act));
  return tool && isChanging(tool) && isAboutIt ? { sentences: [phrases.stopped], slots: clearedTool } : undefined;
}

/** Keys pressed while a tool is being prepared: what is asked for, or 1 and 2 for yes and no at the read-back. */
export function toolDigits(request: LlmRequest, state: ToolState, keys: string): Reply {
  const parameter = missing(state);
  if (state.step === 'confirm' || !parameter) {
    if (keys.startsWith('1')) return use(state);
    return keys.startsWith('2') ? dropped : again(request, state);
  }
  const value = pressed(parameter, keys);
  return value === undefined ? again(request, state) : onwards(withValue(state, parameter, value));
}

/** The question that is open, said again. */
export function askTool(state: ToolState): readonly string[] {
  const parameter = state.step === 'ask' ? missing(state) : undefined;
  return parameter ? [parameter.question] : [permission(state.tool)];
}

/** What is said of a result; nothing is claimed that it doesn't hold. */
export function afterTool({ transferTargets }: LlmRequest, order: ToolOrder, result: LlmToolResult): Reply {
  const changes = isChanging(order.tool);
  const said = result.ok ? spokenResult(result.text) : [];
  if (said.length > 0) return { sentences: said, slots: clearedTool };
  if (result.ok && changes) return { sentences: [phrases.done, phrases.anythingElse], slots: clearedTool };
  const why = result.ok ? phrases.nothingFound : changes ? phrases.actionFailed : phrases.lookUpFailed;
  return offering(transferTargets, why, order.reason);
}

function withValue(state: ToolState, { name }: Parameter, value: Value): ToolState {
  return { ...state, values: { ...state.values, [name]: value }, tries: 0 };
}

/** To the first thing that is still missing, to the read-back of what changes something, or to the work. */
function onwards(state: ToolState): Reply {
  const parameter = missing(state);
  if (parameter) return { sentences: [parameter.question], slots: toolSlots({ ...state, step: 'ask' }) };
  if (!isChanging(state.tool)) return use(state);
  const readBack = state.parameters.map(({ name, said }) => `The ${said} is ${spoken(state.values[name] ?? '')}.`);
  const confirming: ToolState = { ...state, step: 'confirm', tries: 0 };
  return { sentences: [...readBack, permission(state.tool)], slots: toolSlots(confirming) };
}

function confirm(request: LlmRequest, state: ToolState, text: string): Reply {
  const acts = actsIn(text);
  if (acts.includes('no')) return { ...dropped, sentences: [phrases.notDone] };
  return acts.includes('yes') ? use(state) : again(request, state);
}

/** Asks again; when that has been done, offers what is left. */
function again({ transferTargets }: LlmRequest, state: ToolState): Reply {
  const tries = state.tries + 1;
  if (tries >= mostTries) return offering(transferTargets, phrases.cannotGet, state.reason);
  const { kind } = missing(state) ?? {};
  const lead = kind === 'code' || kind === 'number' ? phrases.digitByDigit : phrases.notUnderstood;
  return { sentences: [lead, ...askTool(state)], slots: toolSlots({ ...state, tries }) };
}

function use(state: ToolState): Reply {
  const { reason, tool, values } = state;
  return {
    sentences: [],
    slots: toolSlots({ ...state, step: 'used' }),
    use: { tool, args: { ...constants(tool), ...values }, reason },
  };
}

function offering(targets: LlmRequest['transferTargets'], why: string, reason: string): Reply {
  return { sentences: [why, offer(targets)], slots: { ...clearedTool, flow: 'offer', offered_reason: reason } };
}

const dropped: Reply = { sentences: [phrases.allRight], slots: clearedTool };
