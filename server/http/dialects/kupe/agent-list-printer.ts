import type { AgentHead, AgentSearch } from '../../../domain/agents/agent-repository.ts';
import type { AgentService } from '../../../domain/agents/agent-service.ts';
import type { CatalogService } from '../../../domain/catalog/catalog-service.ts';
import type { PageRequest } from '../../../domain/paging.ts';
import type { EventBus } from '../../../events/bus.ts';
import type { FactKind } from '../../../events/fact.ts';
import { PrintedRows } from '../../printed-rows.ts';
import { AgentPrinter } from './agents.wire.ts';

export interface AgentListPrinterParts {
  readonly agents: AgentService;
  readonly catalog: CatalogService;
  readonly bus: EventBus;
}

interface PrintedPage {
  /** UTF-8, so that a page that is kept need not be encoded again. */
  readonly text: Buffer;
  readonly total: number;
}

const mostPages = 100;
const largestKeptPage = 100;
const agentFacts: ReadonlySet<FactKind> = new Set(['agent-created', 'agent-changed', 'agent-deleted']);

/**
 * Lists of agents as JSON text. A page is kept until any agent changes; an agent is printed again when it, or the
 * catalog, has changed.
 */
export class AgentListPrinter {
  readonly #parts: AgentListPrinterParts;
  readonly #printer: AgentPrinter;
  readonly #printed = new PrintedRows();
  readonly #pages = new Map<string, PrintedPage>();

  constructor(parts: AgentListPrinterParts) {
    this.#parts = parts;
    this.#printer = new AgentPrinter(parts.catalog);
    parts.bus.onFact(({ fact }) => {
      if (!agentFacts.has(fact.kind) || !('agentId' in fact)) return;
      this.#pages.clear();
      this.#printed.forget(fact.agentId);
    });
  }

  /** `text` is a JSON array. */
  list(search: AgentSearch, page: PageRequest): PrintedPage {
    const key = JSON.stringify([search, page, this.#parts.catalog.revision]);
    const known = this.#pages.get(key);
    if (known) return known;
    const printed = this.#makePage(search, page);
    if (page.limit > largestKeptPage) return printed;
    if (this.#pages.size >= mostPages) this.#pages.clear();
    this.#pages.set(key, printed);
    return printed;
  }

  #makePage(search: AgentSearch, page: PageRequest): PrintedPage {
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
    return { text: Buffer.from(`[${items.flatMap(({ id }) => texts.get(id) ?? []).join()}]`), total };
  }
}
