import { LandlineError } from '../../contract/errors.ts';
import type { UnitOfWork } from '../../events/unit-of-work.ts';
import type { AgentRepository } from '../agents/agent-repository.ts';
import type { NumberRoute } from './number.ts';
import type { NumberRepository } from './number-repository.ts';

export class NumberService {
  readonly #unitOfWork: UnitOfWork;
  readonly #numbers: NumberRepository;
  readonly #agents: AgentRepository;

  constructor(unitOfWork: UnitOfWork, numbers: NumberRepository, agents: AgentRepository) {
    this.#unitOfWork = unitOfWork;
    this.#numbers = numbers;
    this.#agents = agents;
  }

  /** Makes the routes exactly these. `agent` is an agent's id or name; throws `route-agent-unknown` otherwise. */
  mirror(routes: readonly { readonly number: string; readonly agent: string }[]): Promise<void> {
    return this.#unitOfWork.run((_record, nowMs) => {
      this.#numbers.replaceAll(
        routes.map((route) => this.#resolve(route)),
        nowMs,
      );
    });
  }

  all(): readonly NumberRoute[] {
    return this.#numbers.all();
  }

  #resolve({ number, agent }: { readonly number: string; readonly agent: string }): NumberRoute {
    const found = this.#agents.find(agent.toLowerCase()) ?? this.#agents.findByName(agent);
    if (found) return { dialled: number, organizationId: found.organizationId, agentId: found.id };
    throw new LandlineError(
      'route-agent-unknown',
      `The route for ${number} names the agent "${agent}", which doesn't exist: put an agent's id or name there.`,
      { number, agent },
    );
  }
}
