import { LandlineError } from '../../../contract/errors.ts';
import type { FeatureFlag } from '../../../domain/feature-flags/feature-flag.ts';
import type { FeatureFlagService } from '../../../domain/feature-flags/feature-flag-service.ts';
import type { Route } from '../../route.ts';
import type { KupeCaller } from './auth.ts';

/**
 * The rows behind one feature: `feature-disabled` for a person who signed in and has it switched off. Keys pass, as
 * they always did in this API.
 */
export function behindFeature(
  flags: Pick<FeatureFlagService, 'isOn'>,
  feature: FeatureFlag,
  routes: readonly Route<KupeCaller>[],
): readonly Route<KupeCaller>[] {
  return routes.map((row) => ({
    ...row,
    run: async (request) => {
      // Undefined where a public row is called without a credential.
      const caller = request.caller as KupeCaller | undefined;
      if (caller && caller.via !== 'api-key' && !flags.isOn(caller, feature)) {
        throw new LandlineError('feature-disabled', `Forbidden: the feature ${feature} is switched off for this user`);
      }
      return row.run(request);
    },
  }));
}
