import type { Request } from 'express';
import { LandlineError } from '../../../contract/errors.ts';
import { listedOrigin } from '../../cors.ts';

const createCallPath = /^\/api\/call\/create_call\/?$/;

/**
 * A call is not placed for a page of an origin that is not listed: throws `origin-not-allowed`. Programs send no
 * `Origin`.
 */
export function checkOrigin(request: Request, allowedOrigins: readonly string[]): void {
  if (!createCallPath.test(request.path) || request.get('origin') === undefined) return;
  if (listedOrigin(request, allowedOrigins) !== undefined) return;
  throw new LandlineError('origin-not-allowed', 'Forbidden: Origin not allowed');
}
