import type { Database, Statement } from '../../db/database.ts';
import type { FileMapping } from './knowledge-file.ts';

interface MappingRow {
  readonly no: number;
  readonly id: string;
  readonly base_no: number;
  readonly file_no: number;
  readonly agent_id: string;
  readonly file_id: string;
  readonly created_at_ms: number;
}

/** A mapping with the numbers that its index rows carry. */
export interface IndexedMapping {
  readonly no: number;
  readonly baseNo: number;
  readonly fileNo: number;
  readonly mapping: FileMapping;
}

const joined = `SELECT m.no, m.id, m.base_no, m.file_no, b.agent_id, f.id AS file_id, m.created_at_ms
  FROM knowledge_mappings AS m
  JOIN knowledge_bases AS b ON b.no = m.base_no
  JOIN knowledge_files AS f ON f.no = m.file_no`;

/** Which agents answer from which files. A removed mapping keeps its row until its index rows are gone. */
export class MappingRepository {
  readonly #makeBase: Statement<never>;
  readonly #baseOf: Statement<{ readonly no: number }>;
  readonly #insert: Statement<never>;
  readonly #setState: Statement<never>;
  readonly #wait: Statement<never>;
  readonly #remove: Statement<never>;
  readonly #removeOfFile: Statement<never>;
  readonly #removeOfDeletedAgents: Statement<never>;
  readonly #ofDeletedAgents: Statement<{ readonly no: number }>;
  readonly #erase: Statement<never>;
  readonly #find: Statement<MappingRow>;
  readonly #byAgent: Statement<MappingRow>;
  readonly #byFile: Statement<MappingRow>;
  readonly #byFiles: Statement<MappingRow>;
  readonly #anyOfFile: Statement<{ readonly total: number }>;
  readonly #searchable: Statement<{ readonly no: number }>;
  readonly #nextWaiting: Statement<MappingRow>;
  readonly #nextRemoved: Statement<MappingRow>;

