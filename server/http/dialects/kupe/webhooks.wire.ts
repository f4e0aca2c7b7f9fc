import { z } from 'zod';
import type { JsonObject } from '../../../domain/json-column.ts';
import {
  type AgentWebhook,
  type AgentWebhookChange,
  maxRetryCount,
  webhookMethods,
} from '../../../domain/webhooks/webhook.ts';
import { unknownFields } from '../../wire-fields.ts';
import { extraFields, present, shortText } from './fields.ts';

const attachedVariable = z.object({
  name: shortText,
  default_value: z
    .union([z.string(), z.number(), z.boolean()])
    .nullish()
    .transform((value) => (value === undefined || value === null ? null : String(value))),
});

const incoming = z.object({
  enabled: z.boolean().optional(),
  secret: z.string().max(200).optional(),
  attached_variables: z.array(attachedVariable).max(200, 'must be at most 200 variables').optional(),
});

const outgoing = z.object({
  enabled: z.boolean().optional(),
  url: z.string().trim().max(2_000).nullish(),
  method: z
    .string()
    .toUpperCase()
    .pipe(z.enum(webhookMethods, `must be one of ${webhookMethods.join(', ')}`))
    .optional(),
  headers: z.record(z.string(), z.string('must be a text')).nullish(),
  auth: z.object({ type: z.literal('bearer').default('bearer'), token: z.string().max(4_000) }).nullish(),
  retry_count: z.int().min(0).max(maxRetryCount, `must be at most ${maxRetryCount}`).optional(),
});

const fields = {
  trigger_on_web_call: z.boolean().optional(),
  trigger_on_phone_call: z.boolean().optional(),
  incoming: incoming.optional(),
  outgoing: outgoing.optional(),
};

export const webhookBody = z.looseObject(fields);
const known: ReadonlySet<string> = new Set([...Object.keys(fields), 'agent_id', 'agent_name', 'incoming_url']);

export const webhookSchema = z.looseObject({
  agent_id: z.string(),
  incoming_url: z.string(),
  trigger_on_web_call: z.boolean(),
  trigger_on_phone_call: z.boolean(),
  incoming: z.object({
    enabled: z.boolean(),
    secret: z.string(),
    attached_variables: z.array(z.object({ name: z.string(), default_value: z.string().nullable() })),
  }),
  outgoing: z.object({
    enabled: z.boolean(),
    url: z.string().nullable(),
    method: z.enum(webhookMethods),
    headers: z.record(z.string(), z.string()),
    auth: z.object({ type: z.literal('bearer'), token: z.string() }).nullable(),
    retry_count: z.int(),
  }),
});

/** What stands for a secret that isn't shown; sent back, it changes nothing. */
const mask = '********';

/** A masked secret or token that comes back leaves the one that is there. */
export function toWebhookChange(body: z.infer<typeof webhookBody>, before: AgentWebhook): AgentWebhookChange {
  const change = present({
    triggerOnWebCall: body.trigger_on_web_call,
    triggerOnPhoneCall: body.trigger_on_phone_call,
    incoming: body.incoming && incomingChange(body.incoming),
    outgoing: body.outgoing && outgoingChange(body.outgoing, before),
  });
  return { ...change, extras: unknownFields('kupe', body, known) };
}

function incomingChange({ enabled, secret, attached_variables }: z.infer<typeof incoming>) {
  return present({
    enabled,
    secret: isMasked(secret) ? undefined : secret,
    attachedVariables: attached_variables?.map(({ name, default_value }) => ({ name, defaultValue: default_value })),
  });
}

function outgoingChange(body: z.infer<typeof outgoing>, before: AgentWebhook) {
  return present({
    enabled: body.enabled,
    url: body.url === '' ? null : body.url,
    method: body.method,
    headers: body.headers === null ? {} : body.headers,
    auth: body.auth && isMasked(body.auth.token) ? before.outgoing.auth : body.auth,
    retryCount: body.retry_count,
  });
}

function isMasked(text: string | undefined): boolean {
  return text?.startsWith(mask) ?? false;
}

/** `reveals`: the secret and the token as they are; else only their last four characters. */
export function webhookToWire(webhook: AgentWebhook, origin: string, reveals: boolean): JsonObject {
  const { incoming, outgoing } = webhook;
  const shown = (secret: string) => (reveals ? secret : mask + secret.slice(-4));
  return {
    ...extraFields(webhook.extras),
    agent_id: webhook.agentId,
    incoming_url: `${origin}/api/v1/webhooks/agents/${webhook.agentId}/incoming`,
    trigger_on_web_call: webhook.triggerOnWebCall,
    trigger_on_phone_call: webhook.triggerOnPhoneCall,
    incoming: {
      enabled: incoming.enabled,
      secret: shown(incoming.secret),
      attached_variables: incoming.attachedVariables.map(({ name, defaultValue }) => ({
        name,
        default_value: defaultValue,
      })),
    },
    outgoing: {
      enabled: outgoing.enabled,
      url: outgoing.url,
      method: outgoing.method,
      headers: outgoing.headers,
      auth: outgoing.auth && { type: outgoing.auth.type, token: shown(outgoing.auth.token) },
      retry_count: outgoing.retryCount,
    },
  };
}
