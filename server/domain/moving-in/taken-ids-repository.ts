import type { Database, Statement } from '../../db/database.ts';

type Found = Statement<{ readonly value: string }>;

/** Which ids are spoken for, by whatever organization, deleted rows included: they can't be given twice. */
export class TakenIdsRepository {
  readonly #agents: Found;
  readonly #numbers: Found;
  readonly #dialled: Found;
  readonly #files: Found;
  readonly #tools: Found;

  constructor(db: Database) {
    const among = (table: string, column: string): Found =>
      db.prepare(`SELECT ${column} AS value FROM ${table} WHERE ${column} IN (SELECT value FROM json_each(?))`);
    this.#agents = among('agents', 'id');
    this.#numbers = among('phone_numbers', 'id');
    this.#dialled = among('phone_numbers', 'dialled');
    this.#files = among('knowledge_files', 'id');
    this.#tools = among('tools', 'id');
  }

  agents(ids: readonly string[]): ReadonlySet<string> {
    return find(this.#agents, ids);
  }

  numbers(ids: readonly string[]): ReadonlySet<string> {
    return find(this.#numbers, ids);
  }

  dialled(numbers: readonly string[]): ReadonlySet<string> {
    return find(this.#dialled, numbers);
  }

  tools(ids: readonly string[]): ReadonlySet<string> {
    return find(this.#tools, ids);
  }

  files(ids: readonly string[]): ReadonlySet<string> {
    return find(this.#files, ids);
  }
}

function find(statement: Found, values: readonly string[]): ReadonlySet<string> {
  return new Set(statement.all(JSON.stringify(values)).map(({ value }) => value));
}
