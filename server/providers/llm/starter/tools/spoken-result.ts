import { splitSentences } from '../facts/sentences.ts';
import { saidName } from './wording.ts';

const mostSentences = 3;
const longestSentence = 300;
const sayingKeys = ['message', 'answer', 'text', 'say', 'summary'] as const;

/** What of a result can be said: its own words or its first plain values, never more; empty when nothing can. */
export function spokenResult(text: string): readonly string[] {
  const value = parsed(text);
  if (typeof value === 'string') return inSentences(value);
  if (typeof value === 'number' || typeof value === 'boolean') return [`${plainValue(value)}.`];
  if (Array.isArray(value)) {
    const plain = value.map(plainValue).filter((each) => each !== '');
    return plain.slice(0, mostSentences).map((each) => `${each}.`);
  }
  const object = asObject(value);
  return object ? ofObject(object) : [];
}

function ofObject(object: Readonly<Record<string, unknown>>): readonly string[] {
  for (const key of sayingKeys) {
    const said = object[key];
    if (typeof said === 'string' && said.trim() !== '') return inSentences(said);
  }
  const entries = Object.entries(object);
  const [only] = entries;
  const inner = entries.length === 1 && only ? asObject(only[1]) : undefined;
  if (inner) return ofObject(inner);
  return entries
    .map(([name, value]) => ({ name: saidName(name), value: plainValue(value) }))
    .filter(({ value }) => value !== '')
    .slice(0, mostSentences)
    .map(({ name, value }) => `${name.charAt(0).toUpperCase()}${name.slice(1)}: ${value}.`);
}

/** Empty for what nobody can listen to: objects, links, long ids. */
function plainValue(value: unknown): string {
  if (typeof value === 'boolean') return value ? 'yes' : 'no';
  if (typeof value === 'number') return String(value);
  if (typeof value !== 'string') return '';
  const text = value.trim().replace(/[.!]+$/, '');
  const isUnspeakable = /^https?:|^[\da-f]{8}-[\da-f]{4}-|[<>{}]/i.test(text) || text.length > longestSentence;
  return isUnspeakable ? '' : text;
}

function inSentences(text: string): readonly string[] {
  if (/^\s*[<{[]/.test(text)) return [];
  return splitSentences(text)
    .filter((sentence) => sentence.length <= longestSentence)
    .slice(0, mostSentences)
    .map((sentence) => (/[.!?]$/.test(sentence) ? sentence : `${sentence}.`));
}

function parsed(text: string): unknown {
  try {
    return JSON.parse(text) as unknown;
  } catch {
    return text;
  }
}

function asObject(value: unknown): Readonly<Record<string, unknown>> | undefined {
  return typeof value === 'object' && value !== null && !Array.isArray(value)
    ? (value as Readonly<Record<string, unknown>>)
    : undefined;
}
