import { parse } from 'csv-parse/sync';
import { Refusal } from './refusal.ts';

const separators = [',', ';', '\t', '|'];
const largestRow = 100_000;

/** One paragraph for each row, each value with the header of its column: `Name: Anna. City: Jena.` Throws `Refusal`. */
export function* csvText(text: string): Generator<string> {
  const [headers = [], ...rows] = rowsOf(text);
  if (rows.length === 0) {
    yield headers.join(' ');
    return;
  }
  for (const row of rows) {
    const parts = row.flatMap((value, column) => {
      const trimmed = value.trim();
      if (trimmed === '') return [];
      const header = headers[column]?.trim() ?? '';
      return [header === '' ? trimmed : `${header}: ${trimmed}`];
    });
    if (parts.length > 0) yield parts.map((part) => (/[.!?]$/.test(part) ? part : `${part}.`)).join(' ');
  }
}

function rowsOf(text: string): string[][] {
  try {
    return parse(text, {
      delimiter: separatorOf(text),
      bom: true,
      relax_quotes: true,
      relax_column_count: true,
      skip_empty_lines: true,
      max_record_size: largestRow,
    });
  } catch (thrown) {
    const why = thrown instanceof Error ? thrown.message : String(thrown);
    throw new Refusal(`The CSV file cannot be read (${why}): check its quotes, and save it again.`);
  }
}

/** The sign that is most often in the first line. */
function separatorOf(text: string): string {
  const [firstLine = ''] = text.split(/\r?\n/, 1);
  const countOf = (separator: string) => firstLine.split(separator).length;
  return separators.reduce((best, separator) => (countOf(separator) > countOf(best) ? separator : best));
}
