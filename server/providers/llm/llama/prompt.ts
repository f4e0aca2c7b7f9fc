import type { ChatMessage, LlmRequest, Passage } from '../../kinds/llm.ts';
import type { PromptMessage } from './llm-messages.ts';

/** How a voice on the telephone has to answer, whatever the agent is for. */
const telephoneRules = [
  'You are speaking with a caller on the telephone. Everything you write is read aloud.',
  'Answer in one or two short spoken sentences. No lists, no headings, no emoji, no markup.',
  'Use only the facts given here. If they do not hold the answer, say so and offer to take a message.',
  'When you have the name, the number and the reason of a message and have read them back, call take_message.',
].join('\n');
const howToEnd = 'To end the call, say goodbye and call end_call.';
const callerEnds = 'When the caller says goodbye, say goodbye, too: it is the caller who hangs up.';

/** Knowledge beyond this is left to the search, which brings what the question is about. */
const longestKnowledge = 6_000;
/** Turns further back are dropped: the model's memory is limited and calls are short. */
const longestHistory = 40;

/**
 * The prompt for one answer. What stays the same through a call comes first and is never touched, so that the model
 * need not read it again; the time, what was found and what was noted go into the last message.
 */
export function promptMessages(request: LlmRequest, passages: readonly Passage[]): PromptMessage[] {
  const said = request.history.slice(-longestHistory).map(toPrompt);
  const last = said.at(-1);
  const isCallersTurn = request.occasion.kind === 'caller-turn' && last?.role === 'user';
  const earlier = isCallersTurn ? said.slice(0, -1) : said;
  const now = isCallersTurn ? last.text : occasionText(request);
  const note = changingNote(request, passages);
  return merged([
    { role: 'system', text: systemText(request) },
    ...earlier,
    { role: 'user', text: `${now}\n\n${note}` },
  ]);
}

/** Where this answer's question is: what to search for. Empty when there is nothing to look up. */
export function searchText({ occasion }: LlmRequest): string {
  return occasion.kind === 'caller-turn' ? occasion.text : '';
}

function systemText(request: LlmRequest): string {
  const targets = request.transferTargets.map(({ name, when }) => (when === undefined ? name : `${name} (${when})`));
  const known = Object.entries(request.contextData).map(([name, value]) => `${name}: ${value}`);
  return [
    request.systemPrompt.trim(),
    `${telephoneRules}\n${request.mayEndCall === false ? callerEnds : howToEnd}`,
    request.knowledge.trim() && `Facts:\n${request.knowledge.trim().slice(0, longestKnowledge)}`,
    targets.length > 0 && `You can transfer the caller to: ${targets.join(', ')}.`,
    ...request.context,
    known.length > 0 && `About this call:\n${known.join('\n')}`,
  ]
    .filter((part) => typeof part === 'string' && part !== '')
    .join('\n\n');
}

function changingNote({ nowMs, timeZone, slots }: LlmRequest, passages: readonly Passage[]): string {
  const noted = Object.entries(slots).map(([name, value]) => `${name.replaceAll('_', ' ')}: ${value}`);
  return [
    `(It is ${timeOfDay(nowMs, timeZone)}.`,
    noted.length > 0 && `Noted so far: ${noted.join('; ')}.`,
    passages.length > 0 && `From the knowledge base: ${passages.map(({ text }) => text).join(' ')}`,
  ]
    .filter((part) => part !== false)
    .join(' ')
    .concat(')');
}

function timeOfDay(nowMs: number, timeZone: string): string {
  return new Intl.DateTimeFormat('en-US', {
    timeZone,
    weekday: 'long',
    year: 'numeric',
    month: 'long',
    day: 'numeric',
    hour: 'numeric',
    minute: '2-digit',
  }).format(nowMs);
}

function occasionText({ occasion }: LlmRequest): string {
  if (occasion.kind === 'caller-turn') return occasion.text;
  if (occasion.kind === 'digits') return `(The caller pressed the keys ${Array.from(occasion.digits).join(' ')}.)`;
  if (occasion.kind === 'silence') return '(The caller says nothing. Ask briefly whether they are still there.)';
  if (occasion.kind === 'time-short')
    return `(The call will be ended in ${occasion.secondsLeft} seconds. Tell the caller briefly that little time is left.)`;
  return `(The transfer to ${occasion.target} did not work. Say so and offer to take a message.)`;
}

function toPrompt(message: ChatMessage): PromptMessage {
  const { role, text } = message;
  if (role === 'tool')
    return { role: 'user', text: `(The tool ${message.name} ${message.ok ? 'said' : 'failed'}: ${text})` };
  return { role: role === 'caller' ? 'user' : 'model', text };
}

/** Chat templates want the roles to take turns. */
function merged(messages: readonly PromptMessage[]): PromptMessage[] {
  const result: PromptMessage[] = [];
  for (const message of messages) {
    const last = result.at(-1);
    if (last?.role === message.role) result[result.length - 1] = { ...last, text: `${last.text}\n${message.text}` };
    else result.push(message);
  }
  return result;
}
