import { randomUUID } from 'node:crypto';
import { open, rename } from 'node:fs/promises';
import { join } from 'node:path';
import { firstKeysFileName } from '../contract/running.ts';
import type { UnitOfWork } from '../events/unit-of-work.ts';
import { type AgentDraft, makeAgent } from './agents/agent.ts';
import type { AgentRepository } from './agents/agent-repository.ts';
import { hashKey, makeVaCredential, makeVaKey } from './credentials/credential.ts';
import type { CredentialRepository } from './credentials/credential-repository.ts';
import type { KnowledgeRepository } from './knowledge/knowledge-repository.ts';
import { splitSentences } from './knowledge/sentence.ts';
import type { OrganizationRepository } from './organizations/organization-repository.ts';

export interface FirstStartParts {
  readonly unitOfWork: UnitOfWork;
  readonly organizations: OrganizationRepository;
  readonly agents: AgentRepository;
  readonly knowledge: KnowledgeRepository;
  readonly credentials: CredentialRepository;
  readonly dataFolder: string;
  readonly timeZone: string;
}

export interface FirstStart {
  readonly organizationId: string;
  readonly agentId: string;
  /** The key that was written to `first-keys.env`. */
  readonly vaKey: string;
  readonly keysPath: string;
}

/**
 * On an empty database: makes an organization, the sample agent as default agent and one `va_` key, which goes to
 * `<data>/first-keys.env` (mode 0600). The file comes first and the rows in one transaction after it, so a start that
 * is cut off leaves nothing half done: the next one begins anew. Undefined when there is an organization already.
 */
export async function ensureFirstStart(
  parts: FirstStartParts,
  options: { readonly sampleAgent: AgentDraft; readonly url: string },
): Promise<FirstStart | undefined> {
  const { unitOfWork, organizations, agents, knowledge, credentials, dataFolder, timeZone } = parts;
  if (organizations.first()) return undefined;
  const key = makeVaKey();
  const keysPath = join(dataFolder, firstKeysFileName);
  await writeSecret(keysPath, `LANDLINE_URL=${options.url}\nLANDLINE_VA_KEY=${key}\n`);
  return unitOfWork.run((record, nowMs) => {
    const organizationId = randomUUID();
    organizations.insert({ id: organizationId, name: 'My organization', createdAtMs: nowMs, updatedAtMs: nowMs });
    record(organizationId, { kind: 'organization-created', organizationId });
    const draft = { timeZone, ...options.sampleAgent };
    const agent = makeAgent(draft, { id: randomUUID(), organizationId, isDefault: true, nowMs });
    agents.insert(agent);
    knowledge.replace(agent.id, splitSentences(agent.knowledge));
    record(organizationId, { kind: 'agent-created', agentId: agent.id });
    const credential = makeVaCredential(key, { organizationId, name: 'First key', nowMs });
    credentials.insert(credential, hashKey(key));
    record(organizationId, { kind: 'credential-issued', credentialId: credential.id });
    return { organizationId, agentId: agent.id, vaKey: key, keysPath };
  });
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
