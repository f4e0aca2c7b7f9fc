import { randomUUID } from 'node:crypto';
import type { Response } from 'express';

/** An answer that readers of every dialect understand, for paths whose dialect can't be told. */
export function sendUnion(response: Response, status: 401 | 404 | 500, nowMs: number): void {
  const texts = {
    401: { detail: 'Not authenticated', error: 'Unauthorized' },
    404: { detail: 'Not Found', error: 'Not found' },
    500: { detail: 'Internal Server Error', error: 'Internal server error' },
  } as const;
  const requestId = randomUUID();
  if (status === 401) response.setHeader('WWW-Authenticate', 'Bearer');
  response.setHeader('X-Request-Id', requestId);
  response.status(status).json({
    ...texts[status],
    success: false,
    details: null,
    meta: { timestamp: new Date(nowMs).toISOString(), request_id: requestId },
  });
}
