import { z } from 'zod';
import type { Page, PageRequest } from '../../../domain/paging.ts';
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

/** `sort` and `order` of a list that can be sorted by these fields. */
export function sortQuery(fields: readonly string[]) {
  const isKnown = (text: string) => text.split(',').every((key) => fields.includes(key.replace(/^-/, '')));
  return {
    sort: z
      .string()
      .refine((text) => text.split(',').length <= mostSortKeys, `must be at most ${mostSortKeys} fields`)
      .refine(isKnown, `must be fields of ${fields.join(', ')}, separated by commas; "-" before one turns it round`)
      .optional(),
    order: z.enum(['asc', 'desc'], 'must be asc or desc').optional(),
  };
}

const mostSortKeys = 3;

export interface PageQuery {
  readonly skip: number;
  readonly limit: number;
  readonly sort?: string | undefined;
  readonly order?: 'asc' | 'desc' | undefined;
}

/** A field with `-` before it descends, and with `order=desc` one without. */
export function pageOf({ skip, limit, sort, order }: PageQuery): PageRequest {
  const keys = sort?.split(',').map((key) => {
    const turned = key.startsWith('-');
    return { by: turned ? key.slice(1) : key, descending: turned || order === 'desc' };
  });
  return { offset: skip, limit, ...(keys === undefined ? {} : { sort: keys }) };
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
