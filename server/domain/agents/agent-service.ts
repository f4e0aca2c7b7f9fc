import { randomUUID } from 'node:crypto';
import { LandlineError } from '../../contract/errors.ts';
import type { UnitOfWork } from '../../events/unit-of-work.ts';
import type { CallRepository } from '../calls/call-repository.ts';
import { mergedExtras } from '../json-column.ts';
import type { KnowledgeRepository } from '../knowledge/knowledge-repository.ts';
import { splitSentences } from '../knowledge/sentence.ts';
import type { NumberRepository } from '../numbers/number-repository.ts';
import type { Page, PageRequest } from '../paging.ts';
import type { TaskRepository } from '../tasks/task-repository.ts';
import { type Agent, type AgentChange, type AgentDraft, makeAgent } from './agent.ts';
import type { AgentHead, AgentRepository, AgentSearch } from './agent-repository.ts';

/** Who takes a dialled number, and why. */
export type DialledAgent =
  | { readonly kind: 'found'; readonly agent: Agent; readonly by: 'id' | 'route' | 'default' }
  | { readonly kind: 'disabled'; readonly agent: Agent }
  | { readonly kind: 'unknown' };

export interface AgentRepositories {
  readonly agents: AgentRepository;
  readonly knowledge: KnowledgeRepository;
  readonly numbers: NumberRepository;
  readonly tasks: TaskRepository;
  readonly calls: CallRepository;
}

/** Some APIs allow namesakes, others don't. */
export interface NameRule {
  readonly unique?: boolean;
}

export class AgentService {
  readonly #unitOfWork: UnitOfWork;
  readonly #repositories: AgentRepositories;
  readonly #timeZone: string;

  /** `timeZone` (IANA name) is what a new agent gets that names none. */
  constructor(unitOfWork: UnitOfWork, repositories: AgentRepositories, timeZone: string) {
    this.#unitOfWork = unitOfWork;
    this.#repositories = repositories;
    this.#timeZone = timeZone;
  }

