import type { Database, Statement } from '../../db/database.ts';
import { FilteredList } from '../../db/filtered-list.ts';
import { insertSql, updateSql } from '../../db/row-sql.ts';
import type { Extras, JsonObject } from '../json-column.ts';
import type { Page, PageRequest } from '../paging.ts';
import type { Task, TaskStatus, WebhookEvent } from './task.ts';

interface TaskRow {
  readonly id: string;
  readonly organization_id: string;
  readonly agent_id: string;
  readonly name: string;
  readonly to_number: string;
  readonly description: string | null;
  readonly starting_message: string | null;
  readonly context_data: string;
  readonly priority: number;
  readonly scheduled_at_ms: number | null;
  readonly webhook_url: string | null;
  readonly webhook_events: string;
  readonly status: TaskStatus;
  readonly last_call_id: string | null;
  readonly attempts: number;
  readonly error_message: string | null;
  readonly executed_at_ms: number | null;
  readonly completed_at_ms: number | null;
  readonly extras: string;
  readonly created_at_ms: number;
  readonly updated_at_ms: number;
}

const columns = [
  'id',
  'organization_id',
  'agent_id',
  'name',
  'to_number',
  'description',
  'starting_message',
  'context_data',
  'priority',
  'scheduled_at_ms',
  'webhook_url',
  'webhook_events',
  'status',
  'last_call_id',
  'attempts',
  'error_message',
  'executed_at_ms',
  'completed_at_ms',
  'extras',
  'created_at_ms',
  'updated_at_ms',
] as const satisfies readonly (keyof TaskRow)[];

export interface TaskFilter {
  readonly organizationId: string;
  readonly agentId?: string | undefined;
  readonly status?: TaskStatus | undefined;
}

/** A schedule is spent once a call was begun for it: who resets such a task runs it by hand, or sets another time. */
const waitsForItsTime = `status = 'pending' AND scheduled_at_ms IS NOT NULL AND deleted_at_ms IS NULL AND NOT EXISTS
  (SELECT 1 FROM calls WHERE calls.id = tasks.last_call_id AND calls.started_at_ms >= tasks.scheduled_at_ms)`;

/** Deleted tasks keep their row, since calls point at it, but are found no more. */
export class TaskRepository {
  readonly #insert: Statement<never>;
  readonly #update: Statement<never>;
  readonly #delete: Statement<never>;
  readonly #byId: Statement<TaskRow>;
  readonly #noteCall: Statement<never>;
  readonly #endByCall: Statement<never>;
  readonly #inProgress: Statement<TaskRow>;
  readonly #countActive: Statement<{ readonly total: number }>;
  readonly #due: Statement<TaskRow>;
  readonly #nextScheduled: Statement<{ readonly at: number | null }>;
  readonly #list: FilteredList<TaskRow>;

