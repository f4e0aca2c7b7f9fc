import { z } from 'zod';
import { type FeatureFlags, featureFlags } from '../../../domain/feature-flags/feature-flag.ts';
import type { FeatureFlagService } from '../../../domain/feature-flags/feature-flag-service.ts';
import { invalidRequest, type Route, route } from '../../route.ts';
import { json } from './answers.ts';
import type { KupeCaller } from './auth.ts';
import { jsonObject } from './fields.ts';

const group = 'Feature flags';
const base = '/api/v1/feature-flags';

const flagsSchema = z
  .object(Object.fromEntries(featureFlags.map((flag) => [flag, z.boolean()])))
  .extend({ user_id: z.string().nullable() });

export function featureFlagRoutes({
  featureFlags: flags,
}: {
  readonly featureFlags: FeatureFlagService;
}): readonly Route<KupeCaller>[] {
  const responses = { 200: flagsSchema };
  return [
    route({
      method: 'GET',
      path: `${base}/me`,
      summary: "Get the caller's feature flags",
      group,
      responses,
      answer: ({ caller }) => json(toWire(caller.userId, flags.mine(caller))),
    }),
    route({
      method: 'GET',
      path: `${base}/{user_id}`,
      summary: "Get a user's feature flags (one's own, or org_admin)",
      group,
      responses,
      answer: ({ caller, params }) => json(toWire(params.user_id, flags.get(caller, params.user_id))),
    }),
    route({
      method: 'PUT',
      path: `${base}/{user_id}`,
      summary: "Change a user's feature flags (org_admin); flags that are absent stay",
      group,
      body: jsonObject,
      responses,
      answer: async ({ caller, params, body }) => {
        const { user_id: _ignored, ...changes } = body;
        requireBooleans(changes);
        return json(toWire(params.user_id, await flags.set(caller, params.user_id, changes)));
      },
    }),
  ];
}

/** What is no boolean is a form error; a boolean that is no flag is the domain's to refuse. */
function requireBooleans(changes: Readonly<Record<string, unknown>>): void {
  const known: readonly string[] = featureFlags;
  const wrong = Object.entries(changes).filter(([name, value]) => known.includes(name) && typeof value !== 'boolean');
  if (wrong.length === 0) return;
  throw invalidRequest(
    wrong.map(([field]) => ({ in: 'body', field, message: 'Input should be a valid boolean' }) as const),
  );
}

function toWire(userId: string | null, flags: FeatureFlags) {
  return { ...flags, user_id: userId };
}
