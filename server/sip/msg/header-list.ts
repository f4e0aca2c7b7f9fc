import { LandlineError } from '../../contract/errors.ts';
import { headerName } from './header-names.ts';
import type { HeaderField, HeaderList } from './sip-message.ts';

/** A field with its key: the lower-case long form of its name. */
export interface Field extends HeaderField {
  readonly key: string;
}

const UNSAFE_VALUE = /[\0\r\n]/;
const TOKEN = /^[A-Za-z0-9\-.!%*_+`'~]+$/;

function makeField(name: string, value: string): Field {
  const { key, name: usual } = headerName(name);
  if (!TOKEN.test(name)) {
    throw new LandlineError('sip-header-invalid', `"${name}" is not a header name; use letters, digits and hyphens.`);
  }
  if (UNSAFE_VALUE.test(value)) {
    throw new LandlineError('sip-header-invalid', `The value of ${usual} holds a line break or NUL; remove it.`, {
      name: usual,
    });
  }
  return { key, name: usual, value };
}

/** Header fields in an array, searched front to back: messages have about a dozen of them. */
export class FieldList implements HeaderList {
  #fields: Field[];

  constructor(fields: Field[] = []) {
    this.#fields = fields;
  }

  get fields(): readonly HeaderField[] {
    return this.#fields;
  }

  get(name: string): string | undefined {
    const { key } = headerName(name);
    for (const field of this.#fields) if (field.key === key) return field.value;
    return undefined;
  }

  all(name: string): readonly string[] {
    const { key } = headerName(name);
    const values: string[] = [];
    for (const field of this.#fields) if (field.key === key) values.push(field.value);
    return values;
  }

  has(name: string): boolean {
    return this.get(name) !== undefined;
  }

  set(name: string, value: string): void {
    const field = makeField(name, value);
    const at = this.#fields.findIndex(({ key }) => key === field.key);
    if (at === -1) {
      this.#fields.push(field);
      return;
    }
    this.#fields[at] = field;
    this.#fields = this.#fields.filter((other, index) => index <= at || other.key !== field.key);
  }

  append(name: string, value: string): void {
    this.#fields.push(makeField(name, value));
  }

  /** Puts the field before the first one of its name, or before everything. */
  prepend(name: string, value: string): void {
    const field = makeField(name, value);
    const at = this.#fields.findIndex(({ key }) => key === field.key);
    this.#fields.splice(Math.max(0, at), 0, field);
  }

  remove(name: string): void {
    const { key } = headerName(name);
    this.#fields = this.#fields.filter((field) => field.key !== key);
  }

  shift(name: string): string | undefined {
    const { key } = headerName(name);
    const at = this.#fields.findIndex((field) => field.key === key);
    return at === -1 ? undefined : this.#fields.splice(at, 1)[0]?.value;
  }

  clone(): FieldList {
    return new FieldList([...this.#fields]);
  }
}

/** A header list from name and value pairs, in this order. Throws `sip-header-invalid` for line breaks in a value. */
export function createHeaderList(pairs: Iterable<readonly [string, string]> = []): HeaderList {
  return new FieldList(Array.from(pairs, ([name, value]) => makeField(name, value)));
}