  constructor(db: Database) {
    this.#makeBase = db.prepare('INSERT INTO knowledge_bases (agent_id) VALUES (?) ON CONFLICT DO NOTHING');
    this.#baseOf = db.prepare('SELECT no FROM knowledge_bases WHERE agent_id = ?');
    this.#insert = db.prepare(
      `INSERT INTO knowledge_mappings (id, base_no, file_no, state, created_at_ms) VALUES (?, ?, ?, 'waiting', ?)`,
    );
    this.#setState = db.prepare('UPDATE knowledge_mappings SET state = ? WHERE no = ?');
    this.#wait = db.prepare(`UPDATE knowledge_mappings SET state = 'waiting' WHERE file_no = ?`);
    const remove = 'UPDATE knowledge_mappings SET removed_at_ms = ? WHERE removed_at_ms IS NULL AND';
    this.#remove = db.prepare(`${remove} no = ?`);
    this.#removeOfFile = db.prepare(`${remove} file_no = ?`);
    const ofDeleted = `base_no IN (
      SELECT b.no FROM knowledge_bases AS b JOIN agents AS a ON a.id = b.agent_id WHERE a.deleted_at_ms IS NOT NULL)`;
    this.#removeOfDeletedAgents = db.prepare(`${remove} ${ofDeleted}`);
    this.#ofDeletedAgents = db.prepare(
      `SELECT no FROM knowledge_mappings WHERE removed_at_ms IS NULL AND ${ofDeleted} LIMIT 1`,
    );
    this.#erase = db.prepare('DELETE FROM knowledge_mappings WHERE no = ?');
    this.#find = db.prepare(`${joined} WHERE m.removed_at_ms IS NULL AND b.agent_id = ? AND f.id = ?`);
    this.#byAgent = db.prepare(`${joined} WHERE m.removed_at_ms IS NULL AND b.agent_id = ? ORDER BY m.no`);
    this.#byFile = db.prepare(`${joined} WHERE m.removed_at_ms IS NULL AND f.id = ? ORDER BY m.no`);
    this.#byFiles = db.prepare(
      `${joined} WHERE m.removed_at_ms IS NULL AND f.id IN (SELECT value FROM json_each(?)) ORDER BY m.no`,
    );
    this.#anyOfFile = db.prepare('SELECT count(*) AS total FROM knowledge_mappings WHERE file_no = ?');
    this.#searchable = db.prepare(
      `SELECT no FROM knowledge_bases AS b WHERE agent_id = ? AND EXISTS (
         SELECT 1 FROM knowledge_mappings WHERE base_no = b.no AND removed_at_ms IS NULL AND state = 'ready')`,
    );
    this.#nextWaiting = db.prepare(
      `${joined} WHERE m.state = 'waiting' AND m.removed_at_ms IS NULL AND f.status = 'ready' ORDER BY m.no LIMIT 1`,
    );
    this.#nextRemoved = db.prepare(`${joined} WHERE m.removed_at_ms IS NOT NULL ORDER BY m.removed_at_ms LIMIT 1`);
  }

  /** Number of the agent's knowledge base, made when there is none. */
  baseOf(agentId: string): number {
    this.#makeBase.run(agentId);
    return this.#baseOf.get(agentId)?.no ?? 0;
  }

  insert(mapping: FileMapping, baseNo: number, fileNo: number): void {
    this.#insert.run(mapping.id, baseNo, fileNo, mapping.createdAtMs);
  }

  markReady(no: number): void {
    this.#setState.run('ready', no);
  }

  /** All mappings of the file are to be indexed again. */
  markWaiting(fileNo: number): void {
    this.#wait.run(fileNo);
  }

  remove(no: number, atMs: number): void {
    this.#remove.run(atMs, no);
  }

  removeOfFile(fileNo: number, atMs: number): void {
    this.#removeOfFile.run(atMs, fileNo);
  }

  hasDeletedAgents(): boolean {
    return this.#ofDeletedAgents.get() !== undefined;
  }

  removeOfDeletedAgents(atMs: number): void {
    this.#removeOfDeletedAgents.run(atMs);
  }

  erase(no: number): void {
    this.#erase.run(no);
  }

  find(agentId: string, fileId: string): IndexedMapping | undefined {
    return indexed(this.#find.get(agentId, fileId));
  }

  ofAgent(agentId: string): readonly FileMapping[] {
    return this.#byAgent.all(agentId).map(mappingOf);
  }

  ofFile(fileId: string): readonly FileMapping[] {
    return this.#byFile.all(fileId).map(mappingOf);
  }

  /** Of many files at once, by file. */
  ofFiles(fileIds: readonly string[]): ReadonlyMap<string, readonly FileMapping[]> {
    return Map.groupBy(this.#byFiles.all(JSON.stringify(fileIds)).map(mappingOf), ({ fileId }) => fileId);
  }

  /** Whether any mapping of the file is left, removed ones too. */
  hasAny(fileNo: number): boolean {
    return (this.#anyOfFile.get(fileNo)?.total ?? 0) > 0;
  }

  /** Number of the agent's knowledge base when there is something to find in it. */
  searchable(agentId: string): number | undefined {
    return this.#searchable.get(agentId)?.no;
  }

  nextWaiting(): IndexedMapping | undefined {
    return indexed(this.#nextWaiting.get());
  }

  nextRemoved(): IndexedMapping | undefined {
    return indexed(this.#nextRemoved.get());
  }
}

function indexed(row: MappingRow | undefined): IndexedMapping | undefined {
  return row && { no: row.no, baseNo: row.base_no, fileNo: row.file_no, mapping: mappingOf(row) };
}

function mappingOf(row: MappingRow): FileMapping {
  return { id: row.id, agentId: row.agent_id, fileId: row.file_id, createdAtMs: row.created_at_ms };
}
