import type { LlmTool } from '../../../kinds/llm.ts';
import { scoreFacts } from '../answer/retrieve.ts';
import type { Fact } from '../facts/extract-facts.ts';
import { readQuestion } from '../understand/question.ts';
import { stem, wordsOf } from '../understand/words.ts';
import { actionsOf, isChanging, saidName } from './wording.ts';

/** Share of what was said that the tool must be about, the weight that must have matched, and how far the next is behind. */
const limits = { coverage: 0.6, evidence: 0.9, margin: 0.08 };

/** What every description of a tool may say, and every wish to use one. */
const aboutNothing = new Set(
  (
    'tool tools function api endpoint use used uses call calls caller callers customer customers user users agent ' +
    'return returns given ask asks asked asking want wants about details detail information info data request ' +
    'check checks checking look looks looking lookup find finds get gets tell tells show shows list lists whether'
  ).split(' '),
);

/** The one tool that a line is about; a question for a price, a place or a time is never one to change something. */
export function toolFor(text: string, tools: readonly LlmTool[]): LlmTool | undefined {
  const question = readQuestion(text);
  const candidates = question.type === undefined ? tools : tools.filter((tool) => !isChanging(tool));
  const terms = question.terms.filter(({ word }) => !aboutNothing.has(word));
  const ranked = scoreFacts({ ...question, terms, type: undefined }, candidates.map(aboutOf));
  const [best, second] = ranked;
  if (!best || best.score < limits.coverage || best.evidence < limits.evidence) return undefined;
  if (second && best.score - second.score < limits.margin) return undefined;
  return candidates.find(({ name }) => name === best.fact.text);
}

const wish =
  /^(?:(?:i|we) (?:want|need|have|like|would like|must|wish) (?:to )?|i am calling to |(?:can|could|would|will) you |go ahead and )?/;

/** The tool that a line orders by its own verb: "I have to cancel my order", and not "can I cancel my order". */
export function orderedTool(text: string, tools: readonly LlmTool[]): LlmTool | undefined {
  const tool = toolFor(text, tools);
  const [verb = ''] = wordsOf(text.replace(wish, ''));
  if (!tool || !isChanging(tool)) return undefined;
  return actionsOf(tool).some((action) => stem(action) === stem(verb)) ? tool : undefined;
}

function aboutOf({ name, description }: LlmTool): Fact {
  const words = wordsOf(`${saidName(name)} ${description}`).filter((word) => !aboutNothing.has(word));
  return { text: name, about: words.join(' '), personal: true };
}
