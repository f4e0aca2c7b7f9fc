import { LandlineError } from '../../contract/errors.ts';

/** A list that somebody made in a spreadsheet: a row of headers, then rows of texts, all equally long. */
export interface Table {
  readonly headers: readonly string[];
  readonly rows: readonly (readonly string[])[];
}

export const mostRows = 50_000;
export const mostColumns = 200;
const longestCell = 10_000;

/**
 * Makes a table of raw lines: the first line that isn't empty holds the headers; empty lines are left out, short lines
 * filled up, unnamed columns called "Column 3", repeated ones "Name (2)". Throws `table-invalid` with every problem.
 */
export function tableOf(lines: readonly (readonly string[])[]): Table {
  const filled = lines.filter((line) => line.some((cell) => cell.trim() !== ''));
  const [first, ...rest] = filled;
  if (!first) throw tableInvalid(['the file holds no rows: the first row must be the headers']);
  const problems = problemsOf(first, rest);
  if (problems.length > 0) throw tableInvalid(problems);
  const headers = uniqueHeaders(first);
  return { headers, rows: rest.map((line) => headers.map((_, at) => (line[at] ?? '').trim())) };
}

export function tableInvalid(problems: readonly string[], cause?: unknown): LandlineError {
  return new LandlineError('table-invalid', `The file can't be used: ${problems.join('; ')}.`, { problems }, cause);
}

function problemsOf(headers: readonly string[], rows: readonly (readonly string[])[]): readonly string[] {
  const problems: string[] = [];
  if (headers.length > mostColumns) problems.push(`it has ${headers.length} columns, at most ${mostColumns} are taken`);
  if (rows.length > mostRows)
    problems.push(`it has ${rows.length} rows, at most ${mostRows} are taken: split the file`);
  const tooLong = [headers, ...rows].findIndex((line) => line.some((cell) => cell.length > longestCell));
  if (tooLong !== -1) problems.push(`row ${tooLong + 1} has a cell of more than ${longestCell} characters`);
  return problems;
}

function uniqueHeaders(line: readonly string[]): readonly string[] {
  const seen = new Map<string, number>();
  return line.map((cell, at) => {
    const name = cell.trim() === '' ? `Column ${at + 1}` : cell.trim();
    const times = (seen.get(name.toLowerCase()) ?? 0) + 1;
    seen.set(name.toLowerCase(), times);
    return times === 1 ? name : `${name} (${times})`;
  });
}
