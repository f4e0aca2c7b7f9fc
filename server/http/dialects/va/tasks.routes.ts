import { z } from 'zod';
import type { AgentService } from '../../../domain/agents/agent-service.ts';
import { taskStatuses } from '../../../domain/tasks/task.ts';
import type { TaskExecution } from '../../../domain/tasks/task-execution.ts';
import type { TaskService } from '../../../domain/tasks/task-service.ts';
import { invalidRequest, type Route, route } from '../../route.ts';
import type { VaCaller } from './auth.ts';
import { listAnswer, pagingQuery } from './paging.ts';
import {
  type KnownHosts,
  type TaskPatch,
  taskSchemas,
  taskToWire,
  taskWithAgentToWire,
  toTaskChange,
  toTaskDraft,
} from './tasks.wire.ts';

export interface TaskRouteParts extends KnownHosts {
  readonly agents: AgentService;
  readonly tasks: TaskService;
  readonly execution: TaskExecution;
}

export function taskRoutes(parts: TaskRouteParts): readonly Route<VaCaller>[] {
  return [...storedTaskRoutes(parts), ...taskActionRoutes(parts)];
}

function storedTaskRoutes({ agents, tasks, ...hosts }: TaskRouteParts): readonly Route<VaCaller>[] {
  const schemas = taskSchemas(hosts);
  return [
    route({
      method: 'GET',
      path: '/api/v1/tasks',
      query: z.object({
        ...pagingQuery,
        agent_id: z.string().toLowerCase().optional(),
        status: z.enum(taskStatuses, `must be one of ${taskStatuses.join(', ')}`).optional(),
      }),
      answer: ({ caller: { organizationId }, query }) => {
        const filter = { organizationId, agentId: query.agent_id, status: query.status };
        return listAnswer(tasks.list(filter, query), query, taskToWire);
      },
    }),
    route({
      method: 'POST',
      path: '/api/v1/tasks',
      body: schemas.create,
      answer: async ({ caller, body }) => {
        const task = await tasks.create(caller.organizationId, toTaskDraft(body));
        return { kind: 'json', status: 201, data: taskToWire(task) };
      },
    }),
    route({
      method: 'GET',
      path: '/api/v1/tasks/{id}',
      answer: ({ caller, params: { id } }) => {
        const task = tasks.get(caller.organizationId, id);
        return { kind: 'json', status: 200, data: taskWithAgentToWire(task, agents.find(task.agentId)) };
      },
    }),
    route({
      method: 'PATCH',
      path: '/api/v1/tasks/{id}',
      body: schemas.patch,
      answer: async ({ caller, params: { id }, body }) => {
        checkSameAgent(tasks.get(caller.organizationId, id).agentId, body);
        const task = await tasks.update(caller.organizationId, id, toTaskChange(body));
        return { kind: 'json', status: 200, data: taskToWire(task) };
      },
    }),
    route({
      method: 'DELETE',
      path: '/api/v1/tasks/{id}',
      answer: async ({ caller, params: { id } }) => {
        await tasks.delete(caller.organizationId, id);
        return { kind: 'json', status: 200, data: { id, deleted: true } };
      },
    }),
  ];
}

function taskActionRoutes({ execution }: TaskRouteParts): readonly Route<VaCaller>[] {
  return [
    route({
      method: 'POST',
      path: '/api/v1/tasks/{id}/execute',
      answer: async ({ caller, params: { id } }) => {
        const { callId } = await execution.execute(caller.organizationId, id);
        return { kind: 'json', status: 200, data: { call_id: callId, message: 'Call initiated' } };
      },
    }),
    route({
      method: 'POST',
      path: '/api/v1/tasks/{id}/reset',
      answer: async ({ caller, params: { id } }) => {
        const task = await execution.reset(caller.organizationId, id);
        return { kind: 'json', status: 200, data: taskToWire(task) };
      },
    }),
  ];
}

/** A client may send the whole task back, but not move it to another agent. */
function checkSameAgent(agentId: string, body: TaskPatch): void {
  if (body.agent_id === undefined || body.agent_id.toLowerCase() === agentId) return;
  throw invalidRequest([
    { in: 'body', field: 'agent_id', message: 'cannot be changed: create a new task for the other agent' },
  ]);
}
