import { LandlineError } from '../../contract/errors.ts';
import type { AgentRepository } from '../agents/agent-repository.ts';
import type { CallAnalysisRepository } from '../analysis/call-analysis-repository.ts';
import type { CallFilter } from '../calls/call-filter.ts';
import type { CallHead } from '../calls/call-list-repository.ts';
import type { CallRepository } from '../calls/call-repository.ts';
import { withoutFindings } from '../calls/disclosure.ts';
import type { TurnRepository } from '../calls/turn-repository.ts';
import type { Page, PageRequest } from '../paging.ts';
import type { RecordingRepository } from '../recordings/recording-repository.ts';
import type { CallLog } from './call-log.ts';

export interface CallLogParts {
  readonly calls: CallRepository;
  readonly turns: TurnRepository;
  readonly agents: AgentRepository;
  readonly recordings: RecordingRepository;
  readonly callAnalyses: CallAnalysisRepository;
  readonly costsOf: (callIds: readonly string[]) => ReadonlyMap<string, number>;
}

/** Read in about a millisecond: who reads all of them keeps nobody waiting. */
const batchSize = 40;

/** Calls with their words, results, recordings and costs, read many at a time. */
export class CallLogService {
  readonly #parts: CallLogParts;

  constructor(parts: CallLogParts) {
    this.#parts = parts;
  }

  /** Which calls match, newest first; what they hold is read by `ofCalls`. */
  heads(filter: CallFilter, page: PageRequest): Page<CallHead> {
    return this.#parts.calls.heads(filter, page);
  }

  /** In the order of the ids; calls that are unknown or deleted are left out. */
  ofCalls(callIds: readonly string[]): readonly CallLog[] {
    if (callIds.length === 0) return [];
    const { agents, callAnalyses, calls, costsOf, recordings, turns } = this.#parts;
    const found = new Map(calls.findMany(callIds).map((call) => [call.id, call]));
    const said = turns.ofCalls(callIds);
    const results = callAnalyses.resultsOf(callIds);
    const recorded = recordings.ofCalls(callIds);
    const costs = costsOf(callIds);
    const agentsById = agents.findEver([...found.values()].map(({ agentId }) => agentId));
    return callIds.flatMap((id) => {
      const call = found.get(id);
      if (!call) return [];
      const agent = agentsById.get(call.agentId) ?? { name: '', isConfidential: false };
      const costMicro = costs.get(id) ?? null;
      if (agent.isConfidential) {
        return [{ call: withoutFindings(call), agent, turns: [], recording: undefined, results: [], costMicro }];
      }
      const heard = { turns: said.get(id) ?? [], recording: recorded.get(id), results: results.get(id) ?? [] };
      return [{ call, agent, ...heard, costMicro }];
    });
  }

  /** Throws `call-not-found`, also for a call that the filter does not let through. */
  byRequest(filter: CallFilter, requestId: string): CallLog {
    const { items } = this.heads({ ...filter, requestId }, { limit: 1, offset: 0 });
    const [log] = this.ofCalls(items.map(({ id }) => id));
    if (log) return log;
    throw new LandlineError('call-not-found', 'Call session not found', { requestId });
  }

  /**
   * Every call that matches, newest first, without holding them all. Calls begun after the first was read are not in
   * it, and none is there twice.
   */
  *all(filter: CallFilter): Generator<CallLog> {
    for (let place = Number.MAX_SAFE_INTEGER; ; ) {
      const batch = this.#parts.calls.below(filter, place, batchSize);
      yield* this.ofCalls(batch.map(({ id }) => id));
      const last = batch.at(-1);
      if (!last || batch.length < batchSize) return;
      place = last.place;
    }
  }
}
