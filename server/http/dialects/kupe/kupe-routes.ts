import type { Dialer } from '../../../domain/calls/outbound-order.ts';
import type { Domain } from '../../../domain/domain.ts';
import type { Clock } from '../../../lifetime/clock.ts';
import { MediaLinks } from '../../media-links.ts';
import type { Route } from '../../route.ts';
import type { TokenSigner } from '../../signed-token.ts';
import { agentListRoutes } from './agent-list.routes.ts';
import { AgentListPrinter } from './agent-list-printer.ts';
import { agentRoutes } from './agents.routes.ts';
import { apiKeyRoutes } from './api-keys.routes.ts';
import type { KupeCaller } from './auth.ts';
import { authShimRoutes } from './auth-shim.routes.ts';
import { batchCallRoutes } from './batch-call.routes.ts';
import { billingRoutes } from './billing.routes.ts';
import { CallLogPrinter } from './call-log-printer.ts';
import { callLogRoutes } from './call-logs.routes.ts';
import { callPageRoutes } from './call-pages.routes.ts';
import { campaignRoutes } from './campaigns.routes.ts';
import { createCallRoutes } from './create-call.routes.ts';
import { earningsRoutes } from './earnings.routes.ts';
import { featureFlagRoutes } from './feature-flags.routes.ts';
import { behindFeature } from './feature-gate.ts';
import { fileRoutes } from './files.routes.ts';
import { incomingWebhookRoute } from './incoming-webhook.routes.ts';
import { mcpServerRoutes } from './mcp-servers.routes.ts';
import { meRoutes } from './me.routes.ts';
import { mediaRoutes } from './media.routes.ts';
import { organizationRoutes } from './organizations.routes.ts';
import { peopleGroupRoutes } from './people-groups.routes.ts';
import { phoneRoutes } from './phone.routes.ts';
import { postAnalysisRoutes } from './post-analysis.routes.ts';
import { providerRoutes } from './providers.routes.ts';
import { searchRoutes } from './search.routes.ts';
import { toolRoutes } from './tools.routes.ts';
import { VoiceTokens } from './voice-tokens.ts';
import { walletRoutes } from './wallets.routes.ts';
import { webhookRoutes } from './webhooks.routes.ts';

export interface KupeRouteParts {
  readonly domain: Domain;
  readonly clock: Clock;
  readonly dialer: Dialer;
  readonly signer: TokenSigner;
  readonly isPeerHost: (host: string) => boolean;
}

/** Every operation of this dialect. */
export function kupeRoutes({
  domain,
  clock,
  dialer,
  isPeerHost,
  signer,
}: KupeRouteParts): readonly Route<KupeCaller>[] {
  const { featureFlags } = domain;
  const links = new MediaLinks(signer, clock);
  const printer = new CallLogPrinter({ ...domain, links });
  return [
    ...authShimRoutes({ ...domain, nowMs: () => clock.now() }),
    ...agentListRoutes({ ...domain, clock, printer: new AgentListPrinter(domain) }),
    ...agentRoutes(domain),
    ...meRoutes(domain),
    ...providerRoutes(domain),
    ...phoneRoutes(domain),
    ...createCallRoutes({ ...domain, dialer, isPeerHost }),
    ...callPageRoutes({ ...domain, dialer, voiceTokens: new VoiceTokens(signer, clock) }),
    ...callLogRoutes({ ...domain, printer }),
    ...mediaRoutes({ ...domain, links }),
    ...behindFeature(featureFlags, 'knowledge_base', fileRoutes({ ...domain, links })),
    ...searchRoutes({ ...domain, clock }),
    ...peopleGroupRoutes(domain),
    ...behindFeature(featureFlags, 'outbound', [
      ...behindFeature(featureFlags, 'batch_calls', [
        ...batchCallRoutes(domain),
        ...campaignRoutes({ ...domain, printer }),
      ]),
    ]),
    ...apiKeyRoutes(domain),
    ...behindFeature(featureFlags, 'billing', billingRoutes({ ...domain, clock })),
    ...walletRoutes(domain),
    ...organizationRoutes(domain),
    ...earningsRoutes(domain),
    ...featureFlagRoutes(domain),
    ...behindFeature(featureFlags, 'tools', toolRoutes(domain)),
    ...behindFeature(featureFlags, 'mcp', mcpServerRoutes(domain)),
    ...behindFeature(featureFlags, 'post_analysis', postAnalysisRoutes(domain)),
    ...webhookRoutes(domain),
    incomingWebhookRoute({ ...domain, dialer, isPeerHost }),
  ];
}
