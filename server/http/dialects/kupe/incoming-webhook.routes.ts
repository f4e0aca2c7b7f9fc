import { z } from 'zod';
import type { WebhookService } from '../../../domain/webhooks/webhook-service.ts';
import { invalidRequest, publicRoute, type Route } from '../../route.ts';
import { json } from './answers.ts';
import type { KupeCaller } from './auth.ts';
import { type CreateCallParts, callQuery, placeCall } from './create-call.routes.ts';
import { incomingBody, numberOf, variablesOf } from './incoming-webhook.wire.ts';

export interface IncomingWebhookParts extends CreateCallParts {
  readonly webhooks: WebhookService;
}

const signatureHeader = 'x-webhook-signature';

/** A request of somebody else's system, signed with the agent's secret: it names whom to call, with which values. */
export function incomingWebhookRoute(parts: IncomingWebhookParts): Route<KupeCaller> {
  const row = publicRoute<KupeCaller, '/api/v1/webhooks/agents/{agent_id}/incoming', never, undefined, IncomingBody>({
    method: 'POST',
    path: '/api/v1/webhooks/agents/{agent_id}/incoming',
    summary: 'Call somebody with an agent; signed by X-Webhook-Signature, without a key',
    group: 'Webhooks',
    keepsRawBody: true,
    body: incomingBody,
    responses: {
      200: z.looseObject({ status: z.string(), variable_values: z.record(z.string(), z.string()) }),
      202: z.looseObject({ status: z.literal('queued'), variable_values: z.record(z.string(), z.string()) }),
    },
    answer: async ({ params, body, rawBody, header }) => {
      const webhook = parts.webhooks.incoming(params.agent_id, rawBody, header(signatureHeader));
      const variable_values = variablesOf(body, webhook);
      const { agentId, organizationId } = webhook;
      const phoneNumber = numberOf(body);
      if (phoneNumber === undefined) return json({ status: 'resolved', agent_id: agentId, variable_values });
      const query = parseQuery(parts, { phoneNumber, agent_id: agentId, phone_number_id: body.phone_number_id });
      const caller = { organizationId, userId: null };
      const { data, status } = await placeCall(parts, caller, query, { variable_values });
      return json({ ...Object(data), variable_values }, status);
    },
  });
  return {
    ...row,
    // Who can't sign learns nothing of what the body should have been.
    run: async (request) => {
      const agentId = request.params['agent_id']?.toLowerCase() ?? '';
      parts.webhooks.incoming(agentId, request.rawBody, request.header(signatureHeader));
      return row.run(request);
    },
  };
}

type IncomingBody = z.infer<typeof incomingBody>;

function parseQuery({ isPeerHost }: IncomingWebhookParts, fields: object): z.infer<ReturnType<typeof callQuery>> {
  const present = Object.fromEntries(
    Object.entries(fields).filter(([, value]) => value !== null && value !== undefined),
  );
  const parsed = callQuery(isPeerHost).safeParse(present);
  if (parsed.success) return parsed.data;
  throw invalidRequest(
    parsed.error.issues.map(({ path, message }) => ({ in: 'body', field: path.join('.') || 'body', message })),
  );
}
