import type { Domain } from '../domain/domain.ts';

/** `GET /health`: the superset of what the served APIs promise. 503 only when the database is gone. */
export function healthAnswer(
  domain: Pick<Domain, 'isHealthy'>,
  version: string,
  nowMs: number,
): { readonly status: 200 | 503; readonly body: Readonly<Record<string, unknown>> } {
  const healthy = domain.isHealthy();
  return {
    status: healthy ? 200 : 503,
    body: {
      status: healthy ? 'healthy' : 'unhealthy',
      timestamp: nowMs / 1000,
      service: 'milli-ai-backend',
      database: healthy ? 'connected' : 'disconnected',
      version,
    },
  };
}
