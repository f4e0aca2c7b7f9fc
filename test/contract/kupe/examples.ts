import { readFileSync } from 'node:fs';
import { join } from 'node:path';

/** An example that the published pages of this API print, or the answer that belongs to it. */
export function example(name: string): unknown {
  return JSON.parse(readFileSync(join(import.meta.dirname, 'examples', name), 'utf8'));
}

const uuidShape = /^[0-9a-f]{8}-[0-9a-f]{4}-[0-9a-f]{4}-[0-9a-f]{4}-[0-9a-f]{12}$/;

/**
 * The answer as far as the example prints it: what differs from run to run becomes the placeholder that the example
 * has there (an id for an id, `<string>` for a text), everything else stays. An abridged object of the example is
 * compared in the fields that it has.
 */
export function asPrinted(answer: unknown, printed: unknown): unknown {
  if (typeof printed === 'string' && typeof answer === 'string') {
    return printed === '<string>' || (uuidShape.test(printed) && uuidShape.test(answer)) ? printed : answer;
  }
  if (Array.isArray(printed) && Array.isArray(answer)) {
    return answer.map((item, at) => asPrinted(item, printed[at] as unknown));
  }
  if (!isObject(printed) || !isObject(answer)) return answer;
  const fields = Object.keys(printed).map((key) => [key, asPrinted(answer[key], printed[key])] as const);
  return Object.fromEntries(fields);
}

function isObject(value: unknown): value is Readonly<Record<string, unknown>> {
  return typeof value === 'object' && value !== null && !Array.isArray(value);
}
