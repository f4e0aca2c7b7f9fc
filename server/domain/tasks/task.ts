import type { Extras, JsonObject } from '../json-column.ts';

export const taskStatuses = ['pending', 'in_progress', 'completed', 'failed'] as const;
export type TaskStatus = (typeof taskStatuses)[number];

export const webhookEvents = ['call_started', 'call_completed', 'call_failed'] as const;
export type WebhookEvent = (typeof webhookEvents)[number];

/** One call to be made. */
export interface Task {
  readonly id: string;
  readonly organizationId: string;
  readonly agentId: string;
  readonly name: string;
  /** E.164 number or `sip:` URI. */
  readonly toNumber: string;
  readonly description: string | null;
  /** Said instead of the agent's starting message. */
  readonly startingMessage: string | null;
  /** What the agent may know in this call. */
  readonly contextData: JsonObject;
  readonly priority: number;
  readonly scheduledAtMs: number | null;
  readonly webhookUrl: string | null;
  readonly webhookEvents: readonly WebhookEvent[];
  readonly status: TaskStatus;
  readonly lastCallId: string | null;
  /** Calls begun for it. */
  readonly attempts: number;
  readonly errorMessage: string | null;
  readonly executedAtMs: number | null;
  readonly completedAtMs: number | null;
  readonly extras: Extras;
  readonly createdAtMs: number;
  readonly updatedAtMs: number;
}

type TaskFields = Pick<
  Task,
  | 'name'
  | 'toNumber'
  | 'description'
  | 'startingMessage'
  | 'contextData'
  | 'priority'
  | 'scheduledAtMs'
  | 'webhookUrl'
  | 'webhookEvents'
  | 'extras'
>;

export type TaskDraft = Pick<Task, 'agentId' | 'name' | 'toNumber'> & Partial<TaskFields>;
export type TaskChange = Partial<TaskFields>;

/** A whole pending task from a draft. */
export function makeTask(
  draft: TaskDraft,
  fixed: { readonly id: string; readonly organizationId: string; readonly nowMs: number },
): Task {
  return {
    description: null,
    startingMessage: null,
    contextData: {},
    priority: 0,
    scheduledAtMs: null,
    webhookUrl: null,
    webhookEvents: [],
    extras: {},
    ...draft,
    id: fixed.id,
    organizationId: fixed.organizationId,
    status: 'pending',
    lastCallId: null,
    attempts: 0,
    errorMessage: null,
    executedAtMs: null,
    completedAtMs: null,
    createdAtMs: fixed.nowMs,
    updatedAtMs: fixed.nowMs,
  };
}
