import type { Request } from 'express';
import { LandlineError } from '../../../contract/errors.ts';
import type { CallService } from '../../../domain/calls/call-service.ts';
import type { CredentialService } from '../../../domain/credentials/credential-service.ts';
import { isUuid } from '../../route.ts';
import { bearerOf } from '../../select-dialect.ts';
import type { TokenSigner } from '../../signed-token.ts';

/** Who is calling. */
export interface VaCaller {
  readonly organizationId: string;
  /** What the rate limit counts by. */
  readonly rateKey: string;
}

export interface VaAuthParts {
  readonly credentials: CredentialService;
  readonly calls: CallService;
  readonly signer: TokenSigner;
}

/** The bearer of a `va_` key, or of a recording's signed URL (that recording only). Throws `unauthorized`. */
export function authenticate(request: Request, parts: VaAuthParts): VaCaller {
  const key = bearerOf(request.get('authorization'));
  if (key === undefined) return byRecordingToken(request, parts) ?? refuse('Missing API key');
  const credential = parts.credentials.authenticate(key);
  if (!credential) return refuse('Invalid API key');
  return { organizationId: credential.organizationId, rateKey: credential.id };
}

function byRecordingToken(request: Request, { calls, signer }: VaAuthParts): VaCaller | undefined {
  const { token } = request.query;
  const id = /^\/api\/v1\/calls\/([^/]+)\/recording\/stream$/.exec(request.path)?.[1]?.toLowerCase();
  if (typeof token !== 'string' || id === undefined || !isUuid(id)) return undefined;
  if (!signer.verify('recording', id, token)) return undefined;
  const call = calls.find(id);
  return call && { organizationId: call.organizationId, rateKey: `recording ${id}` };
}

function refuse(message: string): never {
  throw new LandlineError('unauthorized', message);
}
