import type { Domain } from '../domain/domain.ts';

export interface SystemHealthParts {
  readonly domain: Pick<Domain, 'isHealthy' | 'analytics'>;
  /** What every part counts; a part that doesn't answer is null. */
  readonly readCounters: () => Promise<unknown>;
}

/** Which parts of the house answer. */
export class SystemHealth {
  readonly #parts: SystemHealthParts;

  constructor(parts: SystemHealthParts) {
    this.#parts = parts;
  }

  /** What requests need. What is kept in memory for them lives as long as the server does. */
  async readiness(): Promise<{ readonly database: boolean; readonly storage: boolean; readonly cache: boolean }> {
    const { analytics, isHealthy } = this.#parts.domain;
    return { database: isHealthy(), storage: await analytics.isStorageWritable(), cache: true };
  }

  /** By name of the part; those that run as processes of their own are well when they answer with their counters. */
  async components(): Promise<Readonly<Record<string, boolean>>> {
    const counters: unknown = await this.#parts.readCounters().catch(() => ({}));
    const entries = Object.entries(Object(counters) as Record<string, unknown>);
    const processes = entries.filter(([name]) => ['media', 'speech', 'sip', 'telephony'].includes(name));
    const answering = Object.fromEntries(processes.map(([name, counted]) => [name, counted != null]));
    return { ...(await this.readiness()), ...answering };
  }
}
