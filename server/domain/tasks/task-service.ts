import { randomUUID } from 'node:crypto';
import { LandlineError } from '../../contract/errors.ts';
import type { UnitOfWork } from '../../events/unit-of-work.ts';
import type { AgentRepository } from '../agents/agent-repository.ts';
import { mergedExtras } from '../json-column.ts';
import type { Page, PageRequest } from '../paging.ts';
import { makeTask, type Task, type TaskChange, type TaskDraft } from './task.ts';
import type { TaskFilter, TaskRepository } from './task-repository.ts';

export class TaskService {
  readonly #unitOfWork: UnitOfWork;
  readonly #tasks: TaskRepository;
  readonly #agents: AgentRepository;

  constructor(unitOfWork: UnitOfWork, tasks: TaskRepository, agents: AgentRepository) {
    this.#unitOfWork = unitOfWork;
    this.#tasks = tasks;
    this.#agents = agents;
  }

  /** Throws `agent-not-found` when the agent isn't one of this organization. */
  create(organizationId: string, draft: TaskDraft): Promise<Task> {
    return this.#unitOfWork.run((record, nowMs) => {
      if (this.#agents.find(draft.agentId)?.organizationId !== organizationId) {
        throw new LandlineError('agent-not-found', 'There is no agent with this agent_id.', { id: draft.agentId });
      }
      const task = makeTask(draft, { id: randomUUID(), organizationId, nowMs });
      this.#tasks.insert(task);
      record(organizationId, { kind: 'task-created', taskId: task.id });
      return task;
    });
  }

  /** Throws `task-not-found`, or `task-not-pending`: only a pending task can be changed. */
  update(organizationId: string, id: string, change: TaskChange): Promise<Task> {
    return this.#unitOfWork.run((record, nowMs) => {
      const before = this.#requirePending(organizationId, id, 'changed');
      const extras = mergedExtras(before.extras, change.extras);
      const task: Task = { ...before, ...change, extras, updatedAtMs: nowMs };
      this.#tasks.update(task);
      record(organizationId, { kind: 'task-changed', taskId: id });
      return task;
    });
  }

  /** Throws `task-not-found`, or `task-not-deletable` unless it is pending or failed. */
  delete(organizationId: string, id: string): Promise<void> {
    return this.#unitOfWork.run((record, nowMs) => {
      const { status } = this.get(organizationId, id);
      if (status !== 'pending' && status !== 'failed') {
        throw new LandlineError(
          'task-not-deletable',
          `Only a pending or failed task can be deleted; this one is ${status}.`,
          { status },
        );
      }
      this.#tasks.delete(id, nowMs);
      record(organizationId, { kind: 'task-deleted', taskId: id });
    });
  }

  /** pending → in_progress, exactly once however many ask. Throws `task-not-found` or `task-not-pending`. */
  claim(organizationId: string, id: string): Promise<Task> {
    return this.#unitOfWork.run((record, nowMs) => {
      const before = this.#requirePending(organizationId, id, 'executed');
      const task: Task = {
        ...before,
        status: 'in_progress',
        executedAtMs: nowMs,
        completedAtMs: null,
        errorMessage: null,
        updatedAtMs: nowMs,
      };
      this.#tasks.update(task);
      record(organizationId, { kind: 'task-started', taskId: id });
      return task;
    });
  }

  /** Back to pending: asked for by a user (nothing is kept of how it ended), or since no call could be begun. */
  release(organizationId: string, id: string, errorMessage: string | null = null): Promise<Task> {
    return this.#unitOfWork.run((record, nowMs) => {
      const before = this.get(organizationId, id);
      const task: Task = {
        ...before,
        status: 'pending',
        errorMessage,
        executedAtMs: null,
        completedAtMs: null,
        updatedAtMs: nowMs,
      };
      this.#tasks.update(task);
      record(organizationId, { kind: 'task-reset', taskId: id });
      return task;
    });
  }

  /** pending → failed without a call: its time came, and it could not be dialled. Another status stays as it is. */
  fail(id: string, errorMessage: string): Promise<void> {
    return this.#unitOfWork.run((record, nowMs) => {
      const before = this.#tasks.find(id);
      if (before?.status !== 'pending') return;
      this.#tasks.update({ ...before, status: 'failed', errorMessage, completedAtMs: nowMs, updatedAtMs: nowMs });
      record(before.organizationId, { kind: 'task-ended', taskId: id, status: 'failed' });
    });
  }

  /** Tasks of every organization whose time has come, in the order they are to run. For the scheduler. */
  due(limit: number): readonly Task[] {
    return this.#tasks.due(this.#unitOfWork.nowMs(), limit);
  }

  /** When the next task's time comes. For the scheduler. */
  nextScheduledAtMs(): number | undefined {
    return this.#tasks.nextScheduledAtMs(this.#unitOfWork.nowMs());
  }

  /** Throws `task-not-found`, also for a task of another organization. */
  get(organizationId: string, id: string): Task {
    const task = this.#tasks.find(id);
    if (task?.organizationId === organizationId) return task;
    throw new LandlineError('task-not-found', 'There is no task with this id.', { id });
  }

  /** Whatever the organization: for calls, which know it from their own row. */
  find(id: string): Task | undefined {
    return this.#tasks.find(id);
  }

  /** Newest first, with the exact total. */
  list(filter: TaskFilter, page: PageRequest): Page<Task> {
    return this.#tasks.list(filter, page);
  }

  #requirePending(organizationId: string, id: string, verb: string): Task {
    const task = this.get(organizationId, id);
    if (task.status === 'pending') return task;
    throw new LandlineError(
      'task-not-pending',
      `Only a pending task can be ${verb}; this one is ${task.status}. Reset it first.`,
      { status: task.status },
    );
  }
}
