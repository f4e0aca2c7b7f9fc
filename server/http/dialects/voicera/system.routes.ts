import { z } from 'zod';
import { publicRoute, type Route } from '../../route.ts';
import type { SystemHealth } from '../../system-health.ts';
import type { VoiceraCaller } from './auth.ts';

const group = 'System';
const state = z.enum(['ok', 'error']);

export interface SystemRouteParts {
  readonly systemHealth: SystemHealth;
  readonly version: string;
}

/** For monitors: whether the house can be used, and which it is. */
export function systemRoutes({ systemHealth, version }: SystemRouteParts): readonly Route<VoiceraCaller>[] {
  const readiness = z.object({ database: state, storage: state, cache: state });
  return [
    publicRoute({
      method: 'GET',
      path: '/readiness',
      summary: 'Whether everything that requests need is there; 503 with "error" at what is not',
      group,
      responses: { 200: readiness },
      answer: async () => {
        const { database, storage, cache } = await systemHealth.readiness();
        const data = { database: wordFor(database), storage: wordFor(storage), cache: wordFor(cache) };
        return { kind: 'json', status: database && storage && cache ? 200 : 503, data };
      },
    }),
    publicRoute({
      method: 'GET',
      path: '/liveness',
      summary: 'Whether the server answers at all',
      group,
      responses: { 200: z.object({ status: z.literal('ok') }) },
      answer: () => ({ kind: 'json', status: 200, data: { status: 'ok' } }),
    }),
    publicRoute({
      method: 'GET',
      path: '/version',
      summary: 'Which version this is',
      group,
      responses: { 200: z.object({ version: z.string(), name: z.string() }) },
      answer: () => ({ kind: 'json', status: 200, data: { version, name: 'Landline' } }),
    }),
  ];
}

function wordFor(isWell: boolean): 'ok' | 'error' {
  return isWell ? 'ok' : 'error';
}
