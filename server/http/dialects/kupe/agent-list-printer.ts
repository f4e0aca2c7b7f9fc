import type { AgentHead, AgentSearch } from '../../../domain/agents/agent-repository.ts';
import type { AgentService } from '../../../domain/agents/agent-service.ts';
import type { CatalogService } from '../../../domain/catalog/catalog-service.ts';
import type { PageRequest } from '../../../domain/paging.ts';
import type { EventBus } from '../../../events/bus.ts';
import { PrintedRows } from '../../printed-rows.ts';
import { AgentPrinter } from './agents.wire.ts';

export interface AgentListPrinterParts {
  readonly agents: AgentService;
  readonly catalog: CatalogService;
  readonly bus: EventBus;
}

/** Lists of agents as JSON text; an agent is printed again when it, or the catalog, has changed. */
export class AgentListPrinter {
  readonly #parts: AgentListPrinterParts;
  readonly #printer: AgentPrinter;
  readonly #printed = new PrintedRows();

  constructor(parts: AgentListPrinterParts) {
    this.#parts = parts;
    this.#printer = new AgentPrinter(parts.catalog);
    parts.bus.onFact(({ fact }) => {
      if (fact.kind === 'agent-changed' || fact.kind === 'agent-deleted') this.#printed.forget(fact.agentId);
    });
  }

  /** `text` is a JSON array. */
  list(search: AgentSearch, page: PageRequest): { readonly text: string; readonly total: number } {
    const { agents, catalog } = this.#parts;
    const { items, total } = agents.heads(search, page);
    const texts = new Map<string, string>();
    const unknown: AgentHead[] = [];
    for (const head of items) {
      const known = this.#printed.find(head.id, `${catalog.revision} ${head.updatedAtMs}`);
      if (known === undefined) unknown.push(head);
      else texts.set(head.id, known);
    }
    if (unknown.length > 0) {
      for (const agent of agents.findEver(unknown.map(({ id }) => id)).values()) {
        const text = JSON.stringify(this.#printer.item(agent));
        texts.set(agent.id, text);
        this.#printed.keep(agent.id, `${catalog.revision} ${agent.updatedAtMs}`, text);
      }
    }
    return { text: `[${items.flatMap(({ id }) => texts.get(id) ?? []).join()}]`, total };
  }
}
