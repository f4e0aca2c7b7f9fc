import type { Database, Statement } from '../../db/database.ts';
import type { NumberRoute } from './number.ts';

interface NumberRow {
  readonly dialled: string;
  readonly organization_id: string;
  readonly agent_id: string;
}

export class NumberRepository {
  readonly #insert: Statement<never>;
  readonly #clear: Statement<never>;
  readonly #removeAgent: Statement<never>;
  readonly #byDialled: Statement<NumberRow>;
  readonly #all: Statement<NumberRow>;

  constructor(db: Database) {
    this.#insert = db.prepare(
      'INSERT INTO numbers (dialled, organization_id, agent_id, updated_at_ms) VALUES (?, ?, ?, ?)',
    );
    this.#clear = db.prepare('DELETE FROM numbers');
    this.#removeAgent = db.prepare('DELETE FROM numbers WHERE agent_id = ?');
    this.#byDialled = db.prepare('SELECT * FROM numbers WHERE dialled = ?');
    this.#all = db.prepare('SELECT * FROM numbers ORDER BY dialled');
  }

  replaceAll(routes: readonly NumberRoute[], atMs: number): void {
    this.#clear.run();
    for (const { dialled, organizationId, agentId } of routes) this.#insert.run(dialled, organizationId, agentId, atMs);
  }

  removeAgent(agentId: string): void {
    this.#removeAgent.run(agentId);
  }

  agentIdFor(dialled: string): string | undefined {
    return this.#byDialled.get(dialled)?.agent_id;
  }

  all(): readonly NumberRoute[] {
    return this.#all.all().map((row) => ({
      dialled: row.dialled,
      organizationId: row.organization_id,
      agentId: row.agent_id,
    }));
  }
}
