import type { Migration } from '../migrate.ts';

/**
 * People, what they and their programs sign in with, and what an administrator has settled for the whole house.
 * Passwords are argon2id hashes, keys and tokens SHA-256 hashes; `sealed_*` is encrypted with the key beside the database.
 */
export const identitySchema: Migration = {
  version: 2,
  name: 'identity',
  sql: `
ALTER TABLE organizations ADD COLUMN short_id TEXT;
ALTER TABLE organizations ADD COLUMN org_type TEXT NOT NULL DEFAULT 'internal'
  CHECK (org_type IN ('internal', 'channel_partner', 'distributor'));
ALTER TABLE organizations ADD COLUMN markup_ppm INTEGER NOT NULL DEFAULT 0;
ALTER TABLE organizations ADD COLUMN markup_currency TEXT NOT NULL DEFAULT 'USD';
ALTER TABLE organizations ADD COLUMN commission_ppm INTEGER NOT NULL DEFAULT 0;
ALTER TABLE organizations ADD COLUMN settings TEXT NOT NULL DEFAULT '{}';
ALTER TABLE organizations ADD COLUMN is_registered INTEGER NOT NULL DEFAULT 0;
UPDATE organizations SET short_id = lower(hex(randomblob(3)));
CREATE UNIQUE INDEX organizations_by_short_id ON organizations (short_id);

ALTER TABLE users ADD COLUMN first_name TEXT;
ALTER TABLE users ADD COLUMN last_name TEXT;
ALTER TABLE users ADD COLUMN phone TEXT;
ALTER TABLE users ADD COLUMN is_active INTEGER NOT NULL DEFAULT 1;
ALTER TABLE users ADD COLUMN password_hash TEXT;
ALTER TABLE users ADD COLUMN last_sign_in_at_ms INTEGER;
ALTER TABLE users ADD COLUMN extras TEXT NOT NULL DEFAULT '{}';
ALTER TABLE users ADD COLUMN deleted_at_ms INTEGER;
UPDATE users SET role = CASE role WHEN 'admin' THEN 'org_admin' ELSE 'user' END;
CREATE INDEX users_by_organization ON users (organization_id);

ALTER TABLE credentials ADD COLUMN user_id TEXT REFERENCES users (id);
ALTER TABLE credentials ADD COLUMN scopes TEXT NOT NULL DEFAULT '[]';
ALTER TABLE credentials ADD COLUMN provider_name TEXT;
CREATE INDEX credentials_by_organization ON credentials (organization_id, kind);
CREATE INDEX credentials_by_user ON credentials (user_id);

CREATE TABLE sessions (
  id TEXT PRIMARY KEY,
  user_id TEXT NOT NULL REFERENCES users (id),
  kind TEXT NOT NULL CHECK (kind IN ('authenticated', 'voicera-api', 'va', 'app')),
  token_hash TEXT UNIQUE,
  remote_address TEXT NOT NULL,
  expires_at_ms INTEGER NOT NULL,
  revoked_at_ms INTEGER,
  revoked_why TEXT,
  created_at_ms INTEGER NOT NULL
) STRICT;
CREATE INDEX sessions_by_user ON sessions (user_id);
CREATE INDEX sessions_by_expiry ON sessions (expires_at_ms);

CREATE TABLE refresh_tokens (
  hash TEXT PRIMARY KEY,
  session_id TEXT NOT NULL REFERENCES sessions (id) ON DELETE CASCADE,
  used_at_ms INTEGER,
  expires_at_ms INTEGER NOT NULL,
  created_at_ms INTEGER NOT NULL
) STRICT;
CREATE INDEX refresh_tokens_by_session ON refresh_tokens (session_id);

CREATE TABLE signing_keys (
  id TEXT PRIMARY KEY,
  sealed_secret TEXT NOT NULL,
  retired_at_ms INTEGER,
  created_at_ms INTEGER NOT NULL
) STRICT;

CREATE TABLE password_resets (
  hash TEXT PRIMARY KEY,
  user_id TEXT NOT NULL REFERENCES users (id),
  sealed_token TEXT NOT NULL,
  expires_at_ms INTEGER NOT NULL,
  created_at_ms INTEGER NOT NULL
) STRICT;
CREATE INDEX password_resets_by_user ON password_resets (user_id);

CREATE TABLE invitations (
  id TEXT PRIMARY KEY,
  organization_id TEXT NOT NULL REFERENCES organizations (id),
  email TEXT NOT NULL COLLATE NOCASE,
  role TEXT NOT NULL,
  hash TEXT NOT NULL UNIQUE,
  invited_by TEXT REFERENCES users (id),
  accepted_at_ms INTEGER,
  expires_at_ms INTEGER NOT NULL,
  created_at_ms INTEGER NOT NULL
) STRICT;
CREATE INDEX invitations_by_organization ON invitations (organization_id);

CREATE TABLE house_settings (
  name TEXT PRIMARY KEY,
  value TEXT NOT NULL,
  updated_at_ms INTEGER NOT NULL
) STRICT;
`,
};
