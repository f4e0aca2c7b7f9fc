import { mkdtemp, rm, writeFile } from 'node:fs/promises';
import { tmpdir } from 'node:os';
import { join } from 'node:path';
import { LandlineError } from '../../contract/errors.ts';
import type { RecordFact, UnitOfWork } from '../../events/unit-of-work.ts';
import { makeAgent } from '../agents/agent.ts';
import type { AgentRepository } from '../agents/agent-repository.ts';
import { type Principal, requireRole } from '../credentials/principal.ts';
import type { KnowledgeFileService, StoredUpload } from '../knowledge/knowledge-file-service.ts';
import type { KnowledgeRepository } from '../knowledge/knowledge-repository.ts';
import { splitSentences } from '../knowledge/sentence.ts';
import { makeNumber } from '../numbers/number.ts';
import type { NumberRepository } from '../numbers/number-repository.ts';
import type { OrganizationRepository } from '../organizations/organization-repository.ts';
import type { OutboundRuleService } from '../outbound-rules/outbound-rule-service.ts';
import { makeTool } from '../tools/tool.ts';
import type { ToolService } from '../tools/tool-service.ts';
import type { UserRepository } from '../users/user-repository.ts';
import {
  type Bundle,
  type BundleAgent,
  type BundleNumber,
  type BundleProblem,
  type BundleTool,
  conflictsOf,
  type KnownThings,
  problemsOf,
  withoutKnown,
} from './bundle.ts';
import type { TakenIdsRepository } from './taken-ids-repository.ts';

export interface MovingInParts {
  readonly unitOfWork: UnitOfWork;
  readonly agents: AgentRepository;
  readonly knowledge: KnowledgeRepository;
  readonly numbers: NumberRepository;
  readonly users: UserRepository;
  readonly taken: TakenIdsRepository;
  readonly knowledgeFiles: KnowledgeFileService;
  readonly tools: Pick<ToolService, 'has' | 'give' | 'problemsOf' | 'insert'>;
  readonly organizations: OrganizationRepository;
  readonly outboundRules: Pick<OutboundRuleService, 'get'>;
  /** IANA name for agents that name none. */
  readonly timeZone: string;
}

/** How many came in, and what was left out because it is here already. */
export interface MovingInReport {
  readonly tools: number;
  readonly agents: number;
  readonly numbers: number;
  readonly files: number;
  readonly existing: readonly BundleProblem[];
}

interface Stored {
  readonly upload: StoredUpload;
  readonly agentIds: readonly string[];
}

/** Takes in tools, agents, numbers and files under the ids they had elsewhere: all of a bundle, or nothing. */
export class MovingInService {
  readonly #parts: MovingInParts;

  constructor(parts: MovingInParts) {
    this.#parts = parts;
  }

