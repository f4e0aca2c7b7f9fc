import type { Request, Response } from 'express';
import { LandlineError } from '../../../contract/errors.ts';
import { originOf } from '../../origin.ts';

const createCallPath = /^\/api\/call\/create_call\/?$/;

/**
 * Lets pages of allowed origins read our answers. A call is not placed for a page of any other origin: throws
 * `origin-not-allowed`. Programs send no `Origin`.
 */
export function checkOrigin(request: Request, response: Response, allowedOrigins: readonly string[]): void {
  const origin = request.get('origin');
  if (origin === undefined) return;
  response.vary('Origin');
  if (origin === originOf(request, '') || allowedOrigins.includes(origin)) {
    response.setHeader('Access-Control-Allow-Origin', origin);
    response.setHeader('Access-Control-Expose-Headers', 'Content-Disposition, X-Model-Substituted');
    return;
  }
  if (!createCallPath.test(request.path)) return;
  throw new LandlineError('origin-not-allowed', 'Forbidden: Origin not allowed');
}
