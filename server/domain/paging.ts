/** A part of a list, newest first unless it is sorted. */
export interface PageRequest {
  readonly limit: number;
  readonly offset: number;
  /** Fields that the list can be sorted by; lists that can't, and other fields, take no notice. */
  readonly sort?: readonly SortKey[] | undefined;
}

/** One field to sort by; the first weighs most. */
export interface SortKey {
  readonly by: string;
  readonly descending: boolean;
}

export interface Page<T> {
  readonly items: readonly T[];
  /** Exact number of items in the whole list. */
  readonly total: number;
}
