import { LandlineError, messageOf } from '../../contract/errors.ts';
import type { Agent } from '../agents/agent.ts';
import type { AgentService } from '../agents/agent-service.ts';
import type { LiveCalls } from '../calls/live-calls.ts';
import type { Dialer, OutboundOrder } from '../calls/outbound-order.ts';
import type { OutboundRuleService } from '../outbound-rules/outbound-rule-service.ts';
import type { Task } from './task.ts';
import type { TaskService } from './task-service.ts';

export interface TaskExecutionParts {
  readonly tasks: TaskService;
  readonly agents: AgentService;
  readonly dialer: Dialer;
  readonly liveCalls: LiveCalls;
  readonly outboundRules: Pick<OutboundRuleService, 'requireFree'>;
}

/** Runs tasks: pending → in_progress here; the end of the call makes it completed or failed. */
export class TaskExecution {
  readonly #parts: TaskExecutionParts;

  constructor(parts: TaskExecutionParts) {
    this.#parts = parts;
  }

  /**
   * Starts the call of a pending task. Throws `task-not-found`, `task-not-pending`, `agent-not-found`,
   * `agent-disabled`, `dialling-forbidden`, `do-not-call`, `insufficient-credits`, or `cannot-dial` (no usable peer, no
   * free line, or no call could be begun). The task stays pending then.
   */
  async execute(organizationId: string, taskId: string): Promise<{ readonly callId: string }> {
    const { tasks, agents, dialer } = this.#parts;
    const waiting = tasks.get(organizationId, taskId);
    const agent = agents.get(organizationId, waiting.agentId);
    if (waiting.status === 'pending') this.#checkReady(waiting, agent);
    const task = await tasks.claim(organizationId, taskId);
    try {
      return await dialer.start(orderOf(task), agent);
    } catch (thrown) {
      const why = messageOf(thrown);
      if (tasks.get(organizationId, taskId).status === 'in_progress') await tasks.release(organizationId, taskId, why);
      throw asRefusal(thrown);
    }
  }

  /**
   * Makes a task pending again; the call of one in progress is ended first. Throws `task-not-found`, or
   * `task-pending` when it is pending already.
   */
  async reset(organizationId: string, taskId: string): Promise<Task> {
    const { tasks, liveCalls } = this.#parts;
    const task = tasks.get(organizationId, taskId);
    if (task.status === 'pending') {
      throw new LandlineError('task-pending', 'The task is pending already.', { status: task.status });
    }
    if (task.status === 'in_progress' && task.lastCallId !== null) await liveCalls.end(task.lastCallId, 'cancel');
    return tasks.release(organizationId, taskId);
  }

  #checkReady(task: Task, agent: Agent): void {
    if (!agent.enabled) {
      throw new LandlineError('agent-disabled', 'The agent of this task is disabled: enable it first.', {
        agentId: agent.id,
      });
    }
    try {
      this.#parts.outboundRules.requireFree(task.organizationId, task.toNumber);
    } catch (thrown) {
      throw asRefusal(thrown);
    }
    const verdict = this.#parts.dialer.canDial(task.toNumber);
    if (!verdict.ok) throw new LandlineError('cannot-dial', verdict.why, { to: 'to_number' });
  }
}

/** What the organization may not do at all: no other moment or line changes that. */
const refusals: ReadonlySet<string> = new Set(['dialling-forbidden', 'do-not-call', 'insufficient-credits']);

function asRefusal(thrown: unknown): LandlineError {
  if (thrown instanceof LandlineError && refusals.has(thrown.code)) return thrown;
  return new LandlineError('cannot-dial', messageOf(thrown), {}, thrown);
}

function orderOf(task: Task): OutboundOrder {
  return {
    organizationId: task.organizationId,
    agentId: task.agentId,
    to: task.toNumber,
    taskId: task.id,
    context: task.description === null ? [] : [task.description],
    variables: task.contextData,
    ...(task.startingMessage === null ? {} : { startingMessage: task.startingMessage }),
  };
}