  /** Throws `agent-exists` for a name that an agent of the organization has, where names are to be unique. */
  create(organizationId: string, draft: AgentDraft, names: NameRule = {}): Promise<Agent> {
    return this.#unitOfWork.run((record, nowMs) => {
      const { agents, knowledge } = this.#repositories;
      if (names.unique) this.#requireFreeName(organizationId, draft.name, '');
      const withZone = { timeZone: this.#timeZone, ...draft };
      const agent = makeAgent(withZone, { id: randomUUID(), organizationId, isDefault: false, nowMs });
      agents.insert(agent);
      knowledge.replace(agent.id, splitSentences(agent.knowledge));
      record(organizationId, { kind: 'agent-created', agentId: agent.id });
      return agent;
    });
  }

  /** Makes this agent (by id or name) the one that takes numbers without a route. Throws `default-agent-unknown`. */
  makeDefault(reference: string): Promise<Agent> {
    return this.#unitOfWork.run((record, nowMs) => {
      const { agents } = this.#repositories;
      const agent = agents.find(reference.toLowerCase()) ?? agents.findByName(reference);
      if (!agent) {
        throw new LandlineError(
          'default-agent-unknown',
          `The default agent "${reference}" doesn't exist: put an agent's id or name into the settings.`,
          { reference },
        );
      }
      if (agent.isDefault) return agent;
      const before = agents.findDefault();
      if (before) agents.update({ ...before, isDefault: false, updatedAtMs: nowMs });
      const after = { ...agent, isDefault: true, updatedAtMs: nowMs };
      agents.update(after);
      record(agent.organizationId, { kind: 'agent-changed', agentId: agent.id });
      return after;
    });
  }

  /** Throws `agent-not-found`, or `agent-exists` as `create` does. */
  update(
    organizationId: string,
    id: string,
    changing: AgentChange | ((before: Agent) => AgentChange),
    names: NameRule = {},
  ): Promise<Agent> {
    return this.#unitOfWork.run((record, nowMs) => {
      const { agents, knowledge } = this.#repositories;
      const before = this.get(organizationId, id);
      const change = typeof changing === 'function' ? changing(before) : changing;
      if (names.unique && change.name !== undefined) this.#requireFreeName(organizationId, change.name, id);
      const agent: Agent = {
        ...before,
        ...change,
        extras: mergedExtras(before.extras, change.extras),
        updatedAtMs: nowMs,
      };
      agents.update(agent);
      if (agent.knowledge !== before.knowledge) knowledge.replace(id, splitSentences(agent.knowledge));
      record(organizationId, { kind: 'agent-changed', agentId: id });
      return agent;
    });
  }

  /** Throws `agent-not-found`, or `agent-in-use` while a task of it is pending or in progress, or a call is on. */
  delete(organizationId: string, id: string): Promise<void> {
    return this.#unitOfWork.run((record, nowMs) => {
      const { agents, calls, knowledge, numbers, tasks } = this.#repositories;
      this.get(organizationId, id);
      const activeTasks = tasks.countActive(id);
      const openCalls = calls.countOpen(id);
      if (activeTasks + openCalls > 0) {
        throw new LandlineError(
          'agent-in-use',
          `The agent has ${activeTasks} active task(s) and ${openCalls} call(s) in progress: end or delete them first.`,
          { activeTasks, openCalls },
        );
      }
      agents.delete(id, nowMs);
      knowledge.replace(id, []);
      numbers.removeAgent(id);
      record(organizationId, { kind: 'agent-deleted', agentId: id });
    });
  }

  /** Throws `agent-not-found`, also for an agent of another organization. */
  get(organizationId: string, id: string): Agent {
    const agent = this.#repositories.agents.find(id);
    if (agent?.organizationId === organizationId) return agent;
    throw new LandlineError('agent-not-found', 'There is no agent with this id.', { id });
  }

  /** Whatever the organization: for calls, which come from the line. */
  find(id: string): Agent | undefined {
    return this.#repositories.agents.find(id);
  }

  /** Newest first, with the exact total. */
  list(filter: { readonly organizationId: string; readonly enabled?: boolean }, page: PageRequest): Page<Agent> {
    return this.#repositories.agents.list(filter, page);
  }

  /** Calls of this agent that have not ended. */
  openCalls(id: string): number {
    return this.#repositories.calls.countOpen(id);
  }

  /** As `search`, with no more than tells whether a printed agent is still right. */
  heads(search: AgentSearch, page: PageRequest): Page<AgentHead> {
    return this.#repositories.agents.heads(search, page);
  }

  /** By id, whatever the organization, deleted ones too. */
  findEver(ids: readonly string[]): ReadonlyMap<string, Agent> {
    return this.#repositories.agents.findEver(ids);
  }

  /** Agents that fit, with the exact total. */
  search(search: AgentSearch, page: PageRequest): Page<Agent> {
    return this.#repositories.agents.search(search, page);
  }

  /** Who answers numbers without a route; undefined when nobody does. */
  default(): Agent | undefined {
    return this.#repositories.agents.findDefault();
  }

  /**
   * Who answers for the user part of a Request-URI: the agent with this id, else by route, else the default
   * agent. A number of another organization, or one that is not active, goes to no default.
   */
  resolveDialled(user: string): DialledAgent {
    const { agents, numbers } = this.#repositories;
    const byId = agents.find(user.toLowerCase());
    if (byId) return byId.enabled ? { kind: 'found', agent: byId, by: 'id' } : { kind: 'disabled', agent: byId };
    const number = numbers.dialled(user);
    if (number && !number.isActive) return { kind: 'unknown' };
    const routed = number?.agentId ? agents.find(number.agentId) : undefined;
    const agent = routed ?? agents.findDefault();
    if (!agent || (number && number.organizationId !== agent.organizationId)) return { kind: 'unknown' };
    if (!agent.enabled) return { kind: 'disabled', agent };
    return { kind: 'found', agent, by: routed ? 'route' : 'default' };
  }
  #requireFreeName(organizationId: string, name: string, exceptId: string): void {
    if (!this.#repositories.agents.isNameTaken(organizationId, name, exceptId)) return;
    throw new LandlineError('agent-exists', 'Agent already exists', {
      reason: `An agent named "${name}" exists already: choose another name.`,
    });
  }
}
