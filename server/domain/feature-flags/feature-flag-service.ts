import { LandlineError } from '../../contract/errors.ts';
import type { UnitOfWork } from '../../events/unit-of-work.ts';
import { type Principal, requireRole } from '../credentials/principal.ts';
import { defaultFlags, type FeatureFlag, type FeatureFlags, featureFlags, isFeatureFlag } from './feature-flag.ts';
import type { FeatureFlagRepository } from './feature-flag-repository.ts';

/** Switches per person. Throws `user-not-found` (also across organizations) and `forbidden`. */
export class FeatureFlagService {
  readonly #unitOfWork: UnitOfWork;
  readonly #flags: FeatureFlagRepository;

  constructor(unitOfWork: UnitOfWork, flags: FeatureFlagRepository) {
    this.#unitOfWork = unitOfWork;
    this.#flags = flags;
  }

  /** One's own, or for admins those of a member. */
  get(principal: Principal, userId: string): FeatureFlags {
    this.#requireVisible(principal, userId);
    if (userId !== principal.userId) requireRole(principal, 'org_admin');
    return this.#ofUser(userId);
  }

  /** The flags of whoever calls; the defaults for a key that belongs to no person. */
  mine(principal: Principal): FeatureFlags {
    return principal.userId === null ? defaultFlags : this.#ofUser(principal.userId);
  }

  /** Whether the feature is on for whoever asks; for a key without a person, by the default. */
  isOn(principal: Principal, flag: FeatureFlag): boolean {
    return this.mine(principal)[flag];
  }

  /**
   * Changes the flags that are named and keeps the others. For admins. Throws `flag-unknown` that lists every name
   * that isn't a flag, and `invalid-argument` that lists every value that isn't a boolean.
   */
  async set(principal: Principal, userId: string, changes: Readonly<Record<string, unknown>>): Promise<FeatureFlags> {
    this.#requireVisible(principal, userId);
    requireRole(principal, 'org_admin');
    const checked = checkChanges(changes);
    await this.#unitOfWork.run((_record, nowMs) => {
      for (const [flag, value] of checked) this.#flags.set(userId, flag, value, nowMs);
    });
    return this.#ofUser(userId);
  }

  #ofUser(userId: string): FeatureFlags {
    const set = this.#flags.ofUser(userId);
    const known = featureFlags.map((flag) => [flag, set.get(flag) ?? defaultFlags[flag]] as const);
    return Object.fromEntries(known) as Record<FeatureFlag, boolean>;
  }

  #requireVisible(principal: Principal, userId: string): void {
    const organizationId = this.#flags.organizationOf(userId);
    const isVisible =
      organizationId !== undefined && (principal.role === 'super_admin' || organizationId === principal.organizationId);
    if (!isVisible) throw new LandlineError('user-not-found', 'There is no user with this id.', { id: userId });
  }
}

function checkChanges(changes: Readonly<Record<string, unknown>>): readonly (readonly [FeatureFlag, boolean])[] {
  const names = Object.keys(changes);
  const unknown = names.filter((name) => !isFeatureFlag(name));
  if (unknown.length > 0) {
    const known = featureFlags.join(', ');
    throw new LandlineError('flag-unknown', `There is no flag ${unknown.join(', ')}; the flags are ${known}.`, {
      unknown,
    });
  }
  const wrong = names.filter((name) => typeof changes[name] !== 'boolean');
  if (wrong.length > 0) {
    throw new LandlineError('invalid-argument', `${wrong.join(', ')} must be true or false.`, { wrong });
  }
  return Object.entries(changes) as [FeatureFlag, boolean][];
}
