import { z } from 'zod';
import { LandlineError } from '../../../contract/errors.ts';
import type { AgentService } from '../../../domain/agents/agent-service.ts';
import type { FeatureFlagService } from '../../../domain/feature-flags/feature-flag-service.ts';
import type { PhoneNumber } from '../../../domain/numbers/number.ts';
import type { NumberService } from '../../../domain/numbers/number-service.ts';
import { type Route, route } from '../../route.ts';
import type { KupeCaller } from './auth.ts';
import { behindFeature } from './feature-gate.ts';
import { isoTime, uuid } from './fields.ts';

export interface PhoneRouteParts {
  readonly agents: AgentService;
  readonly numbers: NumberService;
  readonly featureFlags: Pick<FeatureFlagService, 'isOn'>;
}

const lineAnswer = z.object({
  id: z.guid(),
  phone_number: z.string(),
  friendly_name: z.string().nullable(),
  country_code: z.string().nullable(),
  region: z.string().nullable(),
  is_active: z.boolean(),
  created_at: z.string(),
});
const mappingAnswer = z.object({
  id: z.guid(),
  agent_id: z.guid(),
  workflow_id: z.null(),
  phone_number_id: z.guid(),
  phone_number: z.string(),
  user_id: z.guid().nullable(),
  created_at: z.string(),
});
const mappingBody = z.looseObject({
  phone_number_id: uuid,
  agent_id: uuid.nullish(),
  workflow_id: uuid.nullish(),
});

export function phoneRoutes(parts: PhoneRouteParts): readonly Route<KupeCaller>[] {
  return [lineRoute(parts), ...behindFeature(parts.featureFlags, 'inbound', mappingRoutes(parts))];
}

function lineRoute({ numbers }: PhoneRouteParts): Route<KupeCaller> {
  return route({
    method: 'GET',
    path: '/api/v1/phone',
    summary: 'List phone lines',
    group: 'Phone numbers',
    responses: { 200: z.object({ success: z.literal(true), phone_numbers: z.array(lineAnswer) }) },
    answer: ({ caller }) => {
      const phone_numbers = numbers.ofOrganization(caller.organizationId).map(lineToWire);
      return { kind: 'json', status: 200, data: { success: true, phone_numbers } };
    },
  });
}

function mappingRoutes({ agents, numbers }: PhoneRouteParts): readonly Route<KupeCaller>[] {
  const group = 'Incoming calls';
  return [
    route({
      method: 'POST',
      path: '/api/v1/phone/mapping',
      summary: 'Let an agent answer a phone line',
      group,
      body: mappingBody,
      responses: { 200: z.object({ success: z.literal(true), message: z.string(), mapping: mappingAnswer }) },
      answer: async ({ caller, body }) => {
        const agentId = mappedAgent(body);
        const { organizationId, userId } = caller;
        const number = await numbers.map(organizationId, body.phone_number_id, { agentId, userId });
        const data = { success: true, message: 'Phone number mapped successfully', mapping: mappingToWire(number)[0] };
        return { kind: 'json', status: 200, data };
      },
    }),
    route({
      method: 'GET',
      path: '/api/v1/phone/mapping/agent/{agent_id}',
      summary: 'List the phone lines of an agent',
      group,
      responses: { 200: z.object({ success: z.literal(true), mappings: z.array(mappingAnswer) }) },
      answer: ({ caller, params }) => {
        const { id } = agents.get(caller.organizationId, params.agent_id);
        const mappings = numbers.ofAgent(id).flatMap(mappingToWire);
        return { kind: 'json', status: 200, data: { success: true, mappings } };
      },
    }),
    route({
      method: 'GET',
      path: '/api/v1/phone/mapping/{phone_number_id}',
      summary: 'Who answers a phone line',
      group,
      responses: { 200: z.object({ success: z.literal(true), mapping: mappingAnswer.nullable() }) },
      answer: ({ caller, params }) => {
        const [mapping = null] = mappingToWire(numbers.get(caller.organizationId, params.phone_number_id));
        return { kind: 'json', status: 200, data: { success: true, mapping } };
      },
    }),
  ];
}

/** Exactly one of agent and workflow must be named, and there are no workflows here. */
function mappedAgent({ agent_id, workflow_id }: z.infer<typeof mappingBody>): string {
  if (agent_id && workflow_id) {
    throw new LandlineError('invalid-argument', 'Send either agent_id or workflow_id, not both');
  }
  if (workflow_id) throw new LandlineError('workflow-unavailable', 'Workflows are not available on this appliance');
  if (!agent_id) throw new LandlineError('invalid-argument', 'Either agent_id or workflow_id is required');
  return agent_id;
}

function lineToWire(number: PhoneNumber): object {
  return {
    id: number.id,
    phone_number: number.dialled,
    friendly_name: number.friendlyName,
    country_code: number.countryCode,
    region: number.region,
    is_active: number.isActive,
    created_at: isoTime(number.createdAtMs),
  };
}

/** Empty for a line that nobody answers. */
function mappingToWire({ agentId, dialled, id, mapping }: PhoneNumber): readonly object[] {
  if (!mapping) return [];
  return [
    {
      id: mapping.id,
      agent_id: agentId,
      workflow_id: null,
      phone_number_id: id,
      phone_number: dialled,
      user_id: mapping.userId,
      created_at: isoTime(mapping.atMs),
    },
  ];
}
