import { z } from 'zod';
import type { AgentWebhook } from '../../../domain/webhooks/webhook.ts';
import { jsonObject } from './fields.ts';

export const incomingBody = z.looseObject({
  phoneNumber: z.string().optional(),
  to_number: z.string().optional(),
  phone_number: z.string().optional(),
  phone_number_id: z.string().nullish(),
  variable_values: jsonObject.optional(),
  variables: jsonObject.optional(),
  context_params: jsonObject.optional(),
});

const reserved: ReadonlySet<string> = new Set(Object.keys(incomingBody.shape).concat('agent_id'));

/** The variables of an incoming request: attached ones < other keys of the body < those it names as variables. */
export function variablesOf(
  body: z.infer<typeof incomingBody>,
  webhook: AgentWebhook,
): Readonly<Record<string, string>> {
  const attached = webhook.incoming.attachedVariables.map(({ name, defaultValue }) => [name, defaultValue ?? '']);
  const others = Object.entries(body).filter(([key]) => !reserved.has(key));
  const named = [body.context_params, body.variables, body.variable_values].flatMap((values) =>
    Object.entries(values ?? {}),
  );
  const all = [...others, ...named].filter(([key, value]) => key !== '__proto__' && value !== null);
  return { ...Object.fromEntries(attached), ...Object.fromEntries(all.map(([key, value]) => [key, asText(value)])) };
}

function asText(value: unknown): string {
  return typeof value === 'string' ? value : JSON.stringify(value);
}

export function numberOf(body: z.infer<typeof incomingBody>): string | undefined {
  return body.phoneNumber ?? body.to_number ?? body.phone_number;
}