  /**
   * Into the caller's organization. Throws `forbidden` below org_admin and for numbers of an organization that
   * registered itself and may not telephone yet, `bundle-invalid` with every problem, or
   * `bundle-conflict` with all that exists already, unless that is to be skipped.
   */
  async bringIn(
    principal: Principal,
    whole: Bundle,
    options: { readonly skipExisting: boolean },
  ): Promise<MovingInReport> {
    requireRole(principal, 'org_admin');
    this.#requireRightToNumbers(principal, whole);
    const known = this.#known(principal, whole);
    requireSound(whole, known);
    const existing = conflictsOf(whole, known);
    if (existing.length > 0 && !options.skipExisting) throw bundleConflict(existing);
    const bundle = withoutKnown(whole, known);
    // What was left out may be another organization's, and nothing may name it then.
    requireSound(bundle, known);
    const stored = await this.#storeAll(principal, bundle);
    try {
      await this.#parts.unitOfWork.run((record, nowMs) => {
        const sinceThen = conflictsOf(bundle, this.#known(principal, bundle));
        if (sinceThen.length > 0) throw bundleConflict(sinceThen);
        this.#insert(principal, { bundle, stored }, record, nowMs);
      });
    } catch (thrown) {
      await this.#discard(stored);
      throw thrown;
    }
    const { tools, agents, numbers, files } = bundle;
    return { tools: tools.length, agents: agents.length, numbers: numbers.length, files: files.length, existing };
  }

  /** Who registered by the public route takes no calls to numbers of this house before an administrator lets them telephone. */
  #requireRightToNumbers({ organizationId }: Principal, { numbers }: Bundle): void {
    const { organizations, outboundRules } = this.#parts;
    if (numbers.length === 0 || !organizations.find(organizationId)?.isRegistered) return;
    if (outboundRules.get(organizationId).mayDial) return;
    const sentence =
      'This organization may not have numbers yet: an administrator of the house has to let it dial first.';
    throw new LandlineError('forbidden', sentence);
  }

  #known({ organizationId }: Principal, bundle: Bundle): KnownThings {
    const { agents, taken, tools, users } = this.#parts;
    return {
      agentIds: taken.agents(bundle.agents.map(({ id }) => id)),
      numberIds: taken.numbers(bundle.numbers.map(({ id }) => id)),
      dialled: taken.dialled(bundle.numbers.map(({ draft }) => draft.dialled)),
      fileIds: taken.files(bundle.files.map(({ id }) => id)),
      isOwnAgent: (id) => agents.find(id)?.organizationId === organizationId,
      toolIds: taken.tools(bundle.tools.map(({ id }) => id)),
      problemsOfTool: (draft) => tools.problemsOf(draft),
      isOwnTool: (tool) => tools.has(organizationId, tool),
      isOwnPerson: (email) => users.findByEmail(email)?.organizationId === organizationId,
    };
  }

  /** Copies of all files, or none and `bundle-invalid`. */
  async #storeAll({ organizationId, userId }: Principal, { files }: Bundle): Promise<readonly Stored[]> {
    const stored: Stored[] = [];
    const problems: BundleProblem[] = [];
    const folder = await mkdtemp(join(tmpdir(), 'landline-moving-in-'));
    try {
      const path = join(folder, 'file');
      for (const file of files) {
        await writeFile(path, file.content, { mode: 0o600 });
        const named = { fileName: file.name, contentType: file.contentType, sizeBytes: file.content.length, path };
        try {
          const upload = await this.#parts.knowledgeFiles.store({ organizationId, userId }, named, file.id);
          stored.push({ upload, agentIds: [...new Set(file.agentIds)] });
        } catch (thrown) {
          if (!(thrown instanceof LandlineError) || !isFilesFault(thrown)) throw thrown;
          problems.push({ field: file.place, message: thrown.message });
        }
      }
      if (problems.length > 0) throw bundleInvalid(problems);
      return stored;
    } catch (thrown) {
      await this.#discard(stored);
      throw thrown;
    } finally {
      await rm(folder, { recursive: true, force: true });
    }
  }

  #insert(
    principal: Principal,
    { bundle, stored }: { readonly bundle: Bundle; readonly stored: readonly Stored[] },
    record: RecordFact,
    nowMs: number,
  ): void {
    for (const tool of bundle.tools) this.#insertTool(principal, tool, nowMs);
    for (const agent of bundle.agents) this.#insertAgent(principal, agent, record, nowMs);
    for (const number of bundle.numbers) this.#insertNumber(principal, number, nowMs);
    for (const { upload, agentIds } of stored) {
      this.#parts.knowledgeFiles.insertStored(upload, agentIds, record, nowMs);
    }
  }

  #insertTool({ organizationId, userId }: Principal, { id, owner, draft, ...times }: BundleTool, nowMs: number): void {
    const { createdAtMs = nowMs, updatedAtMs = createdAtMs } = times;
    const tool = makeTool(draft, { id, organizationId, userId: this.#ownerOr(userId, owner), nowMs });
    this.#parts.tools.insert({ ...tool, createdAtMs, updatedAtMs });
  }

  #ownerOr(userId: string | null, owner: BundleTool['owner']): string | null {
    return owner === undefined ? userId : (this.#parts.users.findByEmail(owner.email)?.id ?? null);
  }

  #insertAgent(
    { organizationId, userId }: Principal,
    { id, owner, draft, tools, ...times }: BundleAgent,
    record: RecordFact,
    nowMs: number,
  ): void {
    const { createdAtMs = nowMs, updatedAtMs = createdAtMs } = times;
    const { agents, knowledge, timeZone, tools: agentTools } = this.#parts;
    const ownerUserId = this.#ownerOr(userId, owner);
    const fixed = { id, organizationId, isDefault: false, nowMs };
    const agent = { ...makeAgent({ timeZone, ...draft, ownerUserId }, fixed), createdAtMs, updatedAtMs };
    agents.insert(agent);
    knowledge.replace(id, splitSentences(agent.knowledge));
    agentTools.give({ organizationId, agentId: id }, tools, nowMs);
    record(organizationId, { kind: 'agent-created', agentId: id });
  }

  #insertNumber({ organizationId, userId }: Principal, arriving: BundleNumber, nowMs: number): void {
    const { id, draft, mapping: arrived, createdAtMs = nowMs } = arriving;
    const number = makeNumber({ ...draft, id, organizationId }, nowMs);
    const { id: mappingId, atMs = nowMs } = arrived ?? {};
    const mapping = number.mapping && { id: mappingId ?? number.mapping.id, userId, atMs };
    this.#parts.numbers.insert({ ...number, mapping, createdAtMs });
  }

  async #discard(stored: readonly Stored[]): Promise<void> {
    for (const { upload } of stored) await this.#parts.knowledgeFiles.discard(upload);
  }
}

function requireSound(bundle: Bundle, known: KnownThings): void {
  const problems = problemsOf(bundle, known);
  if (problems.length > 0) throw bundleInvalid(problems);
}

/** What somebody can mend in the bundle; a full disk is not. */
function isFilesFault({ code }: LandlineError): boolean {
  return code === 'file-type-refused' || code === 'file-empty' || code === 'file-too-large';
}

function bundleInvalid(problems: readonly BundleProblem[]): LandlineError {
  return new LandlineError('bundle-invalid', sentenceOf(problems), { problems });
}

function bundleConflict(problems: readonly BundleProblem[]): LandlineError {
  const sentence = `Nothing was brought in, since some of it is here: ${sentenceOf(problems)}`;
  return new LandlineError('bundle-conflict', sentence, { problems });
}

function sentenceOf(problems: readonly BundleProblem[]): string {
  const shown = problems.slice(0, 10).map(({ field, message }) => `${field} ${message}`);
  const more = problems.length > shown.length ? [`and ${problems.length - shown.length} more`] : [];
  return [...shown, ...more].join('; ');
}
