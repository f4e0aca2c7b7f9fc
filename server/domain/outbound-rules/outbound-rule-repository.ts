import type { Database, Statement } from '../../db/database.ts';
import type { OutboundRules } from './outbound-rules.ts';

interface RulesRow {
  readonly may_dial: number;
  readonly allowed_prefixes: string | null;
  readonly max_calls_at_once: number | null;
  readonly max_calls_per_hour: number | null;
}

export class OutboundRuleRepository {
  readonly #put: Statement<never>;
  readonly #remove: Statement<never>;
  readonly #one: Statement<RulesRow>;

  constructor(db: Database) {
    this.#put = db.prepare(
      `INSERT OR REPLACE INTO outbound_rules
       (organization_id, may_dial, allowed_prefixes, max_calls_at_once, max_calls_per_hour, updated_at_ms)
       VALUES (?, ?, ?, ?, ?, ?)`,
    );
    this.#remove = db.prepare('DELETE FROM outbound_rules WHERE organization_id = ?');
    this.#one = db.prepare('SELECT * FROM outbound_rules WHERE organization_id = ?');
  }

  put(organizationId: string, rules: OutboundRules, atMs: number): void {
    const prefixes = rules.allowedPrefixes === null ? null : JSON.stringify(rules.allowedPrefixes);
    const { mayDial, maxCallsAtOnce, maxCallsPerHour } = rules;
    this.#put.run(organizationId, mayDial ? 1 : 0, prefixes, maxCallsAtOnce, maxCallsPerHour, atMs);
  }

  remove(organizationId: string): void {
    this.#remove.run(organizationId);
  }

  find(organizationId: string): OutboundRules | undefined {
    const row = this.#one.get(organizationId);
    if (!row) return undefined;
    return {
      mayDial: row.may_dial === 1,
      allowedPrefixes: row.allowed_prefixes === null ? null : (JSON.parse(row.allowed_prefixes) as string[]),
      maxCallsAtOnce: row.max_calls_at_once,
      maxCallsPerHour: row.max_calls_per_hour,
    };
  }
}
