import type { Request } from 'express';
import { LandlineError } from '../../../contract/errors.ts';
import type { CallService } from '../../../domain/calls/call-service.ts';
import { hasRole, type Principal } from '../../../domain/credentials/principal.ts';
import { isUuid, type RouteContract } from '../../route.ts';
import { bearerOf } from '../../select-dialect.ts';
import type { TokenSigner } from '../../signed-token.ts';

/** Who is calling. */
export type VoiceraCaller = Principal;

export interface VoiceraAuthParts {
  /** Who signed in with this access token. Throws `token-expired` or `token-invalid`. */
  readonly principalOfToken: (token: string) => Promise<Principal>;
  readonly calls: Pick<CallService, 'find'>;
  readonly signer: TokenSigner;
}

/**
 * The bearer of an access token, or of a recording's signed URL (that recording only). Undefined for public routes:
 * they read what they need themselves. Throws `unauthorized`, `token-expired` or `token-invalid`.
 */
export function authenticate(
  request: Request,
  route: Pick<RouteContract, 'isPublic'>,
  parts: VoiceraAuthParts,
): Promise<VoiceraCaller> | VoiceraCaller | undefined {
  if (route.isPublic) return undefined;
  const token = bearerOf(request.get('authorization'));
  if (token !== undefined) return parts.principalOfToken(token);
  const bySignature = byDownloadSignature(request, parts);
  if (bySignature) return bySignature;
  throw new LandlineError('unauthorized', 'Token invalid', { reason: 'Send the access token as a bearer token.' });
}

function byDownloadSignature(request: Request, { calls, signer }: VoiceraAuthParts): VoiceraCaller | undefined {
  const { token } = request.query;
  const id = /^\/call-recordings\/([^/]+)\/download\/?$/.exec(request.path)?.[1]?.toLowerCase();
  if (typeof token !== 'string' || id === undefined || !isUuid(id)) return undefined;
  if (!signer.verify('recording', id, token)) return undefined;
  const call = calls.find(id);
  return call && bearerOfRecording(call.organizationId, id);
}

function bearerOfRecording(organizationId: string, callId: string): VoiceraCaller {
  const credentialId = `recording ${callId}`;
  return { organizationId, userId: null, email: null, role: 'user', via: 'token', credentialId, scopes: [] };
}

/** This API knows two roles: who administers the organization or the appliance is `admin`. */
export function roleToWire(role: Principal['role']): 'admin' | 'user' {
  return hasRole(role, 'org_admin') ? 'admin' : 'user';
}

/** Throws `forbidden` unless the caller administers their organization. */
export function requireAdmin(caller: VoiceraCaller): void {
  if (!hasRole(caller.role, 'org_admin')) refuse('Only an administrator may do this.');
}

/** Throws `forbidden` unless the caller administers the whole appliance. */
export function requireSystemAdmin(caller: VoiceraCaller): void {
  if (caller.role !== 'super_admin') refuse('Only an administrator of the whole appliance may do this.');
}

function refuse(reason: string): never {
  throw new LandlineError('forbidden', 'Permission denied', { reason });
}
