import type { AgentService } from '../../../domain/agents/agent-service.ts';
import type { CallLog } from '../../../domain/call-logs/call-log.ts';
import type { CallLogService } from '../../../domain/call-logs/call-log-service.ts';
import type { CallFilter } from '../../../domain/calls/call-filter.ts';
import type { CallHead } from '../../../domain/calls/call-list-repository.ts';
import type { PageRequest } from '../../../domain/paging.ts';
import type { EventBus } from '../../../events/bus.ts';
import type { Fact } from '../../../events/fact.ts';
import type { MediaLinks } from '../../media-links.ts';
import { PrintedRows } from '../../printed-rows.ts';
import { callLogToWire } from './call-logs.wire.ts';

export interface CallLogPrinterParts {
  readonly callLogs: CallLogService;
  readonly agents: Pick<AgentService, 'find'>;
  readonly links: MediaLinks;
  readonly bus: EventBus;
}

interface PrintedPage {
  /** UTF-8, so that a page that is kept need not be encoded again. */
  readonly text: Buffer;
  readonly total: number;
}

const mostPages = 100;
const largestKeptPage = 100;

function shownOf(agent: CallLog['agent']): string {
  return `${agent.isConfidential} ${agent.name}`;
}

/**
 * Call sessions as JSON text. A page is kept until any call changes; what one call says is printed again only when it,
 * its words, its results, its recording, its cost or its agent changed.
 */
export class CallLogPrinter {
  readonly #parts: CallLogPrinterParts;
  readonly #printed = new PrintedRows();
  readonly #pages = new Map<string, PrintedPage>();
  /** What of an agent shows in the sessions that were printed. */
  readonly #agents = new Map<string, string>();

  constructor(parts: CallLogPrinterParts) {
    this.#parts = parts;
    parts.bus.onFact(({ fact }) => this.#notice(fact));
  }

  get counters(): PrintedRows['counters'] {
    return this.#printed.counters;
  }

  /** Throws `call-not-found`. */
  one(filter: CallFilter, requestId: string, origin: string): string {
    return this.#print(this.#parts.callLogs.byRequest(filter, requestId), origin);
  }

  /** `text` is a JSON array. */
  list(filter: CallFilter, page: PageRequest, origin: string): PrintedPage {
    const key = JSON.stringify([filter, page, origin, this.#parts.links.generation]);
    const known = this.#pages.get(key);
    if (known) return known;
    const printed = this.#makePage(filter, page, origin);
    // Roles are told apart by people's rows, whose changes no call shows.
    if (filter.userRoles === undefined && page.limit <= largestKeptPage) this.#keepPage(key, printed);
    return printed;
  }

  #makePage(filter: CallFilter, page: PageRequest, origin: string): PrintedPage {
    const { items, total } = this.#parts.callLogs.heads(filter, page);
    const scope = `${origin} ${this.#parts.links.generation} `;
    const texts = new Map<string, string>();
    const unknown: CallHead[] = [];
    for (const head of items) {
      const known = this.#printed.find(head.id, scope + head.updatedAtMs);
      if (known === undefined) unknown.push(head);
      else texts.set(head.id, known);
    }
    for (const log of this.#parts.callLogs.ofCalls(unknown.map(({ id }) => id))) {
      const text = this.#print(log, origin);
      texts.set(log.call.id, text);
      if (log.call.endedAtMs !== null) this.#printed.keep(log.call.id, scope + log.call.updatedAtMs, text);
    }
    return { text: Buffer.from(`[${items.flatMap(({ id }) => texts.get(id) ?? []).join()}]`), total };
  }

  #keepPage(key: string, page: PrintedPage): void {
    if (this.#pages.size >= mostPages) this.#pages.clear();
    this.#pages.set(key, page);
  }

  /** Whatever changes a call is told with the commit of it, so no page that was made before is shown after. */
  #notice(fact: Fact): void {
    if ('callId' in fact) {
      this.#pages.clear();
      this.#printed.forget(fact.callId);
    } else if (fact.kind === 'agent-changed' && this.#agents.has(fact.agentId)) {
      const agent = this.#parts.agents.find(fact.agentId);
      if (agent && shownOf(agent) === this.#agents.get(fact.agentId)) return;
      this.#agents.clear();
      this.#pages.clear();
      this.#printed.forgetAll();
    }
  }

  #print(log: CallLog, origin: string): string {
    this.#agents.set(log.call.agentId, shownOf(log.agent));
    return JSON.stringify(callLogToWire(log, (callId) => this.#parts.links.url(origin, 'recording', callId)));
  }
}
