import { z } from 'zod';
import type { AgentService } from '../../../domain/agents/agent-service.ts';
import type { WebhookService } from '../../../domain/webhooks/webhook-service.ts';
import { type Route, route } from '../../route.ts';
import { json, wholeList } from './answers.ts';
import type { KupeCaller } from './auth.ts';
import { jsonObject, queryBoolean } from './fields.ts';
import { toWebhookChange, webhookBody, webhookSchema, webhookToWire } from './webhooks.wire.ts';

const group = 'Webhooks';
const base = '/api/v1/webhooks';

export interface WebhookRouteParts {
  readonly agents: AgentService;
  readonly webhooks: WebhookService;
}

export function webhookRoutes({ agents, webhooks }: WebhookRouteParts): readonly Route<KupeCaller>[] {
  return [
    route({
      method: 'GET',
      path: `${base}/me`,
      summary: 'List the webhooks of all agents',
      group,
      responses: { 200: z.object({ agents: z.array(webhookSchema) }) },
      answer: ({ caller, origin }) => {
        const { items } = agents.list({ organizationId: caller.organizationId }, wholeList);
        const all = items.map(({ id, name }) => ({
          agent_name: name,
          ...webhookToWire(webhooks.peekOfAgent(caller, id), origin, false),
        }));
        return json({ agents: all });
      },
    }),
    route({
      method: 'GET',
      path: `${base}/agents/{agent_id}`,
      summary: 'Get the webhooks of an agent',
      group,
      query: z.object({ reveal_secret: queryBoolean.default(false) }),
      responses: { 200: webhookSchema },
      answer: async ({ caller, params, query, origin }) => {
        const webhook = await webhooks.ofAgent(caller, params.agent_id);
        return json(webhookToWire(webhook, origin, query.reveal_secret));
      },
    }),
    route({
      method: 'PUT',
      path: `${base}/agents/{agent_id}`,
      summary: 'Change the webhooks of an agent; fields that are absent stay',
      group,
      body: webhookBody,
      responses: { 200: webhookSchema },
      answer: async ({ caller, params, body, origin }) => {
        const before = await webhooks.ofAgent(caller, params.agent_id);
        const webhook = await webhooks.changeOfAgent(caller, params.agent_id, toWebhookChange(body, before));
        return json(webhookToWire(webhook, origin, false));
      },
    }),
    route({
      method: 'POST',
      path: `${base}/agents/{agent_id}/rotate-secret`,
      summary: 'Make a new secret; the old one is worth nothing at once',
      group,
      responses: { 200: webhookSchema },
      answer: async ({ caller, params, origin }) =>
        json(webhookToWire(await webhooks.rotateSecret(caller, params.agent_id), origin, true)),
    }),
    testRoute(webhooks),
  ];
}

const testPayload = {
  event: 'voiceCallCompleted',
  test: true,
  call_id: '00000000-0000-4000-8000-000000000000',
  call_status: 'completed',
  call_duration: 0,
  summary: 'This is a test of the webhook.',
  extracted_variables: {},
};

/** 502 when the receiver can't be reached or answers anything but 2xx. */
function testRoute(webhooks: WebhookService): Route<KupeCaller> {
  const answer = z.object({
    success: z.boolean(),
    message: z.string(),
    status_code: z.int().nullable(),
    latency_ms: z.number(),
  });
  return route({
    method: 'POST',
    path: `${base}/agents/{agent_id}/test-outgoing`,
    summary: 'Send a test to the outgoing webhook',
    group,
    body: z.object({ payload: jsonObject.optional() }),
    responses: { 200: answer },
    answer: async ({ caller, params, body }) => {
      const payload = body.payload ?? { ...testPayload, agent_id: params.agent_id };
      const attempt = await webhooks.testOutgoing(caller, params.agent_id, payload);
      const { errorMessage, latencyMs, statusCode } = attempt;
      if (errorMessage !== null) return json({ detail: `Not delivered: ${errorMessage}` }, 502);
      return json({ success: true, message: 'Delivered', status_code: statusCode, latency_ms: latencyMs });
    },
  });
}
