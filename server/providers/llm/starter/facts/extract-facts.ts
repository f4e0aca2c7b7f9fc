import type { LlmRequest } from '../../../kinds/llm.ts';
import { isAgentInstruction, isInstruction } from './instruction.ts';
import { splitSentences } from './sentences.ts';

/** One thing that may be said: a declarative sentence the agent's owner wrote. */
export interface Fact {
  /** As it is spoken. */
  readonly text: string;
  /** What a question is compared with: the sentence and, where a list of questions and answers gave one, its question. */
  readonly about: string;
  /** About this call's own matter (task or context data), not about the business in general. */
  readonly personal: boolean;
}

/** More than this is a knowledge base and belongs behind `search`. */
const factLimit = 400;
const longestFact = 400;

type FactSources = Pick<LlmRequest, 'systemPrompt' | 'context' | 'contextData' | 'knowledge'>;

/** Everything the request states, in order: prompt, task, context data, knowledge. Instructions are set aside. */
export function extractFacts(sources: FactSources): readonly Fact[] {
  const facts = [
    ...sentenceFacts(sources.systemPrompt, isInstruction),
    ...sources.context
      .flatMap((text) => sentenceFacts(text, isInstruction))
      .map((fact) => ({ ...fact, personal: true })),
    ...dataFacts(sources.contextData),
    ...sentenceFacts(sources.knowledge, isAgentInstruction),
  ];
  const seen = new Set<string>();
  return facts.filter(({ text }) => !seen.has(text) && seen.add(text)).slice(0, factLimit);
}

export function sentenceFacts(text: string, isSetAside: (sentence: string) => boolean): Fact[] {
  const facts: Fact[] = [];
  let question = '';
  for (const raw of splitSentences(text)) {
    const sentence = raw.replace(/^(?:q|a|question|answer)\s*[:.)]\s*/i, '');
    if (sentence.endsWith('?')) {
      question = sentence;
      continue;
    }
    if (isStatement(sentence) && !isSetAside(sentence)) {
      facts.push({
        text: closed(sentence),
        about: question === '' ? sentence : `${question} ${sentence}`,
        personal: false,
      });
    }
    question = '';
  }
  return facts;
}

/** `order_id: 5521` becomes "The order id is 5521." Structured values are left out: they can't be spoken. */
function dataFacts(data: Readonly<Record<string, string>>): Fact[] {
  return Object.entries(data)
    .filter(([, value]) => value.trim() !== '' && value.length <= 200 && !/^\s*[[{]/.test(value))
    .map(([key, value]) => {
      const words = key
        .replaceAll(/([a-z])([A-Z])/g, '$1 $2')
        .replaceAll(/[_\-.]+/g, ' ')
        .trim()
        .toLowerCase();
      return { text: closed(`The ${words} is ${value.trim()}`), about: `${words} ${value}`, personal: true };
    });
}

function isStatement(sentence: string): boolean {
  return sentence.length <= longestFact && !sentence.endsWith(':') && sentence.split(/\s+/).length >= 2;
}

function closed(sentence: string): string {
  return /[.!]["')\]]*$/.test(sentence) ? sentence : `${sentence}.`;
}
