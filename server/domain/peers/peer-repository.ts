import type { Peer } from '../../contract/peer.ts';
import type { Database, Statement } from '../../db/database.ts';

interface PeerRow {
  readonly name: string;
  readonly host: string;
  readonly port: number;
  readonly transport: 'udp' | 'tcp';
  readonly username: string | null;
  readonly domain: string | null;
  readonly allowed_sources: string;
}

/** Passwords stay in the settings and are not stored here. */
export class PeerRepository {
  readonly #insert: Statement<never>;
  readonly #clear: Statement<never>;
  readonly #all: Statement<PeerRow>;

  constructor(db: Database) {
    this.#insert = db.prepare(
      `INSERT INTO peers (name, host, port, transport, username, domain, allowed_sources, updated_at_ms)
       VALUES (?, ?, ?, ?, ?, ?, ?, ?)`,
    );
    this.#clear = db.prepare('DELETE FROM peers');
    this.#all = db.prepare('SELECT * FROM peers ORDER BY name');
  }

  replaceAll(peers: readonly Peer[], atMs: number): void {
    this.#clear.run();
    for (const { name, host, port, transport, username, domain, allowedSources } of peers) {
      const sources = JSON.stringify(allowedSources);
      this.#insert.run(name, host, port, transport, username ?? null, domain ?? null, sources, atMs);
    }
  }

  all(): readonly Peer[] {
    return this.#all.all().map((row) => ({
      name: row.name,
      host: row.host,
      port: row.port,
      transport: row.transport,
      ...(row.username === null ? {} : { username: row.username }),
      ...(row.domain === null ? {} : { domain: row.domain }),
      allowedSources: JSON.parse(row.allowed_sources) as string[],
    }));
  }
}
