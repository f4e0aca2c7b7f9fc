import { z } from 'zod';
import type { Page } from '../../../domain/paging.ts';
import type { Answer } from '../../route.ts';

const largestLimit = 100;
const wholeNumber = (what: string, least: number) =>
  z
    .string()
    .regex(/^\d{1,9}$/, `must be a whole number of at least ${least}`)
    .transform(Number)
    .refine((value) => value >= least, `${what} must be at least ${least}`);

/** `limit` (50 unless told, more than 100 counts as 100) and `offset` (0 unless told). */
export const pagingQuery = {
  limit: wholeNumber('limit', 1)
    .default(50)
    .transform((limit) => Math.min(limit, largestLimit)),
  offset: wholeNumber('offset', 0).default(0),
};

/** Booleans as clients of all kinds write them in a query. */
export const queryBoolean = z
  .enum(['true', 'false', '1', '0', 'True', 'False'], 'must be true or false')
  .transform((text) => text === 'true' || text === 'True' || text === '1');

export interface PageQuery {
  readonly limit: number;
  readonly offset: number;
}

/** A list: `data` is the plain array, `meta` tells where it lies in the whole. */
export function listAnswer<T>(page: Page<T>, query: PageQuery, toWire: (item: T) => unknown): Answer {
  const { limit, offset } = query;
  const has_more = offset + page.items.length < page.total;
  const meta = { total: page.total, limit, offset, has_more };
  return { kind: 'json', status: 200, data: page.items.map(toWire), meta };
}
