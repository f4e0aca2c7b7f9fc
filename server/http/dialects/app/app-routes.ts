import type { Domain } from '../../../domain/domain.ts';
import type { Clock } from '../../../lifetime/clock.ts';
import type { PrintedLists } from '../../moving-in.ts';
import type { Route } from '../../route.ts';
import type { AppCaller } from './auth.ts';
import { billingRoutes } from './billing.routes.ts';
import { callRoutes } from './calls.routes.ts';
import { credentialRoutes } from './credentials.routes.ts';
import { doNotCallRoutes } from './do-not-call.routes.ts';
import { houseRoutes } from './house.routes.ts';
import { importRoutes } from './import.routes.ts';
import { invitationRoutes } from './invitations.routes.ts';
import { organizationRoutes } from './organizations.routes.ts';
import { sessionRoutes } from './session.routes.ts';
import { toolRoutes } from './tools.routes.ts';
import { userRoutes } from './users.routes.ts';
import { webhookRoutes } from './webhooks.routes.ts';

export interface AppRouteParts {
  readonly domain: Domain;
  readonly clock: Clock;
  readonly readCounters: () => Promise<unknown>;
  /** What services that speak the public APIs print. */
  readonly printed: PrintedLists;
}

/** Every operation of our own API. */
export function appRoutes({ domain, clock, printed, readCounters }: AppRouteParts): readonly Route<AppCaller>[] {
  const nowMs = () => clock.now();
  return [
    ...sessionRoutes({ ...domain, nowMs }),
    ...userRoutes(domain),
    ...invitationRoutes(domain.invitations),
    ...organizationRoutes(domain),
    ...doNotCallRoutes(domain.doNotCall),
    ...credentialRoutes({ ...domain, nowMs }),
    ...importRoutes({ ...domain, printed }),
    ...billingRoutes(domain),
    ...webhookRoutes(domain.webhooks),
    ...callRoutes(domain),
    ...toolRoutes(domain.toolTryOuts),
    ...houseRoutes({ ...domain, readCounters }),
  ];
}
