import { randomUUID } from 'node:crypto';
import { open, rename } from 'node:fs/promises';
import { join } from 'node:path';
import { firstKeysFileName } from '../contract/running.ts';
import type { RecordFact, UnitOfWork } from '../events/unit-of-work.ts';
import { type Agent, type AgentDraft, makeAgent } from './agents/agent.ts';
import type { AgentRepository } from './agents/agent-repository.ts';
import { base62Text, makeKey } from './credentials/credential.ts';
import type { Identity } from './identity.ts';
import type { KnowledgeRepository } from './knowledge/knowledge-repository.ts';
import { splitSentences } from './knowledge/sentence.ts';

export interface FirstStartParts {
  readonly unitOfWork: UnitOfWork;
  readonly identity: Pick<Identity, 'organizations' | 'users' | 'credentials' | 'passwords' | 'signingKeys'>;
  readonly agents: AgentRepository;
  readonly knowledge: KnowledgeRepository;
  readonly dataFolder: string;
  readonly timeZone: string;
}

/** What `first-keys.env` holds: one credential for each API. */
export interface FirstKeys {
  readonly vaKey: string;
  readonly kupeKey: string;
  readonly email: string;
  readonly password: string;
}

export interface FirstStart extends FirstKeys {
  readonly organizationId: string;
  readonly agentId: string;
  /** The person whom the Kupe key and the password belong to: an administrator of the organization. */
  readonly userId: string;
  readonly keysPath: string;
}

const firstEmail = 'first.user@landline.example';

/**
 * On an empty database: makes an organization, the sample agent as default agent, one person and one credential for
 * each API, which go to `<data>/first-keys.env` (mode 0600). The file comes first and the rows in one transaction after
 * it, so a start that is cut off leaves nothing half done: the next one begins anew. Undefined when there is an
 * organization already.
 */
export async function ensureFirstStart(
  parts: FirstStartParts,
  options: { readonly sampleAgent: AgentDraft; readonly url: string },
): Promise<FirstStart | undefined> {
  const { unitOfWork, identity, dataFolder } = parts;
  // The newest signing key is what a later start tries the secret key on.
  await identity.signingKeys.current();
  if (identity.organizations.first()) return undefined;
  const keys: FirstKeys = {
    vaKey: makeKey('va'),
    kupeKey: makeKey('kupe'),
    email: firstEmail,
    password: base62Text(20),
  };
  const passwordHash = await identity.passwords.hash(keys.password);
  const keysPath = join(dataFolder, firstKeysFileName);
  await writeSecret(keysPath, keysText(options.url, keys));
  return unitOfWork.run((record, nowMs) => {
    const { organizationId, userId } = insertPeople(parts, keys, { passwordHash, record, nowMs });
    const agent = insertAgent(parts, options.sampleAgent, { organizationId, record, nowMs });
    return { ...keys, organizationId, userId, agentId: agent.id, keysPath };
  });
}

function keysText(url: string, { vaKey, kupeKey, email, password }: FirstKeys): string {
  const lines = {
    LANDLINE_URL: url,
    LANDLINE_VA_KEY: vaKey,
    LANDLINE_KUPE_KEY: kupeKey,
    LANDLINE_VOICERA_EMAIL: email,
    LANDLINE_VOICERA_PASSWORD: password,
  };
  return Object.entries(lines)
    .map(([name, value]) => `${name}=${value}\n`)
    .join('');
}

interface Moment {
  readonly record: RecordFact;
  readonly nowMs: number;
}

function insertPeople(
  { identity: { credentials, organizations, users } }: FirstStartParts,
  { vaKey, kupeKey, email }: FirstKeys,
  { passwordHash, record, nowMs }: Moment & { readonly passwordHash: string },
): { readonly organizationId: string; readonly userId: string } {
  const { id: organizationId } = organizations.insert({ name: 'My organization' }, nowMs);
  record(organizationId, { kind: 'organization-created', organizationId });
  const person = { organizationId, email, role: 'org_admin', firstName: 'First', lastName: 'User' } as const;
  const { id: userId } = users.insert(person, passwordHash, nowMs);
  record(organizationId, { kind: 'user-created', userId });
  for (const own of [
    { kind: 'va', key: vaKey, userId: null },
    { kind: 'kupe', key: kupeKey, userId },
  ] as const) {
    const { credential } = credentials.insert({ organizationId, name: 'First key', ...own }, nowMs);
    record(organizationId, { kind: 'credential-issued', credentialId: credential.id });
  }
  return { organizationId, userId };
}

function insertAgent(
  { agents, knowledge, timeZone }: FirstStartParts,
  sampleAgent: AgentDraft,
  { organizationId, record, nowMs }: Moment & { readonly organizationId: string },
): Agent {
  const draft = { timeZone, ...sampleAgent };
  const agent = makeAgent(draft, { id: randomUUID(), organizationId, isDefault: true, nowMs });
  agents.insert(agent);
  knowledge.replace(agent.id, splitSentences(agent.knowledge));
  record(organizationId, { kind: 'agent-created', agentId: agent.id });
  return agent;
}

/** Readable by the owner alone from its first byte on; complete or not there. */
async function writeSecret(path: string, text: string): Promise<void> {
  const unfinished = `${path}.new`;
  const file = await open(unfinished, 'w', 0o600);
  try {
    await file.chmod(0o600);
    await file.writeFile(text);
    await file.sync();
  } finally {
    await file.close();
  }
  await rename(unfinished, path);
}
