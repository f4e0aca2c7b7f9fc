import type { FoundPassage, PassageQuery } from './passage-search.ts';

export interface SearchAsk {
  readonly number: number;
  readonly query: PassageQuery;
}

export type SearchAnswer =
  | { readonly number: number; readonly passages: readonly FoundPassage[] }
  | { readonly number: number; readonly failure: string };
