import type { Campaign } from '../../../domain/campaigns/campaign.ts';
import type { JsonObject } from '../../../domain/json-column.ts';
import type { EndpointEvent } from '../../../domain/webhooks/webhook.ts';
import type { CallNews } from '../../../domain/webhooks/webhook-payloads.ts';
import { callToWire } from './call-logs.wire.ts';
import { statusToWire } from './campaigns.wire.ts';
import { isoSeconds } from './fields.ts';

/** `data` is the call as `GET /call-logs/{id}` shows it. */
export function callWebhookToWire(event: EndpointEvent, news: CallNews, recordingUrl: string | null): JsonObject {
  const { analysis, atMs, call, costMicro, isConfidential, turns } = news;
  const data = callToWire(call, { turns, analysis, isConfidential, nowMs: atMs, recordingUrl, costMicro });
  return { event, timestamp: isoSeconds(atMs), data };
}

export function campaignWebhookToWire(campaign: Campaign, atMs: number): JsonObject {
  const { agentId, id, launchedAtMs, name, status } = campaign;
  // A campaign that was stopped is completed here.
  const endedAtMs = campaign.completedAtMs ?? campaign.stoppedAtMs;
  return {
    event: 'campaign.completed',
    timestamp: isoSeconds(atMs),
    data: {
      id,
      name,
      agent_id: agentId,
      status: statusToWire(status),
      launched_at: launchedAtMs === null ? null : isoSeconds(launchedAtMs),
      completed_at: endedAtMs === null ? null : isoSeconds(endedAtMs),
    },
  };
}
