import { LandlineError } from '../../../contract/errors.ts';
import { hasRole, type Role } from '../../../domain/credentials/principal.ts';
import type { FeatureFlag } from '../../../domain/feature-flags/feature-flag.ts';
import type { FeatureFlagService } from '../../../domain/feature-flags/feature-flag-service.ts';
import type { KupeCaller } from './auth.ts';

/** Throws `forbidden` for a caller whose role is less than `least`. */
export function requireRole(caller: KupeCaller, least: Role): void {
  if (hasRole(caller.role, least)) return;
  throw new LandlineError('forbidden', `Forbidden: this needs the role ${least}`);
}

/** Throws `forbidden` for a caller who shows a key instead of a session. */
export function requireSession(caller: KupeCaller): void {
  if (caller.via !== 'api-key') return;
  throw new LandlineError(
    'forbidden',
    'Forbidden: sign in and send the session as a bearer token; API keys may not do this',
  );
}

/**
 * Throws `feature-disabled` unless one of the features is on. Callers with a key pass: the gate is for people who
 * signed in.
 */
export function requireFeature(
  flags: Pick<FeatureFlagService, 'isOn'>,
  caller: KupeCaller,
  ...features: readonly FeatureFlag[]
): void {
  if (caller.via === 'api-key' || features.some((feature) => flags.isOn(caller, feature))) return;
  throw new LandlineError(
    'feature-disabled',
    `Forbidden: the feature ${features.join(' or ')} is switched off for this user`,
  );
}

/** The caller's own user id. Throws `forbidden` for a key that belongs to no person. */
export function userIdOf(caller: KupeCaller): string {
  if (caller.userId !== null) return caller.userId;
  throw new LandlineError('forbidden', 'Forbidden: this key belongs to no user');
}
