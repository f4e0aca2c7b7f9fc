import type { Dialer } from '../../../domain/calls/outbound-order.ts';
import type { Domain } from '../../../domain/domain.ts';
import type { Clock } from '../../../lifetime/clock.ts';
import type { Route } from '../../route.ts';
import type { TokenSigner } from '../../signed-token.ts';
import { agentRoutes } from './agents.routes.ts';
import { apiKeyRoutes } from './api-keys.routes.ts';
import type { KupeCaller } from './auth.ts';
import { billingRoutes } from './billing.routes.ts';
import { earningsRoutes } from './earnings.routes.ts';
import { featureFlagRoutes } from './feature-flags.routes.ts';
import { behindFeature } from './feature-gate.ts';
import { organizationRoutes } from './organizations.routes.ts';
import { peopleGroupRoutes } from './people-groups.routes.ts';
import { walletRoutes } from './wallets.routes.ts';

export interface KupeRouteParts {
  readonly domain: Domain;
  readonly clock: Clock;
  readonly dialer: Dialer;
  readonly signer: TokenSigner;
}

/** Every operation of this dialect. */
export function kupeRoutes({ domain, clock }: KupeRouteParts): readonly Route<KupeCaller>[] {
  const { featureFlags } = domain;
  return [
    ...agentRoutes({ ...domain, clock }),
    ...peopleGroupRoutes(domain),
    ...apiKeyRoutes(domain),
    ...behindFeature(featureFlags, 'billing', billingRoutes({ ...domain, clock })),
    ...walletRoutes(domain),
    ...organizationRoutes(domain),
    ...earningsRoutes(domain),
    ...featureFlagRoutes(domain),
  ];
}
