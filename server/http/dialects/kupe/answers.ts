import { z } from 'zod';
import type { PageRequest } from '../../../domain/paging.ts';
import type { Answer } from '../../route.ts';

/** A bare JSON body. */
export function json(data: unknown, status = 200): Answer {
  return { kind: 'json', status, data };
}

/** A JSON body of pieces that have been printed already. */
export function jsonText(...pieces: readonly (string | Buffer)[]): Answer {
  return { kind: 'text', status: 200, contentType: 'application/json; charset=utf-8', text: pieces };
}

/** Where this API doesn't page: the whole list, which ends here. */
export const wholeList: PageRequest = { limit: 10_000, offset: 0 };

export const messageSchema = z.object({ message: z.string() });
