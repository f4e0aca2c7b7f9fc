/** One field to sort by; the first weighs most. */
export interface SortKey {
  readonly by: string;
  readonly descending: boolean;
}

/** Column, or expression of columns, by the name of a field. */
export type SortColumns = Readonly<Record<string, string>>;

/** What follows ORDER BY: the known fields in their order, then newest first. Only names of `columns` get into it. */
export function orderBy(sort: readonly SortKey[] | undefined, columns: SortColumns): string {
  const terms = (sort ?? []).flatMap(({ by, descending }) => {
    const column = Object.hasOwn(columns, by) ? columns[by] : undefined;
    return column === undefined ? [] : [`${column} ${descending ? 'DESC' : 'ASC'}`];
  });
  return [...terms, 'rowid DESC'].join(', ');
}