  constructor(db: Database) {
    this.#insert = db.prepare(insertSql('tasks', columns));
    this.#update = db.prepare(updateSql('tasks', columns));
    this.#delete = db.prepare('UPDATE tasks SET deleted_at_ms = ? WHERE id = ?');
    this.#byId = db.prepare('SELECT * FROM tasks WHERE id = ? AND deleted_at_ms IS NULL');
    this.#noteCall = db.prepare(
      'UPDATE tasks SET last_call_id = ?, attempts = attempts + 1, updated_at_ms = ? WHERE id = ?',
    );
    this.#endByCall = db.prepare(
      `UPDATE tasks SET status = @status, error_message = @errorMessage, completed_at_ms = @atMs, updated_at_ms = @atMs
       WHERE id = @id AND status = 'in_progress' AND last_call_id = @callId`,
    );
    this.#inProgress = db.prepare("SELECT * FROM tasks WHERE status = 'in_progress'");
    this.#countActive = db.prepare(
      `SELECT count(*) AS total FROM tasks
       WHERE agent_id = ? AND status IN ('pending', 'in_progress') AND deleted_at_ms IS NULL`,
    );
    this.#due = db.prepare(
      `SELECT * FROM tasks WHERE ${waitsForItsTime} AND scheduled_at_ms <= ?
       ORDER BY priority DESC, scheduled_at_ms, rowid LIMIT ?`,
    );
    this.#nextScheduled = db.prepare(
      `SELECT min(scheduled_at_ms) AS at FROM tasks WHERE ${waitsForItsTime} AND scheduled_at_ms > ?`,
    );
    this.#list = new FilteredList(db, 'tasks', 'deleted_at_ms IS NULL');
  }

  insert(task: Task): void {
    this.#insert.run(toRow(task));
  }

  update(task: Task): void {
    this.#update.run(toRow(task));
  }

  delete(id: string, atMs: number): void {
    this.#delete.run(atMs, id);
  }

  find(id: string): Task | undefined {
    const row = this.#byId.get(id);
    return row && toTask(row);
  }

  /** A call was begun for the task. */
  noteCall(id: string, callId: string, atMs: number): void {
    this.#noteCall.run(callId, atMs, id);
  }

  /** Ends the task if this call is still the one it waits for; says whether it did. */
  endByCall(
    id: string,
    callId: string,
    end: { readonly status: 'completed' | 'failed'; readonly errorMessage: string | null; readonly atMs: number },
  ): boolean {
    return this.#endByCall.run({ id, callId, ...end }).changes > 0;
  }

  /** Fails every task in progress; returns them. */
  failInProgress(errorMessage: string, atMs: number): readonly Task[] {
    const failed = this.#inProgress.all().map((row): Task => {
      return { ...toTask(row), status: 'failed', errorMessage, completedAtMs: atMs, updatedAtMs: atMs };
    });
    for (const task of failed) this.update(task);
    return failed;
  }

  /** Tasks of the agent that are pending or in progress. */
  countActive(agentId: string): number {
    return this.#countActive.get(agentId)?.total ?? 0;
  }

  /** Pending ones whose time has come: higher priority first, then the earlier time, then the earlier creation. */
  due(nowMs: number, limit: number): readonly Task[] {
    return this.#due.all(nowMs, limit).map(toTask);
  }

  /** The next time after `nowMs` that a pending task waits for. */
  nextScheduledAtMs(nowMs: number): number | undefined {
    return this.#nextScheduled.get(nowMs)?.at ?? undefined;
  }

  list(filter: TaskFilter, page: PageRequest): Page<Task> {
    const where = { organization_id: filter.organizationId, agent_id: filter.agentId, status: filter.status };
    const found = this.#list.page(where, page.limit, page.offset);
    return { items: found.items.map(toTask), total: found.total };
  }
}

function toTask(row: TaskRow): Task {
  return {
    id: row.id,
    organizationId: row.organization_id,
    agentId: row.agent_id,
    name: row.name,
    toNumber: row.to_number,
    description: row.description,
    startingMessage: row.starting_message,
    contextData: JSON.parse(row.context_data) as JsonObject,
    priority: row.priority,
    scheduledAtMs: row.scheduled_at_ms,
    webhookUrl: row.webhook_url,
    webhookEvents: JSON.parse(row.webhook_events) as WebhookEvent[],
    status: row.status,
    lastCallId: row.last_call_id,
    attempts: row.attempts,
    errorMessage: row.error_message,
    executedAtMs: row.executed_at_ms,
    completedAtMs: row.completed_at_ms,
    extras: JSON.parse(row.extras) as Extras,
    createdAtMs: row.created_at_ms,
    updatedAtMs: row.updated_at_ms,
  };
}

function toRow(task: Task): TaskRow {
  return {
    id: task.id,
    organization_id: task.organizationId,
    agent_id: task.agentId,
    name: task.name,
    to_number: task.toNumber,
    description: task.description,
    starting_message: task.startingMessage,
    context_data: JSON.stringify(task.contextData),
    priority: task.priority,
    scheduled_at_ms: task.scheduledAtMs,
    webhook_url: task.webhookUrl,
    webhook_events: JSON.stringify(task.webhookEvents),
    status: task.status,
    last_call_id: task.lastCallId,
    attempts: task.attempts,
    error_message: task.errorMessage,
    executed_at_ms: task.executedAtMs,
    completed_at_ms: task.completedAtMs,
    extras: JSON.stringify(task.extras),
    created_at_ms: task.createdAtMs,
    updated_at_ms: task.updatedAtMs,
  };
}
