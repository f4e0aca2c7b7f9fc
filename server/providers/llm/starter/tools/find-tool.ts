import type { LlmTool } from '../../../kinds/llm.ts';
import { scoreFacts } from '../answer/retrieve.ts';
import type { Fact } from '../facts/extract-facts.ts';
import { readQuestion } from '../understand/question.ts';
import { wordsOf } from '../understand/words.ts';
import { isChanging, saidName } from './wording.ts';

/** Share of what was said that the tool must be about, the weight that must have matched, and how far the next is behind. */
const limits = { coverage: 0.6, evidence: 0.9, margin: 0.08 };

/** What every description of a tool may say. */
const aboutNothing = new Set(
  (
    'tool tools function api endpoint use used uses call calls caller callers customer customers user users agent ' +
    'return returns given ask asks asked asking want wants about details detail information info data request'
  ).split(' '),
);

/** The one tool that a line is about; a question for a price, a place or a time is never one to change something. */
export function toolFor(text: string, tools: readonly LlmTool[]): LlmTool | undefined {
  const question = readQuestion(text);
  const candidates = question.type === undefined ? tools : tools.filter((tool) => !isChanging(tool));
  const ranked = scoreFacts({ ...question, type: undefined }, candidates.map(aboutOf));
  const [best, second] = ranked;
  if (!best || best.score < limits.coverage || best.evidence < limits.evidence) return undefined;
  if (second && best.score - second.score < limits.margin) return undefined;
  return candidates.find(({ name }) => name === best.fact.text);
}

function aboutOf({ name, description }: LlmTool): Fact {
  const words = wordsOf(`${saidName(name)} ${description}`).filter((word) => !aboutNothing.has(word));
  return { text: name, about: words.join(' '), personal: true };
}
