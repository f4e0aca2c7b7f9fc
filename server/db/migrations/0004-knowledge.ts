import type { Migration } from '../migrate.ts';

/**
 * Files are cut into chunks once; a mapping copies a file's chunks into the knowledge base of one agent, so that a
 * search reads one partition and one range of postings, whatever else the database holds. `position` counts a file's
 * chunks from 0; row ids of chunks and vectors are the file's (the mapping's) number times 2^20 plus the position.
 */
export const knowledgeSchema: Migration = {
  version: 4,
  name: 'knowledge',
  sql: `
CREATE TABLE knowledge_files (
  no INTEGER PRIMARY KEY AUTOINCREMENT,
  id TEXT NOT NULL UNIQUE,
  organization_id TEXT NOT NULL REFERENCES organizations (id),
  user_id TEXT REFERENCES users (id) ON DELETE SET NULL,
  file_name TEXT NOT NULL,
  stored_name TEXT NOT NULL UNIQUE,
  format TEXT NOT NULL,
  content_type TEXT NOT NULL,
  size_bytes INTEGER NOT NULL,
  sha256 TEXT NOT NULL,
  status TEXT NOT NULL CHECK (status IN ('processing', 'ready', 'failed')),
  chunk_count INTEGER NOT NULL,
  attempts INTEGER NOT NULL,
  embedding_model TEXT,
  error_message TEXT,
  extras TEXT NOT NULL,
  created_at_ms INTEGER NOT NULL,
  updated_at_ms INTEGER NOT NULL,
  deleted_at_ms INTEGER
) STRICT;
CREATE INDEX knowledge_files_by_organization ON knowledge_files (organization_id) WHERE deleted_at_ms IS NULL;
CREATE INDEX knowledge_files_processing ON knowledge_files (status) WHERE status = 'processing';
CREATE INDEX knowledge_files_deleted ON knowledge_files (deleted_at_ms) WHERE deleted_at_ms IS NOT NULL;

CREATE TABLE knowledge_chunks (
  id INTEGER PRIMARY KEY,
  text TEXT NOT NULL,
  embedding BLOB NOT NULL
) STRICT;

CREATE TABLE knowledge_bases (
  no INTEGER PRIMARY KEY AUTOINCREMENT,
  agent_id TEXT NOT NULL UNIQUE REFERENCES agents (id)
) STRICT;

CREATE TABLE knowledge_mappings (
  no INTEGER PRIMARY KEY AUTOINCREMENT,
  id TEXT NOT NULL UNIQUE,
  base_no INTEGER NOT NULL REFERENCES knowledge_bases (no),
  file_no INTEGER NOT NULL REFERENCES knowledge_files (no),
  state TEXT NOT NULL CHECK (state IN ('waiting', 'ready')),
  created_at_ms INTEGER NOT NULL,
  removed_at_ms INTEGER
) STRICT;
CREATE UNIQUE INDEX knowledge_mappings_once ON knowledge_mappings (base_no, file_no) WHERE removed_at_ms IS NULL;
CREATE INDEX knowledge_mappings_by_file ON knowledge_mappings (file_no);
CREATE INDEX knowledge_mappings_waiting ON knowledge_mappings (state) WHERE state = 'waiting';
CREATE INDEX knowledge_mappings_removed ON knowledge_mappings (removed_at_ms) WHERE removed_at_ms IS NOT NULL;

CREATE TABLE knowledge_postings (
  base_no INTEGER NOT NULL,
  term TEXT NOT NULL,
  mapping_no INTEGER NOT NULL,
  segment INTEGER NOT NULL,
  postings BLOB NOT NULL,
  PRIMARY KEY (base_no, term, mapping_no, segment)
) STRICT, WITHOUT ROWID;
CREATE INDEX knowledge_postings_by_mapping ON knowledge_postings (mapping_no);

CREATE VIRTUAL TABLE knowledge_vectors USING vec0 (base_no INTEGER PARTITION KEY, embedding float[384], chunk_size=256);
`,
};
