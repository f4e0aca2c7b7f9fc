import type { Domain } from '../../../domain/domain.ts';
import type { Route } from '../../route.ts';
import { agentRoutes } from './agents.routes.ts';
import type { KupeCaller } from './auth.ts';
import { peopleGroupRoutes } from './people-groups.routes.ts';

export interface KupeRouteParts {
  readonly domain: Domain;
}

/** Every operation of this dialect. */
export function kupeRoutes({ domain }: KupeRouteParts): readonly Route<KupeCaller>[] {
  return [...agentRoutes(domain), ...peopleGroupRoutes(domain)];
}
