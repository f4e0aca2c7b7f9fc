import { z } from 'zod';
import type { Extras, JsonObject } from '../../../domain/json-column.ts';
import {
  endpointEvents,
  type WebhookDelivery,
  type WebhookEndpoint,
  type WebhookEndpointDraft,
} from '../../../domain/webhooks/webhook.ts';
import type { WebhookService } from '../../../domain/webhooks/webhook-service.ts';
import type { Clock } from '../../../lifetime/clock.ts';
import { type Route, route } from '../../route.ts';
import { present } from '../../wire-fields.ts';
import type { VoiceraCaller } from './auth.ts';
import { changedUnknownFields, extraFields, isoSeconds, timeWire } from './fields.ts';
import { listBody, listWire, pageOf, pageQuery } from './paging.ts';

const group = 'Webhooks';

const fields = {
  url: z.url({ protocol: /^https?$/, error: 'must be an http or https URL' }).max(2_000),
  events: z
    .array(z.enum(endpointEvents, `must be one of ${endpointEvents.join(', ')}`))
    .min(1, 'must name at least one event')
    .max(endpointEvents.length),
  secret: z.string().min(1, 'must not be empty').max(500).nullish(),
  is_active: z.boolean().optional(),
};
const body = z.looseObject(fields);
const patch = body.partial();
const known: ReadonlySet<string> = new Set([
  ...Object.keys(fields),
  ...'id user_id organization_id created_at updated_at has_secret'.split(' '),
]);

const createdWire = z.object({
  id: z.uuid(),
  url: z.string(),
  events: z.array(z.enum(endpointEvents)),
  is_active: z.boolean(),
  created_at: timeWire,
});
const wholeWire = createdWire.extend({ has_secret: z.boolean(), updated_at: timeWire });
const deliveryWire = z.object({
  id: z.uuid(),
  event: z.string(),
  status_code: z.int().nullable(),
  attempts: z.int(),
  created_at: timeWire,
});

function createdToWire({ id, url, events, isActive, createdAtMs }: WebhookEndpoint): JsonObject {
  return { id, url, events, is_active: isActive, created_at: isoSeconds(createdAtMs) };
}

/** The secret itself is never shown again. */
function toWire(endpoint: WebhookEndpoint): JsonObject {
  return {
    ...extraFields(endpoint.extras),
    ...createdToWire(endpoint),
    has_secret: endpoint.secret !== null,
    updated_at: isoSeconds(endpoint.updatedAtMs),
  };
}

function deliveryToWire(delivery: WebhookDelivery): JsonObject {
  const { id, event, statusCode, attempts, createdAtMs, state, errorMessage } = delivery;
  return {
    id,
    event,
    status_code: statusCode,
    attempts,
    state,
    error: errorMessage,
    created_at: isoSeconds(createdAtMs),
  };
}

function toChange(sent: z.infer<typeof patch>, before: Extras = {}): Partial<WebhookEndpointDraft> {
  const { url, events, secret, is_active: isActive } = sent;
  return { ...present({ url, events, secret, isActive }), extras: changedUnknownFields(before, sent, known) };
}

export function webhookRoutes(webhooks: WebhookService, clock: Clock): readonly Route<VoiceraCaller>[] {
  return [...storedRoutes(webhooks), ...deliveryRoutes(webhooks, clock)];
}

function storedRoutes(webhooks: WebhookService): readonly Route<VoiceraCaller>[] {
  return [
    route({
      method: 'GET',
      path: '/webhooks',
      summary: 'List webhooks',
      group,
      query: pageQuery,
      responses: { 200: listWire(wholeWire) },
      answer: ({ caller, query }) => {
        const data = listBody(webhooks.endpoints(caller, pageOf(query)), query, toWire);
        return { kind: 'json', status: 200, data };
      },
    }),
    route({
      method: 'POST',
      path: '/webhooks',
      summary: 'Create a webhook; with a secret its requests are signed (X-Webhook-Signature)',
      group,
      body,
      responses: { 201: createdWire },
      answer: async ({ caller, body: sent }) => {
        const draft = { ...toChange(sent), url: sent.url, events: sent.events };
        return { kind: 'json', status: 201, data: createdToWire(await webhooks.createEndpoint(caller, draft)) };
      },
    }),
    route({
      method: 'GET',
      path: '/webhooks/{webhook_id}',
      summary: 'Get a webhook',
      group,
      responses: { 200: wholeWire },
      answer: ({ caller, params }) => {
        return { kind: 'json', status: 200, data: toWire(webhooks.endpoint(caller, params.webhook_id)) };
      },
    }),
    route({
      method: 'PUT',
      path: '/webhooks/{webhook_id}',
      summary: 'Change a webhook; fields that are not sent stay as they are',
      group,
      body: patch,
      responses: { 200: z.object({ id: z.uuid(), updated_at: timeWire }) },
      answer: async ({ caller, params, body: sent }) => {
        const { extras } = webhooks.endpoint(caller, params.webhook_id);
        const change = toChange(sent, extras);
        const { id, updatedAtMs } = await webhooks.updateEndpoint(caller, params.webhook_id, change);
        return { kind: 'json', status: 200, data: { id, updated_at: isoSeconds(updatedAtMs) } };
      },
    }),
    route({
      method: 'DELETE',
      path: '/webhooks/{webhook_id}',
      summary: 'Delete a webhook',
      group,
      responses: { 204: null },
      answer: async ({ caller, params }) => {
        await webhooks.deleteEndpoint(caller, params.webhook_id);
        return { kind: 'empty', status: 204 };
      },
    }),
  ];
}

function deliveryRoutes(webhooks: WebhookService, clock: Clock): readonly Route<VoiceraCaller>[] {
  return [
    route({
      method: 'POST',
      path: '/webhooks/{webhook_id}/test',
      summary: 'Send a test event now',
      group,
      responses: { 200: z.object({ success: z.boolean(), status_code: z.int().nullable() }) },
      answer: async ({ caller, params }) => {
        const payload = { event: 'test', timestamp: isoSeconds(clock.now()), data: { webhook_id: params.webhook_id } };
        const { statusCode, errorMessage } = await webhooks.testEndpoint(caller, params.webhook_id, payload);
        const data = { success: errorMessage === null, status_code: statusCode, message: errorMessage };
        return { kind: 'json', status: 200, data };
      },
    }),
    route({
      method: 'GET',
      path: '/webhooks/{webhook_id}/logs',
      summary: 'What was sent to a webhook, newest first',
      group,
      query: pageQuery,
      responses: { 200: listWire(deliveryWire) },
      answer: ({ caller, params, query }) => {
        const found = webhooks.endpointLog(caller, params.webhook_id, pageOf(query));
        return { kind: 'json', status: 200, data: listBody(found, query, deliveryToWire) };
      },
    }),
  ];
}
