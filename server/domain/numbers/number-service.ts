import { LandlineError } from '../../contract/errors.ts';
import type { UnitOfWork } from '../../events/unit-of-work.ts';
import type { Agent } from '../agents/agent.ts';
import type { AgentRepository } from '../agents/agent-repository.ts';
import { makeNumber, mapNumber, type NumberChange, type NumberDraft, type PhoneNumber } from './number.ts';
import type { NumberRepository } from './number-repository.ts';

/** A route as the settings write it: `agent` is an agent's id or name. */
export interface SettingsRoute {
  readonly number: string;
  readonly agent: string;
}

export class NumberService {
  readonly #unitOfWork: UnitOfWork;
  readonly #numbers: NumberRepository;
  readonly #agents: AgentRepository;

  constructor(unitOfWork: UnitOfWork, numbers: NumberRepository, agents: AgentRepository) {
    this.#unitOfWork = unitOfWork;
    this.#numbers = numbers;
    this.#agents = agents;
  }

  /**
   * Brings the routes of the settings in: new ones become numbers, those that left the settings go, and a number that
   * was mapped by hand since keeps that until its line in the settings changes. Throws `route-agent-unknown`.
   */
  mirror(routes: readonly SettingsRoute[]): Promise<void> {
    return this.#unitOfWork.run((_record, nowMs) => {
      const wanted = new Map(routes.map((route) => [route.number, this.#resolve(route)]));
      for (const number of this.#numbers.all()) {
        if (number.settingsAgentId !== null && !wanted.has(number.dialled)) this.#numbers.remove(number.id);
      }
      for (const [dialled, agent] of wanted) this.#mirrorOne(dialled, agent, nowMs);
    });
  }

  /** Throws `number-taken`, or `agent-not-found`. */
  add(draft: NumberDraft): Promise<PhoneNumber> {
    return this.#unitOfWork.run((_record, nowMs) => {
      if (this.#numbers.findDialled(draft.dialled)) {
        throw new LandlineError('number-taken', `The number ${draft.dialled} exists already.`, {
          number: draft.dialled,
        });
      }
      if (draft.agentId) this.#requireAgent(draft.organizationId, draft.agentId);
      const number = makeNumber(draft, nowMs);
      this.#numbers.insert(number);
      return number;
    });
  }

  /** Throws `number-not-found`. */
  update(organizationId: string, id: string, change: NumberChange): Promise<PhoneNumber> {
    return this.#unitOfWork.run((_record, nowMs) => {
      const number = { ...this.get(organizationId, id), ...change, updatedAtMs: nowMs };
      this.#numbers.update(number);
      return number;
    });
  }

  /** Throws `number-not-found`. */
  remove(organizationId: string, id: string): Promise<void> {
    return this.#unitOfWork.run(() => {
      this.#numbers.remove(this.get(organizationId, id).id);
    });
  }

  /** Lets the agent take the number; null leaves it to nobody. Throws `number-not-found` or `agent-not-found`. */
  map(
    organizationId: string,
    id: string,
    mapping: { readonly agentId: string | null; readonly userId: string | null },
  ): Promise<PhoneNumber> {
    return this.#unitOfWork.run((_record, nowMs) => {
      const before = this.get(organizationId, id);
      if (mapping.agentId !== null) this.#requireAgent(organizationId, mapping.agentId);
      const number = mapNumber(before, mapping.agentId, { userId: mapping.userId, nowMs });
      this.#numbers.update(number);
      return number;
    });
  }

  /** Throws `number-not-found`, also for a number of another organization. */
  get(organizationId: string, id: string): PhoneNumber {
    const number = this.#numbers.find(id);
    if (number?.organizationId === organizationId) return number;
    throw new LandlineError('number-not-found', 'There is no phone number with this id.', { id });
  }

  /** In the order they came. */
  ofOrganization(organizationId: string): readonly PhoneNumber[] {
    return this.#numbers.ofOrganization(organizationId);
  }

  /** Lines that the agent answers. */
  ofAgent(agentId: string): readonly PhoneNumber[] {
    return this.#numbers.ofAgent(agentId);
  }

  /**
   * The line that an agent calls out with: its own active number, else the organization's first active one; undefined
   * when there is none.
   */
  lineOf(organizationId: string, agentId: string): PhoneNumber | undefined {
    const active = this.#numbers.ofOrganization(organizationId).filter(({ isActive }) => isActive);
    return active.find((number) => number.agentId === agentId) ?? active[0];
  }

  /** Of every organization. */
  all(): readonly PhoneNumber[] {
    return this.#numbers.all();
  }

  #mirrorOne(dialled: string, agent: Agent, nowMs: number): void {
    const { id: agentId, organizationId } = agent;
    const known = this.#numbers.findDialled(dialled);
    if (!known) {
      this.#numbers.insert({ ...makeNumber({ organizationId, dialled, agentId }, nowMs), settingsAgentId: agentId });
    } else if (known.settingsAgentId !== agentId || known.organizationId !== organizationId) {
      const mapped = mapNumber({ ...known, organizationId }, agentId, { userId: null, nowMs });
      this.#numbers.update({ ...mapped, settingsAgentId: agentId });
    }
  }

  #requireAgent(organizationId: string, agentId: string): void {
    if (this.#agents.find(agentId)?.organizationId === organizationId) return;
    throw new LandlineError('agent-not-found', 'There is no agent with this id.', { id: agentId });
  }

  #resolve({ number, agent }: SettingsRoute): Agent {
    const found = this.#agents.find(agent.toLowerCase()) ?? this.#agents.findByName(agent);
    if (found) return found;
    throw new LandlineError(
      'route-agent-unknown',
      `The route for ${number} names the agent "${agent}", which doesn't exist: put an agent's id or name there.`,
      { number, agent },
    );
  }
}
