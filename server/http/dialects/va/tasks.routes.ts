import { z } from 'zod';
import type { AgentService } from '../../../domain/agents/agent-service.ts';
import { taskStatuses } from '../../../domain/tasks/task.ts';
import type { TaskExecution } from '../../../domain/tasks/task-execution.ts';
import type { TaskService } from '../../../domain/tasks/task-service.ts';
import { invalidRequest, type Route, route } from '../../route.ts';
import type { VaCaller } from './auth.ts';
import { deletedWire, listAnswer, pagingQuery } from './paging.ts';
import {
  type KnownHosts,
  type TaskPatch,
  taskSchemas,
  taskToWire,
  taskWire,
  taskWithAgentToWire,
  taskWithAgentWire,
  toTaskChange,
  toTaskDraft,
} from './tasks.wire.ts';

const group = 'Tasks';

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
      summary: 'List tasks, the newest first',
      group,
      responses: { 200: z.array(taskWire) },
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
      summary: 'Create a task: a call to be made',
      group,
      responses: { 201: taskWire },
      body: schemas.create,
      answer: async ({ caller, body }) => {
        const task = await tasks.create(caller.organizationId, toTaskDraft(body));
        return { kind: 'json', status: 201, data: taskToWire(task) };
      },
    }),
    route({
      method: 'GET',
      path: '/api/v1/tasks/{id}',
      summary: 'Read a task with its agent',
      group,
      responses: { 200: taskWithAgentWire },
      answer: ({ caller, params: { id } }) => {
        const task = tasks.get(caller.organizationId, id);
        return { kind: 'json', status: 200, data: taskWithAgentToWire(task, agents.find(task.agentId)) };
      },
    }),
    route({
      method: 'PATCH',
      path: '/api/v1/tasks/{id}',
      summary: 'Change what is named of a pending task',
      group,
      responses: { 200: taskWire },
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
      summary: 'Delete a task that is not in progress',
      group,
      responses: { 200: deletedWire },
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
      summary: 'Place the call of a pending task now',
      group,
      responses: { 200: z.object({ call_id: z.uuid(), message: z.string() }) },
      answer: async ({ caller, params: { id } }) => {
        const { callId } = await execution.execute(caller.organizationId, id);
        return { kind: 'json', status: 200, data: { call_id: callId, message: 'Call initiated' } };
      },
    }),
    route({
      method: 'POST',
      path: '/api/v1/tasks/{id}/reset',
      summary: 'Make a task pending again; a call in progress is ended first',
      group,
      responses: { 200: taskWire },
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
