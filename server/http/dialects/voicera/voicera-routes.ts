import type { Domain } from '../../../domain/domain.ts';
import type { Clock } from '../../../lifetime/clock.ts';
import type { LogRing } from '../../../log/log-ring.ts';
import type { Logger } from '../../../log/logger.ts';
import type { Maintenance } from '../../maintenance.ts';
import type { Route } from '../../route.ts';
import type { TokenSigner } from '../../signed-token.ts';
import type { SystemHealth } from '../../system-health.ts';
import { adminRoutes } from './admin.routes.ts';
import { agentRoutes } from './agents.routes.ts';
import { analyticsRoutes } from './analytics.routes.ts';
import { authRoutes } from './auth.routes.ts';
import type { VoiceraCaller } from './auth.ts';
import { callLogRoutes } from './call-logs.routes.ts';
import { campaignRoutes } from './campaigns.routes.ts';
import { integrationRoutes } from './integrations.routes.ts';
import { recordingRoutes } from './recordings.routes.ts';
import { systemRoutes } from './system.routes.ts';
import { userRoutes } from './users.routes.ts';
import { webhookRoutes } from './webhooks.routes.ts';

export interface VoiceraRouteParts {
  readonly domain: Domain;
  readonly clock: Clock;
  readonly signer: TokenSigner;
  readonly maintenance: Maintenance;
  readonly systemHealth: SystemHealth;
  readonly recentLogs: LogRing;
  readonly version: string;
  readonly log: Logger;
}

/** Every row of this API. */
export function voiceraRoutes(parts: VoiceraRouteParts): readonly Route<VoiceraCaller>[] {
  const { clock, domain, log, signer } = parts;
  const over = { ...domain, clock, signer, log };
  return [
    ...authRoutes(domain),
    ...userRoutes(domain),
    ...agentRoutes(domain),
    ...campaignRoutes(domain),
    ...callLogRoutes(over),
    ...recordingRoutes(over),
    ...analyticsRoutes(over),
    ...integrationRoutes(domain.integrations),
    ...webhookRoutes(domain.webhooks, clock),
    ...adminRoutes({ ...parts, users: domain.users, analytics: domain.analytics }),
    ...systemRoutes(parts),
  ];
}
