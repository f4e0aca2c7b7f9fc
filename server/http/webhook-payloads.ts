import type { Recording } from '../domain/recordings/recording.ts';
import type { WebhookPayloads } from '../domain/webhooks/webhook-payloads.ts';
import { agentWebhookToWire } from './dialects/kupe/webhook-payload.wire.ts';
import { taskWebhookToWire } from './dialects/va/webhook-payload.wire.ts';
import { callWebhookToWire, campaignWebhookToWire } from './dialects/voicera/webhook-payload.wire.ts';
import type { TokenSigner } from './signed-token.ts';

export interface WebhookPayloadParts {
  readonly signer: TokenSigner;
  /** Where receivers can reach us. */
  readonly origin: () => string;
}

/** Receivers may come for a recording a day after they were told of it. */
const recordingTokenMs = 24 * 3_600_000;

/** Every kind of receiver is told in the shape of the API that it was named in. */
export function createWebhookPayloads({ signer, origin }: WebhookPayloadParts): WebhookPayloads {
  /** A recording that is still being settled can be had by the time the receiver comes. */
  const urlOf = (recording: Recording | undefined, pathOf: (callId: string) => string) => {
    if (!recording || recording.state === 'missing') return null;
    const token = encodeURIComponent(signer.sign('recording', recording.callId, recordingTokenMs));
    return `${origin()}${pathOf(recording.callId)}?token=${token}`;
  };
  const streamPath = (callId: string) => `/api/v1/calls/${callId}/recording/stream`;
  const downloadPath = (callId: string) => `/call-recordings/${callId}/download`;
  return {
    ofTask: taskWebhookToWire,
    ofAgent: (event, news) => agentWebhookToWire(event, news, urlOf(news.recording, streamPath)),
    ofEndpoint: (event, news) => callWebhookToWire(event, news, urlOf(news.recording, downloadPath)),
    ofCampaign: campaignWebhookToWire,
  };
}
