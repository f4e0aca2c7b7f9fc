/** How a row is written that may be there already. */
type InsertVerb = 'INSERT' | 'INSERT OR IGNORE' | 'INSERT OR REPLACE';

/** Statement that writes a whole row by named values. Table and columns come from repositories, never from outside. */
export function insertSql(table: string, columns: readonly string[], verb: InsertVerb = 'INSERT'): string {
  const values = columns.map((column) => `@${column}`);
  return `${verb} INTO ${table} (${columns.join()}) VALUES (${values.join()})`;
}

/** Statement that writes a whole row over the one with its `id`. */
export function updateSql(table: string, columns: readonly string[]): string {
  const set = columns.map((column) => `${column} = @${column}`);
  return `UPDATE ${table} SET ${set.join()} WHERE id = @id`;
}

/** Statement that writes a whole row, over the one with the same `key` where there is one. */
export function upsertSql(table: string, columns: readonly string[], key = 'id'): string {
  const set = columns.filter((column) => column !== key).map((column) => `${column} = excluded.${column}`);
  return `${insertSql(table, columns)} ON CONFLICT (${key}) DO UPDATE SET ${set.join()}`;
}
