import { z } from 'zod';
import { type Integration, integrationStatuses, withSecrets } from '../../../domain/integrations/integration.ts';
import type { IntegrationService } from '../../../domain/integrations/integration-service.ts';
import type { JsonObject } from '../../../domain/json-column.ts';
import { type Route, route } from '../../route.ts';
import { jsonObject, present, shortText } from '../../wire-fields.ts';
import type { VoiceraCaller } from './auth.ts';
import {
  changedUnknownFields,
  extraFields,
  isoSeconds,
  isoSecondsOrNull,
  nullableTimeWire,
  timeWire,
  unknownFields,
} from './fields.ts';
import { listBody, listWire, pageOf, pageQuery } from './paging.ts';

const group = 'Integrations';

const body = z.looseObject({ type: shortText, name: shortText, config: jsonObject.default({}) });
const patch = z.looseObject({ type: shortText.optional(), name: shortText.optional(), config: jsonObject.optional() });
const known: ReadonlySet<string> = new Set(
  'type name config id user_id organization_id status last_checked_at created_at updated_at'.split(' '),
);

const createdWire = z.object({
  id: z.uuid(),
  type: z.string(),
  name: z.string(),
  status: z.enum(integrationStatuses),
  created_at: timeWire,
});
const wholeWire = createdWire.extend({
  config: jsonObject,
  last_checked_at: nullableTimeWire,
  updated_at: timeWire,
});

function toWire(integration: Integration): JsonObject {
  return {
    ...extraFields(integration.extras),
    id: integration.id,
    type: integration.type,
    name: integration.name,
    config: withSecrets(integration.config, integration.maskedSecrets),
    status: integration.status,
    last_checked_at: isoSecondsOrNull(integration.lastCheckedAtMs),
    created_at: isoSeconds(integration.createdAtMs),
    updated_at: isoSeconds(integration.updatedAtMs),
  };
}

export function integrationRoutes(integrations: IntegrationService): readonly Route<VoiceraCaller>[] {
  return [...storedRoutes(integrations), ...checkRoutes(integrations)];
}

function storedRoutes(integrations: IntegrationService): readonly Route<VoiceraCaller>[] {
  return [
    route({
      method: 'GET',
      path: '/integrations',
      summary: 'List integrations, their secrets masked',
      group,
      query: pageQuery,
      responses: { 200: listWire(wholeWire) },
      answer: ({ caller, query }) => {
        const data = listBody(integrations.list(caller, pageOf(query)), query, toWire);
        return { kind: 'json', status: 200, data };
      },
    }),
    route({
      method: 'POST',
      path: '/integrations',
      summary: 'Create an integration',
      group,
      body,
      responses: { 201: createdWire },
      answer: async ({ caller, body: { type, name, config, ...rest } }) => {
        const extras = unknownFields(rest, known);
        const made = await integrations.create(caller, { type, name, config, userId: caller.userId, extras });
        const data = { id: made.id, type, name, status: made.status, created_at: isoSeconds(made.createdAtMs) };
        return { kind: 'json', status: 201, data };
      },
    }),
    route({
      method: 'GET',
      path: '/integrations/{integration_id}',
      summary: 'Get an integration, its secrets masked',
      group,
      responses: { 200: wholeWire },
      answer: ({ caller, params }) => {
        return { kind: 'json', status: 200, data: toWire(integrations.get(caller, params.integration_id)) };
      },
    }),
    route({
      method: 'PUT',
      path: '/integrations/{integration_id}',
      summary: 'Change an integration; a masked secret that is sent back stays what it is',
      group,
      body: patch,
      responses: { 200: z.object({ id: z.uuid(), updated_at: timeWire }) },
      answer: async ({ caller, params, body: { type, name, config, ...rest } }) => {
        const before = integrations.get(caller, params.integration_id);
        const extras = changedUnknownFields(before.extras, rest, known);
        const change = { ...present({ type, name, config }), extras };
        const { id, updatedAtMs } = await integrations.update(caller, params.integration_id, change);
        return { kind: 'json', status: 200, data: { id, updated_at: isoSeconds(updatedAtMs) } };
      },
    }),
    route({
      method: 'DELETE',
      path: '/integrations/{integration_id}',
      summary: 'Delete an integration',
      group,
      responses: { 204: null },
      answer: async ({ caller, params }) => {
        await integrations.delete(caller, params.integration_id);
        return { kind: 'empty', status: 204 };
      },
    }),
  ];
}

function checkRoutes(integrations: IntegrationService): readonly Route<VoiceraCaller>[] {
  return [
    route({
      method: 'POST',
      path: '/integrations/{integration_id}/test',
      summary: 'Ask the service whether it is there',
      group,
      responses: { 200: z.object({ success: z.boolean(), message: z.string(), latency_ms: z.int() }) },
      answer: async ({ caller, params }) => {
        const { success, message, latencyMs } = await integrations.check(caller, params.integration_id);
        return { kind: 'json', status: 200, data: { success, message, latency_ms: latencyMs } };
      },
    }),
    route({
      method: 'GET',
      path: '/integrations/{integration_id}/status',
      summary: 'What the last test found',
      group,
      responses: {
        200: z.object({ id: z.uuid(), status: z.enum(integrationStatuses), last_checked_at: nullableTimeWire }),
      },
      answer: ({ caller, params }) => {
        const { id, status, lastCheckedAtMs } = integrations.get(caller, params.integration_id);
        const data = { id, status, last_checked_at: isoSecondsOrNull(lastCheckedAtMs) };
        return { kind: 'json', status: 200, data };
      },
    }),
  ];
}
