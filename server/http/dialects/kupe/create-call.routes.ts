import { randomUUID } from 'node:crypto';
import { z } from 'zod';
import { LandlineError, messageOf } from '../../../contract/errors.ts';
import type { Agent } from '../../../domain/agents/agent.ts';
import type { AgentService } from '../../../domain/agents/agent-service.ts';
import type { Dialer } from '../../../domain/calls/outbound-order.ts';
import type { FeatureFlagService } from '../../../domain/feature-flags/feature-flag-service.ts';
import type { PhoneNumber } from '../../../domain/numbers/number.ts';
import type { NumberService } from '../../../domain/numbers/number-service.ts';
import type { QueuedCall } from '../../../domain/queued-calls/queued-call.ts';
import type { QueuedCallService } from '../../../domain/queued-calls/queued-call-service.ts';
import { parseDialTarget } from '../../../domain/tasks/dial-target.ts';
import { type Answer, type Route, route } from '../../route.ts';
import type { KupeCaller } from './auth.ts';
import { behindFeature } from './feature-gate.ts';
import { jsonObject, uuid } from './fields.ts';

export interface CreateCallParts {
  readonly agents: AgentService;
  readonly numbers: NumberService;
  readonly queuedCalls: QueuedCallService;
  readonly featureFlags: Pick<FeatureFlagService, 'isOn'>;
  readonly dialer: Dialer;
  readonly isPeerHost: (host: string) => boolean;
}

const ids = {
  request_id: z.guid(),
  call_session_id: z.guid(),
  user_id: z.guid().nullable(),
  telephony_provider: z.literal('pstn'),
  target_number: z.string(),
  from_phone_number: z.string().optional(),
};
const started = z.object({ status: z.enum(['success', 'failed']), ...ids, detail: z.string().optional() });
const queuedAnswer = z.object({
  status: z.literal('queued'),
  queue_job_id: z.guid(),
  agent_id: z.guid(),
  source: z.literal('create_call'),
  ...ids,
});

export function createCallRoutes(parts: CreateCallParts): readonly Route<KupeCaller>[] {
  const row = route<KupeCaller, '/api/call/create_call', never, CallQuery, CallBody>({
    method: 'POST',
    path: '/api/call/create_call',
    summary: 'Call a number with an agent',
    group: 'Outbound calls',
    query: callQuery(parts.isPeerHost),
    body: callBody,
    responses: { 200: started, 202: queuedAnswer },
    answer: ({ caller, query, body }) => placeCall(parts, caller, query, body),
  });
  return behindFeature(parts.featureFlags, 'outbound', [row]);
}

const callBody = z.looseObject({ variable_values: jsonObject.nullish() });
type CallBody = z.infer<typeof callBody>;

/** An unescaped `+` of a query arrives as a space, and many clients send digits alone. */
export const callQuery = (isPeerHost: (host: string) => boolean) =>
  z.object({
    phoneNumber: z
      .string()
      .transform((text) => text.trim().replace(/^(\d{7,15})$/, '+$1'))
      .superRefine((text, context) => {
        const target = parseDialTarget(text, isPeerHost);
        if (target.kind === 'invalid') context.addIssue({ code: 'custom', message: target.why });
      }),
    agent_id: uuid.optional(),
    workflow_id: z.string().optional(),
    phone_number_id: uuid.optional(),
  });
type CallQuery = z.infer<ReturnType<typeof callQuery>>;

/**
 * A call that could not be begun is still 200, with `status: "failed"` and its ids; one for which no line is free is
 * 202 and begins when there is one.
 */
export async function placeCall(
  parts: CreateCallParts,
  caller: Pick<KupeCaller, 'organizationId' | 'userId'>,
  query: CallQuery,
  body: CallBody,
): Promise<Extract<Answer, { kind: 'json' }>> {
  const { agent, line } = chooseLine(parts, caller.organizationId, query);
  requireDiallable(parts.dialer, query.phoneNumber);
  const order: QueuedCall['order'] = {
    organizationId: caller.organizationId,
    agentId: agent.id,
    to: query.phoneNumber,
    callId: randomUUID(),
    requestId: randomUUID(),
    ...(caller.userId === null ? {} : { userId: caller.userId }),
    ...(line ? { callerNumberId: line.id, from: line.dialled } : {}),
    ...(body.variable_values ? { variables: body.variable_values } : {}),
  };
  try {
    await parts.dialer.start(order, agent);
    return { kind: 'json', status: 200, data: { status: 'success', ...idsOf(order) } };
  } catch (thrown) {
    return notStarted(parts.queuedCalls, order, thrown);
  }
}

const refusals: ReadonlySet<string> = new Set([
  'dialling-forbidden',
  'do-not-call',
  'insufficient-credits',
  'agent-not-found',
  'agent-disabled',
  'database-busy',
  'database-failed',
  'disk-full',
]);

async function notStarted(
  queue: QueuedCallService,
  order: QueuedCall['order'],
  thrown: unknown,
): Promise<Extract<Answer, { kind: 'json' }>> {
  const code = thrown instanceof LandlineError ? thrown.code : undefined;
  if (code === 'too-many-calls') {
    const { id } = await queue.add(order);
    const queued = { status: 'queued', queue_job_id: id, agent_id: order.agentId, source: 'create_call' };
    return { kind: 'json', status: 202, data: { ...queued, ...idsOf(order) } };
  }
  if (code === undefined || refusals.has(code)) throw thrown;
  return { kind: 'json', status: 200, data: { status: 'failed', ...idsOf(order), detail: messageOf(thrown) } };
}

function idsOf(order: QueuedCall['order']): object {
  return {
    request_id: order.requestId,
    call_session_id: order.callId,
    user_id: order.userId ?? null,
    telephony_provider: 'pstn',
    target_number: order.to,
    ...(order.from === undefined ? {} : { from_phone_number: order.from }),
  };
}

/** The line that is named, else the agent's own, else the first; without any, the peer shows its own number. */
function chooseLine(
  { agents, numbers }: CreateCallParts,
  organizationId: string,
  query: CallQuery,
): { readonly agent: Agent; readonly line: PhoneNumber | undefined } {
  if (query.workflow_id) {
    throw new LandlineError('workflow-unavailable', 'Workflows are not available on this appliance');
  }
  const named = query.phone_number_id === undefined ? undefined : numbers.get(organizationId, query.phone_number_id);
  if (named && !named.isActive) throw new LandlineError('invalid-argument', 'The phone line is not active');
  const agentId = query.agent_id ?? named?.agentId;
  if (!agentId) throw new LandlineError('invalid-argument', 'Either agent_id or workflow_id is required');
  const agent = agents.get(organizationId, agentId);
  if (!agent.enabled) throw new LandlineError('agent-disabled', 'The agent is not active: activate it first');
  return { agent, line: named ?? numbers.lineOf(organizationId, agentId) };
}

function requireDiallable(dialer: Dialer, to: string): void {
  const verdict = dialer.canDial(to);
  if (!verdict.ok) throw new LandlineError('no-line', verdict.why);
}
