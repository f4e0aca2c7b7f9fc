import { z } from 'zod';
import type { WebhookDelivery } from '../../../domain/webhooks/webhook.ts';
import type { WebhookService } from '../../../domain/webhooks/webhook-service.ts';
import { type Route, route } from '../../route.ts';
import { isoTime } from '../../wire-fields.ts';
import type { AppCaller } from './auth.ts';
import { listAnswer, listWire, pagingQuery } from './paging.ts';

const group = 'Webhooks';
const states = ['queued', 'delivered', 'failed'] as const;
const secretWire = z.object({ has_secret: z.boolean() });
const deliveryWire = z.object({
  id: z.uuid(),
  owner_kind: z.enum(['agent', 'task', 'endpoint']),
  owner_id: z.string(),
  event: z.string(),
  subject_id: z.string(),
  url: z.string(),
  state: z.enum(states),
  attempts: z.int(),
  status_code: z.int().nullable(),
  error: z.string().nullable(),
  created_at: z.iso.datetime(),
  updated_at: z.iso.datetime(),
});

/** What was told to receivers of the caller's organization, and the secret that signs what tasks tell. */
export function webhookRoutes(webhooks: WebhookService): readonly Route<AppCaller>[] {
  return [
    route({
      method: 'GET',
      path: '/app/api/webhook-deliveries',
      summary: 'What was told to webhooks of agents, tasks and the organization, newest first',
      group,
      query: z.object({
        ...pagingQuery,
        state: z.enum(states, `must be one of ${states.join(', ')}`).optional(),
      }),
      responses: { 200: listWire(deliveryWire) },
      answer: ({ caller, query }) =>
        listAnswer(webhooks.deliveries(caller, { state: query.state }, query), query, deliveryToWire),
    }),
    route({
      method: 'GET',
      path: '/app/api/webhook-secret',
      summary: 'Whether what the webhooks of tasks are told is signed',
      group,
      responses: { 200: secretWire },
      answer: ({ caller }) => {
        return { kind: 'json', status: 200, data: { has_secret: webhooks.organizationSecret(caller) !== null } };
      },
    }),
    route({
      method: 'PUT',
      path: '/app/api/webhook-secret',
      summary: 'Sign what the webhooks of tasks are told (X-Webhook-Signature) with this secret; null ends that',
      group,
      body: z.object({
        secret: z.string().min(16, 'must have at least 16 characters').max(500).nullable(),
      }),
      responses: { 200: secretWire },
      answer: async ({ caller, body }) => {
        await webhooks.setOrganizationSecret(caller, body.secret);
        return { kind: 'json', status: 200, data: { has_secret: body.secret !== null } };
      },
    }),
  ];
}

function deliveryToWire(delivery: WebhookDelivery): z.infer<typeof deliveryWire> {
  return {
    id: delivery.id,
    owner_kind: delivery.ownerKind,
    owner_id: delivery.ownerId,
    event: delivery.event,
    subject_id: delivery.subjectId,
    url: delivery.url,
    state: delivery.state,
    attempts: delivery.attempts,
    status_code: delivery.statusCode,
    error: delivery.errorMessage,
    created_at: isoTime(delivery.createdAtMs),
    updated_at: isoTime(delivery.updatedAtMs),
  };
}
