/** A part of a list, newest first. */
export interface PageRequest {
  readonly limit: number;
  readonly offset: number;
}

export interface Page<T> {
  readonly items: readonly T[];
  /** Exact number of items in the whole list. */
  readonly total: number;
}
