import type { Dialer } from '../../../domain/calls/outbound-order.ts';
import type { Domain } from '../../../domain/domain.ts';
import type { Clock } from '../../../lifetime/clock.ts';
import type { Route } from '../../route.ts';
import type { TokenSigner } from '../../signed-token.ts';
import { agentRoutes } from './agents.routes.ts';
import type { KupeCaller } from './auth.ts';
import { peopleGroupRoutes } from './people-groups.routes.ts';

export interface KupeRouteParts {
  readonly domain: Domain;
  readonly clock: Clock;
  readonly dialer: Dialer;
  readonly signer: TokenSigner;
}

/** Every operation of this dialect. */
export function kupeRoutes({ domain, clock }: KupeRouteParts): readonly Route<KupeCaller>[] {
  return [...agentRoutes({ ...domain, clock }), ...peopleGroupRoutes(domain)];
}
