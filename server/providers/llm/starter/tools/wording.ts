import type { LlmTool } from '../../../kinds/llm.ts';
import { stem } from '../understand/words.ts';

/** `orderNumber`, `order_number` and `order-number` as they are said: "order number". */
export function saidName(name: string): string {
  return name
    .replaceAll(/([a-z\d])([A-Z])/g, '$1 $2')
    .replaceAll(/[_\-./]+/g, ' ')
    .replaceAll(/ {2,}/g, ' ')
    .trim()
    .toLowerCase();
}

const surelyChanges =
  /^(?:cancel|create|update|delete|remove|send|add|set|make|pay|reschedule|reserve|register|submit|start|stop|buy|confirm|edit|assign|notify)(?:l?ing|e?s)?$/;
/** Also names of things: an "order status" orders nothing. */
const maybeChanges =
  /^(?:order|book|change|move|charge|place|open|close|block|log|transfer|refund|schedule|sign)(?:ing|e?s)?$/;
const looks =
  /\b(?:get|gets|check|checks|status|find|finds|look|looks|lookup|list|lists|tell|tells|show|shows|search|searches|read|reads|query|track|tracks|fetch|fetches|availability|when|where|what|which)\b/;

/** Whether it does more than look something up; when nothing says so, it does. */
export function isChanging({ name, description }: LlmTool): boolean {
  const named = saidName(name).split(' ');
  const told = description.toLowerCase().match(/[a-z']+/g) ?? [];
  const [first = ''] = told;
  if (named.some((word) => surelyChanges.test(word)) || surelyChanges.test(first)) return true;
  if (looks.test(named.join(' '))) return false;
  if (told.some((word) => surelyChanges.test(word)) || maybeChanges.test(first)) return true;
  return maybeChanges.test(named[0] ?? '') || !looks.test(told.join(' '));
}

/** The verbs in its name that change something; a server's name may stand before them. */
export function actionsOf({ name }: Pick<LlmTool, 'name'>): readonly string[] {
  return saidName(name)
    .split(' ')
    .filter((word) => surelyChanges.test(word) || maybeChanges.test(word));
}

const mostWords = 12;

/** "Shall I cancel an order?": what it does in its owner's words, where these begin with a verb that its name has. */
export function permission({ name, description }: LlmTool): string {
  const sentence = (/^[^.!?\n]+/.exec(description.trim())?.[0] ?? '').trim();
  const [first = '', ...rest] = sentence.split(/\s+/);
  const verb = saidName(name)
    .split(' ')
    .find((word) => stem(word) === stem(first.toLowerCase()));
  if (verb !== undefined && rest.length > 0 && rest.length < mostWords) return `Shall I ${[verb, ...rest].join(' ')}?`;
  return `Shall I do that: ${saidName(name)}?`;
}
