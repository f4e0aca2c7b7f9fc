import type { Domain } from '../domain/domain.ts';
import type { DialectName } from './dialect.ts';

/**
 * `GET /health`: the superset of what the served APIs promise. Two of them contradict each other: who shows to be a
 * client of VoiceERA reads `ok` and an ISO time, everyone else `healthy` and seconds. 503 only when the database is gone.
 */
export function healthAnswer(
  domain: Pick<Domain, 'isHealthy'>,
  {
    dialect,
    nowMs,
    version,
  }: { readonly dialect: DialectName | undefined; readonly nowMs: number; readonly version: string },
): { readonly status: 200 | 503; readonly body: Readonly<Record<string, unknown>> } {
  const healthy = domain.isHealthy();
  const common = { service: 'milli-ai-backend', database: healthy ? 'connected' : 'disconnected', version };
  const status = healthy ? 200 : 503;
  if (dialect !== 'voicera') {
    return { status, body: { status: healthy ? 'healthy' : 'unhealthy', timestamp: nowMs / 1000, ...common } };
  }
  const timestamp = `${new Date(nowMs).toISOString().slice(0, 19)}Z`;
  const body = { status: healthy ? 'ok' : 'error', timestamp, ...common };
  return { status, body: { ...body, success: healthy, error: null, data: body } };
}
