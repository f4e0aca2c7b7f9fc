import type { JsonObject } from '../../../domain/json-column.ts';
import type { Task, WebhookEvent } from '../../../domain/tasks/task.ts';
import type { CallNews } from '../../../domain/webhooks/webhook-payloads.ts';
import { transcriptText } from './calls.wire.ts';

const excerptChars = 500;

/** What the receiver of a task's webhook is sent. Excerpts are the first 500 characters. */
export function taskWebhookToWire(
  event: WebhookEvent,
  task: Task,
  { analysis, call, isConfidential, turns }: CallNews,
): JsonObject {
  const isOver = event !== 'call_started';
  return {
    event_type: event,
    task_id: task.id,
    call_id: call.id,
    status: isOver ? call.status : 'initiated',
    data: isOver
      ? {
          transcript_excerpt: transcriptText(turns).slice(0, excerptChars),
          report_excerpt: (analysis?.summary ?? '').slice(0, excerptChars),
          ...(isConfidential ? { redacted: true } : {}),
          ...(event === 'call_failed' ? { error: call.errorMessage ?? call.endReason } : {}),
        }
      : {},
  };
}
