import type { JsonObject } from '../json-column.ts';

/** A list of people, with columns that its owner names. */
export interface ContactGroup {
  readonly id: string;
  readonly organizationId: string;
  /** Who made it; null for a key that belongs to no person. */
  readonly userId: string | null;
  readonly name: string;
  readonly iconEmoji: string | null;
  readonly description: string | null;
  readonly createdAtMs: number;
  readonly updatedAtMs: number;
}

export interface ContactColumn {
  readonly id: string;
  readonly groupId: string;
  /** Key of its values in a row's properties: lower case letters, digits and underscores; never changes. */
  readonly name: string;
  readonly displayName: string;
  /** What its values are, e.g. `text`, `phone`, `email`, `number`. */
  readonly columnType: string;
  /** Columns are shown in ascending order. */
  readonly position: number;
  readonly createdAtMs: number;
  readonly updatedAtMs: number;
}

export interface ContactRow {
  readonly id: string;
  readonly groupId: string;
  /** Values by column name; other keys are kept as they came. */
  readonly properties: JsonObject;
  readonly createdAtMs: number;
  readonly updatedAtMs: number;
}

/** Someone to call. */
export interface Contact {
  readonly rowId: string;
  /** Digits with `+` where it was written with one; null when the row holds no usable number. */
  readonly phone: string | null;
  /** Values as texts, by column name. */
  readonly variables: Readonly<Record<string, string>>;
}

const phoneTypes: ReadonlySet<string> = new Set(['phone', 'phone_number', 'phonenumber', 'tel', 'mobile']);

export function isPhoneColumn({ columnType }: Pick<ContactColumn, 'columnType'>): boolean {
  return phoneTypes.has(columnType.toLowerCase());
}

/**
 * A number as people write it into lists, without its decoration: `+49 (30) 901820-0` → `+49309018200`, `0091 22…` →
 * `+9122…`. Undefined unless 7 to 15 digits are left (E.164 by shape; no numbering plan is asked).
 */
export function plainNumber(text: string): string | undefined {
  const bare = text
    .trim()
    .replace(/^tel:/i, '')
    .replaceAll(/[\s().\-/\u00a0\u2010-\u2015]/g, '');
  const plain = bare.replace(/^00/, '+');
  return /^\+?\d{7,15}$/.test(plain) ? plain : undefined;
}

/** Key of a column that is shown under this name: `Date of birth` → `date_of_birth`. */
export function columnKey(displayName: string, taken: ReadonlySet<string>): string {
  const letters = displayName.normalize('NFKD').replaceAll(/\p{M}/gu, '').toLowerCase();
  const stem =
    letters
      .replaceAll(/[^a-z0-9]+/g, '_')
      .replaceAll(/^_+|_+$/g, '')
      .slice(0, 60) || 'column';
  for (let number = 1; ; number++) {
    const key = number === 1 ? stem : `${stem}_${number}`;
    if (!taken.has(key)) return key;
  }
}

/** Properties under the columns' names, whether the client used a column's id, name or display name. */
export function namedProperties(properties: JsonObject, columns: readonly ContactColumn[]): JsonObject {
  const names = new Map(
    columns.flatMap(({ id, name, displayName }) => [
      [displayName.toLowerCase(), name],
      [id, name],
      [name, name],
    ]),
  );
  const named = Object.entries(properties).map(([key, value]) => [names.get(key.toLowerCase()) ?? key, value]);
  return Object.fromEntries(named.filter(([key]) => key !== '__proto__')) as JsonObject;
}

/** Whom to call for a row, and what to know of them. */
export function contactOf({ id, properties }: ContactRow, columns: readonly ContactColumn[]): Contact {
  const texts = Object.entries(properties).flatMap(([key, value]) =>
    value === null || value === undefined ? [] : [[key, asText(value)] as const],
  );
  const variables = Object.fromEntries(texts);
  const phoneKeys = columns.filter(isPhoneColumn).map(({ name }) => name);
  const candidates = phoneKeys.length > 0 ? phoneKeys : Object.keys(variables).filter(looksLikePhoneHeader);
  const found = candidates.map((key) => plainNumber(variables[key] ?? '')).find((number) => number !== undefined);
  return { rowId: id, phone: found ?? null, variables };
}

/** Whether a header names a telephone number, in the words of the languages around us. */
export function looksLikePhoneHeader(header: string): boolean {
  const words = header.normalize('NFKD').replaceAll(/\p{M}/gu, '').toLowerCase();
  return /phone|mobile|handy|rufnummer|telefon|telefono|\btel\b|^tel_|\bcell\b|whatsapp|contact.?(no|number)|^number$|^msisdn$/.test(
    words,
  );
}

function asText(value: unknown): string {
  return typeof value === 'string' ? value : JSON.stringify(value);
}
