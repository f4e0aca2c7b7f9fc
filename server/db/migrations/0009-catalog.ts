import type { Migration } from '../migrate.ts';

/**
 * Who made an agent, what engines and voices there are, and the house's numbers as rows of their own: a number belongs
 * to an organization whether or not an agent takes it. `settings_agent_id` is what the settings said last. Orders for
 * calls that wait for a line keep the whole order in `wanted`.
 */
export const catalogSchema: Migration = {
  version: 9,
  name: 'catalog',
  sql: `
ALTER TABLE agents ADD COLUMN owner_user_id TEXT REFERENCES users (id);
CREATE INDEX agents_listed ON agents (organization_id) WHERE deleted_at_ms IS NULL;

CREATE TABLE catalog_models (
  id TEXT PRIMARY KEY,
  kind TEXT NOT NULL CHECK (kind IN ('llm', 'stt', 'tts', 'vad')),
  provider_name TEXT NOT NULL,
  model_name TEXT NOT NULL,
  languages TEXT NOT NULL,
  aliases TEXT NOT NULL,
  is_default INTEGER NOT NULL,
  is_installed INTEGER NOT NULL,
  created_at_ms INTEGER NOT NULL,
  updated_at_ms INTEGER NOT NULL,
  UNIQUE (kind, provider_name, model_name)
) STRICT;

CREATE TABLE catalog_voices (
  id TEXT PRIMARY KEY,
  provider_id TEXT NOT NULL REFERENCES catalog_models (id),
  organization_id TEXT REFERENCES organizations (id),
  voice_name TEXT NOT NULL,
  engine_voice TEXT,
  display_name TEXT NOT NULL,
  language TEXT NOT NULL,
  gender TEXT,
  aliases TEXT NOT NULL,
  is_default INTEGER NOT NULL,
  is_active INTEGER NOT NULL,
  extras TEXT NOT NULL,
  created_at_ms INTEGER NOT NULL,
  updated_at_ms INTEGER NOT NULL
) STRICT;
CREATE INDEX catalog_voices_by_provider ON catalog_voices (provider_id);
CREATE UNIQUE INDEX catalog_voices_one_name
  ON catalog_voices (coalesce(organization_id, ''), provider_id, voice_name COLLATE NOCASE);

CREATE TABLE phone_numbers (
  id TEXT PRIMARY KEY,
  organization_id TEXT NOT NULL REFERENCES organizations (id),
  dialled TEXT NOT NULL UNIQUE,
  digits TEXT,
  friendly_name TEXT,
  country_code TEXT,
  region TEXT,
  is_active INTEGER NOT NULL,
  agent_id TEXT REFERENCES agents (id),
  settings_agent_id TEXT,
  mapping_id TEXT,
  mapped_by_user_id TEXT REFERENCES users (id),
  mapped_at_ms INTEGER,
  created_at_ms INTEGER NOT NULL,
  updated_at_ms INTEGER NOT NULL
) STRICT;
CREATE INDEX phone_numbers_by_organization ON phone_numbers (organization_id);
CREATE INDEX phone_numbers_by_agent ON phone_numbers (agent_id);
CREATE INDEX phone_numbers_by_digits ON phone_numbers (digits);

INSERT INTO phone_numbers (id, organization_id, dialled, digits, is_active, agent_id, settings_agent_id, mapping_id,
  mapped_at_ms, created_at_ms, updated_at_ms)
SELECT lower(hex(randomblob(4)) || '-' || hex(randomblob(2)) || '-4' || substr(hex(randomblob(2)), 2) || '-a' ||
    substr(hex(randomblob(2)), 2) || '-' || hex(randomblob(6))),
  organization_id, dialled,
  CASE WHEN ltrim(dialled, '+') GLOB '*[^0-9]*' THEN NULL ELSE ltrim(dialled, '+') END,
  1, agent_id, agent_id,
  lower(hex(randomblob(4)) || '-' || hex(randomblob(2)) || '-4' || substr(hex(randomblob(2)), 2) || '-a' ||
    substr(hex(randomblob(2)), 2) || '-' || hex(randomblob(6))),
  updated_at_ms, updated_at_ms, updated_at_ms
FROM numbers;
DROP TABLE numbers;

CREATE TABLE queued_calls (
  id TEXT PRIMARY KEY,
  organization_id TEXT NOT NULL REFERENCES organizations (id),
  request_id TEXT NOT NULL UNIQUE,
  wanted TEXT NOT NULL,
  created_at_ms INTEGER NOT NULL
) STRICT;
CREATE INDEX queued_calls_by_organization ON queued_calls (organization_id);
`,
};
