import { z } from 'zod';
import type { Page } from '../../../domain/paging.ts';
import { queryNumber } from '../../wire-fields.ts';

const largestLimit = 100;

/** `skip` (0 unless told) and `limit` (10 unless told, more than 100 counts as 100). */
export const pagingQuery = {
  skip: queryNumber('skip', 0).default(0),
  limit: queryNumber('limit', 1)
    .default(10)
    .transform((limit) => Math.min(limit, largestLimit)),
};

export const pageQuery = z.object(pagingQuery);

export interface PageQuery {
  readonly skip: number;
  readonly limit: number;
}

export function pageOf({ skip, limit }: PageQuery): { readonly offset: number; readonly limit: number } {
  return { offset: skip, limit };
}

/** A list with its place in the whole. */
export function listBody<T>(page: Page<T>, { skip, limit }: PageQuery, toWire: (item: T) => unknown) {
  return { total: page.total, skip, limit, items: page.items.map(toWire) };
}

/** A list as campaigns and call logs print it. */
export function shortListBody<T>(page: Page<T>, toWire: (item: T) => unknown) {
  return { total: page.total, items: page.items.map(toWire) };
}

export function listWire(item: z.ZodType) {
  return z.object({ total: z.int(), skip: z.int(), limit: z.int(), items: z.array(item) });
}

export function shortListWire(item: z.ZodType) {
  return z.object({ total: z.int(), items: z.array(item) });
}
