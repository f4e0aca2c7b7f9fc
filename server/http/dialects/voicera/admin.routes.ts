import { z } from 'zod';
import type { AnalyticsService } from '../../../domain/analytics/analytics-service.ts';
import type { UserService } from '../../../domain/users/user-service.ts';
import type { LogRing } from '../../../log/log-ring.ts';
import { logLevels } from '../../../log/log-ring.ts';
import type { Maintenance } from '../../maintenance.ts';
import { type Route, route } from '../../route.ts';
import type { SystemHealth } from '../../system-health.ts';
import { requireAdmin, requireSystemAdmin, type VoiceraCaller } from './auth.ts';
import { timeWire } from './fields.ts';
import { listBody, listWire, pageOf, pagingQuery } from './paging.ts';
import { userListRoute } from './users.routes.ts';

const group = 'Administration';

export interface AdminRouteParts {
  readonly users: UserService;
  readonly analytics: AnalyticsService;
  readonly maintenance: Maintenance;
  readonly systemHealth: SystemHealth;
  readonly recentLogs: LogRing;
}

export function adminRoutes(parts: AdminRouteParts): readonly Route<VoiceraCaller>[] {
  const { users } = parts;
  return [
    userListRoute('/admin/users', 'List users', group, users),
    activation(users, 'activate'),
    activation(users, 'deactivate'),
    ...systemRoutes(parts),
    ...operationRoutes(parts),
  ];
}

function activation(users: UserService, verb: 'activate' | 'deactivate'): Route<VoiceraCaller> {
  return route({
    method: 'POST',
    path: `/admin/users/{user_id}/${verb}`,
    summary: verb === 'activate' ? 'Let a user in again' : 'Shut a user out',
    group,
    responses: { 200: z.object({ id: z.uuid(), is_active: z.boolean() }) },
    answer: async ({ caller, params: { user_id } }) => {
      requireAdmin(caller);
      const { id, isActive } = await users.update(caller, user_id, { isActive: verb === 'activate' });
      return { kind: 'json', status: 200, data: { id, is_active: isActive } };
    },
  });
}

function systemRoutes({ analytics, systemHealth }: AdminRouteParts): readonly Route<VoiceraCaller>[] {
  return [
    route({
      method: 'GET',
      path: '/admin/system/stats',
      summary: 'What there is: of the appliance, or of the organization for its administrator',
      group,
      responses: {
        200: z.object({
          users: z.int(),
          agents: z.int(),
          campaigns: z.int(),
          calls_today: z.int(),
          active_calls: z.int(),
          disk_free_bytes: z.int(),
        }),
      },
      answer: async ({ caller }) => {
        requireAdmin(caller);
        const { callsToday, activeCalls, diskFreeBytes, ...counts } = await analytics.houseStats(caller);
        const data = {
          ...counts,
          calls_today: callsToday,
          active_calls: activeCalls,
          disk_free_bytes: diskFreeBytes,
        };
        return { kind: 'json', status: 200, data };
      },
    }),
    route({
      method: 'GET',
      path: '/admin/system/health',
      summary: 'How each part of the appliance is',
      group,
      responses: { 200: z.record(z.string(), z.object({ status: z.enum(['ok', 'error']) })) },
      answer: async ({ caller }) => {
        requireAdmin(caller);
        const states = Object.entries(await systemHealth.components());
        const data = Object.fromEntries(states.map(([name, isWell]) => [name, { status: isWell ? 'ok' : 'error' }]));
        return { kind: 'json', status: 200, data };
      },
    }),
  ];
}

function operationRoutes({ maintenance, recentLogs }: AdminRouteParts): readonly Route<VoiceraCaller>[] {
  return [
    route({
      method: 'POST',
      path: '/admin/system/maintenance',
      summary: 'Turn maintenance on or off: while it is on, other routes answer 503',
      group,
      body: z.object({ enabled: z.boolean() }),
      responses: { 200: z.object({ maintenance_mode: z.boolean() }) },
      answer: ({ caller, body }) => {
        requireSystemAdmin(caller);
        maintenance.set(body.enabled);
        return { kind: 'json', status: 200, data: { maintenance_mode: maintenance.enabled } };
      },
    }),
    route({
      method: 'GET',
      path: '/admin/logs',
      summary: 'The newest lines of the log, without personal data',
      group,
      query: z.object({
        ...pagingQuery,
        level: z.enum(logLevels, `must be one of ${logLevels.join(', ')}`).optional(),
      }),
      responses: { 200: listWire(z.object({ timestamp: timeWire, level: z.enum(logLevels), message: z.string() })) },
      answer: ({ caller, query }) => {
        requireSystemAdmin(caller);
        const found = recentLogs.newest(query.level, pageOf(query));
        return { kind: 'json', status: 200, data: listBody(found, query, (line) => line) };
      },
    }),
  ];
}
