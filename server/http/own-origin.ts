import type { Request } from 'express';
import { LandlineError } from '../contract/errors.ts';

/**
 * Throws `forbidden` for a change that another site's page sends with our cookie. A browser names the page's origin
 * with every request that changes something; a program that names none has no cookie of somebody else.
 */
export function requireOwnOrigin(request: Request): void {
  if (request.method === 'GET' || request.method === 'HEAD') return;
  const origin = request.get('origin');
  if (origin === undefined || origin === `${request.protocol}://${request.get('host') ?? ''}`) return;
  throw new LandlineError('forbidden', 'Requests from pages of other sites are not taken.');
}
