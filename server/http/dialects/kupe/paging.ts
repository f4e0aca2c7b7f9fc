import { z } from 'zod';
import type { Page, PageRequest } from '../../../domain/paging.ts';

const wholeNumber = (least: number, most: number) =>
  z
    .string()
    .regex(/^\d{1,9}$/, `must be a whole number from ${least} to ${most}`)
    .transform(Number)
    .refine((value) => value >= least && value <= most, `must be from ${least} to ${most}`);

/** `page` counts from 1; `page_size` is at most 100. Both absent means: the whole list, where a route says so. */
export const pagingQuery = {
  page: wholeNumber(1, 1_000_000).optional(),
  page_size: wholeNumber(1, 100).optional(),
};

/** `limit` and `offset`, of routes that page so. */
export const limitQuery = {
  limit: wholeNumber(1, 1_000).optional(),
  offset: wholeNumber(0, 999_999_999).optional(),
};

export interface PageQuery {
  readonly page?: number | undefined;
  readonly page_size?: number | undefined;
}

export function isPaged(query: PageQuery): boolean {
  return query.page !== undefined || query.page_size !== undefined;
}

/** The part of the list that the query asks for; `size` is what a page has unless told. */
export function toPageRequest({ page, page_size }: PageQuery, size: number): PageRequest {
  const limit = page_size ?? size;
  return { limit, offset: ((page ?? 1) - 1) * limit };
}

/** `{items, total, page, page_size}`. */
export function pageToWire<T>(found: Page<T>, query: PageQuery, size: number, toWire: (item: T) => unknown): object {
  const items = found.items.map(toWire);
  return { items, total: found.total, page: query.page ?? 1, page_size: query.page_size ?? size };
}

/** The documented form of a page. */
export const pageOf = (item: z.ZodType) =>
  z.object({ items: z.array(item), total: z.int(), page: z.int(), page_size: z.int() });
