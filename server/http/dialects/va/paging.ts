import { z } from 'zod';
import type { Page } from '../../../domain/paging.ts';
import type { Answer } from '../../route.ts';
import { queryNumber } from '../../wire-fields.ts';

export { queryBoolean } from '../../wire-fields.ts';

const largestLimit = 100;

/** The answer to every deletion. */
export const deletedWire = z.object({ id: z.uuid(), deleted: z.literal(true) });

/** `limit` (50 unless told, more than 100 counts as 100) and `offset` (0 unless told). */
export const pagingQuery = {
  limit: queryNumber('limit', 1)
    .default(50)
    .transform((limit) => Math.min(limit, largestLimit)),
  offset: queryNumber('offset', 0).default(0),
};

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
