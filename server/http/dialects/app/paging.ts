import { z } from 'zod';
import type { Page } from '../../../domain/paging.ts';
import type { Answer } from '../../route.ts';
import { queryNumber } from '../../wire-fields.ts';

const largestLimit = 200;

export const pagingQuery = {
  limit: queryNumber('limit', 1)
    .default(50)
    .transform((limit) => Math.min(limit, largestLimit)),
  offset: queryNumber('offset', 0).default(0),
};

export function listWire<T extends z.ZodType>(item: T) {
  return z.object({ items: z.array(item), total: z.int(), limit: z.int(), offset: z.int() });
}

export function listAnswer<T>(
  page: Page<T>,
  { limit, offset }: { readonly limit: number; readonly offset: number },
  toWire: (item: T) => unknown,
): Answer {
  const data = { items: page.items.map(toWire), total: page.total, limit, offset };
  return { kind: 'json', status: 200, data };
}
