import { z } from 'zod';
import type { Agent } from '../../../domain/agents/agent.ts';
import type { JsonObject } from '../../../domain/json-column.ts';
import { parseDialTarget } from '../../../domain/tasks/dial-target.ts';
import { type Task, type TaskChange, type TaskDraft, taskStatuses, webhookEvents } from '../../../domain/tasks/task.ts';
import {
  extraFields,
  isoTime,
  isoTimeOrNull,
  jsonObject,
  longText,
  present,
  shortText,
  unknownFields,
} from './fields.ts';

const time = z.iso.datetime({ offset: true, error: 'must be an ISO 8601 time with a zone, e.g. 2026-12-01T09:00:00Z' });

export interface KnownHosts {
  /** Which hosts a `sip:` URI may name besides loopback. */
  readonly isPeerHost: (host: string) => boolean;
  /** Which hosts the admin lists for webhooks: those may do without TLS. */
  readonly isListedHost: (host: string) => boolean;
}

export function taskSchemas({ isPeerHost, isListedHost }: KnownHosts) {
  const mayBeTold = (url: URL | null) => url?.protocol !== 'http:' || isListedHost(url.hostname);
  const toNumber = z.string().superRefine((text, context) => {
    const target = parseDialTarget(text, isPeerHost);
    if (target.kind === 'invalid') context.addIssue({ code: 'custom', message: target.why });
  });
  const patch = {
    name: shortText,
    to_number: toNumber,
    description: longText.nullish(),
    starting_message: longText.nullish(),
    context_data: jsonObject.nullish(),
    priority: z.int('must be a whole number').optional(),
    scheduled_at: time.nullish(),
    webhook_url: z
      .url({ protocol: /^https?$/, error: 'must be an https URL' })
      .max(2_000)
      .refine((text) => mayBeTold(URL.parse(text)), {
        error: 'must be an https URL (http only for hosts that the administrator lists under egress.allow)',
      })
      .nullish(),
    webhook_events: z
      .array(z.enum(webhookEvents, `must be one of ${webhookEvents.join(', ')}`))
      .max(webhookEvents.length)
      .nullish(),
  };
  return {
    create: z.looseObject({ ...patch, agent_id: z.guid('must be the UUID of an agent') }),
    patch: z.looseObject({ ...patch, agent_id: z.string().optional() }).partial(),
  };
}

type Schemas = ReturnType<typeof taskSchemas>;
export type TaskBody = z.infer<Schemas['create']>;
export type TaskPatch = z.infer<Schemas['patch']>;

/** Also the fields that only we set, so that a client can send back what it got. */
const known: ReadonlySet<string> = new Set(
  (
    'agent_id name to_number description starting_message context_data priority scheduled_at webhook_url ' +
    'webhook_events id organization_id status last_call_id attempts error_message executed_at completed_at ' +
    'created_at updated_at agent'
  ).split(' '),
);

const timeOrNull = z.iso.datetime().nullable();

export const taskWire = z.looseObject({
  id: z.uuid(),
  organization_id: z.string(),
  agent_id: z.uuid(),
  name: z.string(),
  to_number: z.string(),
  description: z.string().nullable(),
  starting_message: z.string().nullable(),
  context_data: jsonObject,
  priority: z.int(),
  scheduled_at: timeOrNull,
  webhook_url: z.string().nullable(),
  webhook_events: z.array(z.string()),
  status: z.enum(taskStatuses),
  last_call_id: z.uuid().nullable(),
  attempts: z.int(),
  error_message: z.string().nullable(),
  executed_at: timeOrNull,
  completed_at: timeOrNull,
  created_at: z.iso.datetime(),
  updated_at: z.iso.datetime(),
});

export const taskWithAgentWire = taskWire.extend({
  agent: z
    .object({ id: z.uuid(), name: z.string(), description: z.string().nullable(), enabled: z.boolean() })
    .nullable(),
});

export function toTaskDraft(body: TaskBody): TaskDraft {
  return { ...toTaskChange(body), agentId: body.agent_id.toLowerCase(), name: body.name, toNumber: body.to_number };
}

export function toTaskChange(body: TaskPatch): TaskChange {
  const change = present({
    name: body.name,
    toNumber: body.to_number,
    description: body.description,
    startingMessage: body.starting_message,
    contextData: body.context_data === null ? {} : body.context_data,
    priority: body.priority,
    scheduledAtMs: typeof body.scheduled_at === 'string' ? Date.parse(body.scheduled_at) : body.scheduled_at,
    webhookUrl: body.webhook_url,
    webhookEvents: body.webhook_events === null ? [] : body.webhook_events,
  });
  return { ...change, extras: unknownFields(body, known) };
}

export function taskToWire(task: Task): JsonObject {
  return {
    ...extraFields(task.extras),
    id: task.id,
    organization_id: task.organizationId,
    agent_id: task.agentId,
    name: task.name,
    to_number: task.toNumber,
    description: task.description,
    starting_message: task.startingMessage,
    context_data: task.contextData,
    priority: task.priority,
    scheduled_at: isoTimeOrNull(task.scheduledAtMs),
    webhook_url: task.webhookUrl,
    webhook_events: task.webhookEvents,
    status: task.status,
    last_call_id: task.lastCallId,
    attempts: task.attempts,
    error_message: task.errorMessage,
    executed_at: isoTimeOrNull(task.executedAtMs),
    completed_at: isoTimeOrNull(task.completedAtMs),
    created_at: isoTime(task.createdAtMs),
    updated_at: isoTime(task.updatedAtMs),
  };
}

/** A task with what one wants to know of its agent; null when the agent has been deleted since. */
export function taskWithAgentToWire(task: Task, agent: Agent | undefined): JsonObject {
  const { id, name, description, enabled } = agent ?? {};
  return { ...taskToWire(task), agent: agent ? { id, name, description, enabled } : null };
}
