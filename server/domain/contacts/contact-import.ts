import { setImmediate as nextTurn } from 'node:timers/promises';
import type { Table } from '../tables/table.ts';
import { type ContactColumn, columnKey, isPhoneColumn, looksLikePhoneHeader, plainNumber } from './contact.ts';

/** What taking a list over would do; nothing has been written. */
export interface ImportPlan {
  readonly headers: readonly string[];
  /** Column name by header. */
  readonly mapping: Readonly<Record<string, string>>;
  readonly newColumns: readonly Pick<ContactColumn, 'name' | 'displayName' | 'columnType'>[];
  /** Header of the column that holds the numbers to call. */
  readonly phoneHeader: string | undefined;
  /** Properties of the rows that will be taken over. */
  readonly rows: readonly Readonly<Record<string, string>>[];
  /** Rows of the file, those that are left out included. */
  readonly totalRows: number;
  /** Rows of the file without a usable number. */
  readonly missingPhone: number;
  readonly warnings: readonly string[];
}

const rowsPerTurn = 2_000;
/** How many values are looked at to tell a column of numbers. */
const sampleSize = 50;

/** Fits a list to a group: headers to columns, the phone column by its name or by its values, rows to properties. */
export function planImport(table: Table, columns: readonly ContactColumn[]): ImportPlan {
  const steps = planSteps(table, columns);
  for (;;) {
    const step = steps.next();
    if (step.done) return step.value;
  }
}

/** The same, with others in between: 50,000 rows take 50 ms. */
export async function planInTurns(table: Table, columns: readonly ContactColumn[]): Promise<ImportPlan> {
  const steps = planSteps(table, columns);
  for (;;) {
    const step = steps.next();
    if (step.done) return step.value;
    await nextTurn();
  }
}

function* planSteps(table: Table, columns: readonly ContactColumn[]): Generator<void, ImportPlan> {
  const { headers } = table;
  const phoneHeader = phoneHeaderOf(table, columns);
  const taken = new Set(columns.map(({ name }) => name));
  const mapping: Record<string, string> = {};
  const newColumns: { name: string; displayName: string; columnType: string }[] = [];
  for (const header of headers) {
    const known = columns.find((column) => isColumn(column, header));
    const name = known?.name ?? columnKey(header, taken);
    taken.add(name);
    mapping[header] = name;
    if (!known) newColumns.push({ name, displayName: header, columnType: columnTypeOf(table, header, phoneHeader) });
  }
  const phoneKey = phoneHeader === undefined ? undefined : mapping[phoneHeader];
  const rows: Readonly<Record<string, string>>[] = [];
  for (const [at, row] of table.rows.entries()) {
    if (at > 0 && at % rowsPerTurn === 0) yield;
    const properties = propertiesOf(row, headers, mapping);
    if (phoneKey === undefined || plainNumber(properties[phoneKey] ?? '') !== undefined) rows.push(properties);
  }
  const totalRows = table.rows.length;
  const missingPhone = phoneKey === undefined ? totalRows : totalRows - rows.length;
  const warnings = warningsOf(phoneHeader, missingPhone);
  return { headers, mapping, newColumns, phoneHeader, rows, totalRows, missingPhone, warnings };
}

function isColumn({ name, displayName }: ContactColumn, header: string): boolean {
  return name === header.toLowerCase() || displayName.toLowerCase() === header.toLowerCase();
}

function phoneHeaderOf({ headers, rows }: Table, columns: readonly ContactColumn[]): string | undefined {
  const known = columns.filter(isPhoneColumn);
  return (
    headers.find((header) => known.some((column) => isColumn(column, header))) ??
    headers.find(looksLikePhoneHeader) ??
    headers.find((_, at) => looksLikeNumbers(rows.slice(0, sampleSize).map((row) => row[at] ?? '')))
  );
}

/** Nearly all of the values are numbers that one could dial, and of a length that years and prices don't have. */
function looksLikeNumbers(values: readonly string[]): boolean {
  const filled = values.filter((value) => value !== '');
  const numbers = filled.filter((value) => (plainNumber(value)?.replace('+', '').length ?? 0) >= 10);
  return filled.length > 0 && numbers.length / filled.length >= 0.8;
}

function columnTypeOf({ headers, rows }: Table, header: string, phoneHeader: string | undefined): string {
  if (header === phoneHeader) return 'phone';
  const at = headers.indexOf(header);
  const values = rows.slice(0, sampleSize).map((row) => row[at] ?? '');
  const filled = values.filter((value) => value !== '');
  const isAll = (shape: RegExp) => filled.length > 0 && filled.every((value) => shape.test(value));
  if (isAll(/^[^\s@]+@[^\s@]+\.[^\s@]+$/)) return 'email';
  if (isAll(/^-?\d+([.,]\d+)?$/)) return 'number';
  return isAll(/^\d{4}-\d\d-\d\d/) ? 'date' : 'text';
}

function propertiesOf(
  row: readonly string[],
  headers: readonly string[],
  mapping: Readonly<Record<string, string>>,
): Readonly<Record<string, string>> {
  const entries = headers.map((header, at) => [mapping[header] ?? header, row[at] ?? ''] as const);
  return Object.fromEntries(entries.filter(([, value]) => value !== ''));
}

function warningsOf(phoneHeader: string | undefined, missingPhone: number): readonly string[] {
  if (phoneHeader === undefined) {
    return ['No column looks like phone numbers: name one "phone", or set the type of a column to "phone".'];
  }
  if (missingPhone === 0) return [];
  return [`${missingPhone} row(s) have no usable number in "${phoneHeader}" (7 to 15 digits) and are left out.`];
}
