import type { AnsweredBy, ToolUseDraft, TurnDraft, TurnRole } from '../../contract/call.ts';
import { LandlineError } from '../../contract/errors.ts';
import type { EventBus } from '../../events/bus.ts';
import type { RecordFact, UnitOfWork } from '../../events/unit-of-work.ts';
import type { CampaignAttempts } from '../campaigns/campaign-attempts.ts';
import type { OutboundRuleService } from '../outbound-rules/outbound-rule-service.ts';
import type { Page, PageRequest } from '../paging.ts';
import type { TaskRepository } from '../tasks/task-repository.ts';
import type { CallAccounts } from '../usage/call-accounts.ts';
import {
  type Call,
  type CallDraft,
  type CallFinish,
  hasEnded,
  makeCall,
  type TakenMessage,
  type ToolUse,
  type Turn,
} from './call.ts';
import type { CallFilter, CallGroup, CallGroupKey, CallTotals } from './call-filter.ts';
import type { CallRepository } from './call-repository.ts';
import type { CallSumsRepository } from './call-sums-repository.ts';
import type { ToolUseRepository } from './tool-use-repository.ts';
import type { TurnRepository } from './turn-repository.ts';

export interface CallRepositories {
  readonly calls: CallRepository;
  readonly callSums: CallSumsRepository;
  readonly turns: TurnRepository;
  readonly toolUses: ToolUseRepository;
  readonly tasks: TaskRepository;
}

/** What else is written in the transaction of a call. */
export interface CallCompanions {
  readonly attempts: CampaignAttempts;
  readonly outboundRules: Pick<OutboundRuleService, 'requireFree'>;
  /** Removes the recording of a call, file and row. */
  readonly recordings: { remove(callId: string): Promise<void> };
  readonly accounts: Pick<CallAccounts, 'requireFunds' | 'meter'>;
}

/** What the life of a call writes down. Every promise resolves only when its rows are durable. */
export class CallService {
  readonly #unitOfWork: UnitOfWork;
  readonly #bus: EventBus;
  readonly #repositories: CallRepositories;
  readonly #companions: CallCompanions;

  constructor(unitOfWork: UnitOfWork, bus: EventBus, repositories: CallRepositories, companions: CallCompanions) {
    this.#unitOfWork = unitOfWork;
    this.#bus = bus;
    this.#repositories = repositories;
    this.#companions = companions;
  }

  /**
   * Writes the call down as `initiated` and, when a task asked for it, counts the attempt there. Throws
   * `insufficient-credits` for a call on the web; who comes by telephone is never refused for that.
   */
  begin(draft: CallDraft): Promise<Call> {
    return this.#unitOfWork.run((record, nowMs) => {
      if (draft.channel === 'web') this.#requireFunds(draft, nowMs);
      return this.#begin(draft, record, nowMs);
    });
  }

  /**
   * The same for a call that we are about to dial, if it may be dialled now: throws `dialling-forbidden`, `do-not-call`,
   * `too-many-calls`, `insufficient-credits` or `campaign-not-dialling`, and nothing is written then.
   */
  beginOutgoing(draft: CallDraft, to: string): Promise<Call> {
    return this.#unitOfWork.run((record, nowMs) => {
      this.#companions.outboundRules.requireFree(draft.organizationId, to, nowMs);
      this.#requireFunds(draft, nowMs);
      return this.#begin(draft, record, nowMs);
    });
  }

  /** The other side rings; later signs of it change nothing. Throws `call-not-found`. */
  ringing(id: string, atMs: number): Promise<Call> {
    return this.#change(id, (call, record) => {
      if (call.status !== 'initiated' || call.ringingAtMs !== null) return call;
      record(call.organizationId, { kind: 'call-ringing', callId: id });
      return { ...call, ringingAtMs: Math.round(atMs) };
    });
  }

  /** Who took the call, as it shows while it is on. Throws `call-not-found`. */
  answeredBy(id: string, answeredBy: AnsweredBy): Promise<Call> {
    return this.#change(id, (call, record) => {
      if (call.answeredBy === answeredBy) return call;
      record(call.organizationId, { kind: 'call-changed', callId: id });
      return { ...call, answeredBy };
    });
  }

  /** Throws `call-not-found`. */
  setNotes(organizationId: string, id: string, notes: string | null): Promise<Call> {
    this.get(organizationId, id);
    return this.#change(id, (call, record) => {
      record(organizationId, { kind: 'call-changed', callId: id });
      return { ...call, notes };
    });
  }

  /**
   * Deletes what was said, the recording and the notes; the bare row stays uncounted by lists, for campaigns and the
   * ledger. Throws `call-not-found`, or `call-still-active` before its end.
   */
  async remove(organizationId: string, id: string): Promise<void> {
    await this.#unitOfWork.run((record, nowMs) => {
      const call = this.get(organizationId, id);
      if (!hasEnded(call)) {
        throw new LandlineError('call-still-active', 'The call is still on: end it before deleting it.', { id });
      }
      // What it used is counted by its turns.
      this.#companions.accounts.meter(call, nowMs);
      this.#repositories.turns.removeOf(id);
      this.#repositories.toolUses.removeOf(id);
      this.#repositories.calls.delete(id, nowMs);
      record(organizationId, { kind: 'call-removed', callId: id });
    });
    await this.#companions.recordings.remove(id);
  }

  /** `initiated` → `in_progress`; a call that has ended stays so. Throws `call-not-found`. */
  answered(id: string, atMs: number, also: { readonly sipCallId?: string } = {}): Promise<Call> {
    return this.#change(id, (call, record) => {
      if (hasEnded(call)) return call;
      if (call.status === 'initiated') record(call.organizationId, { kind: 'call-answered', callId: id });
      return {
        ...call,
        status: 'in_progress',
        answeredAtMs: call.answeredAtMs ?? Math.round(atMs),
        sipCallId: also.sipCallId ?? call.sipCallId,
      };
    });
  }

  /** Appends what one side said. Throws `call-not-found`. */
  addTurn(callId: string, draft: TurnDraft): Promise<Turn> {
    return this.#unitOfWork.run((record, nowMs) => {
      const call = this.#require(callId);
      const turn = this.#repositories.turns.append(callId, draft, nowMs);
      record(call.organizationId, { kind: 'turn-added', callId, seq: turn.seq, role: turn.role });
      return turn;
    });
  }

  /** Appends what the agent did with a tool. Throws `call-not-found`. */
  addToolUse(callId: string, draft: ToolUseDraft): Promise<ToolUse> {
    return this.#unitOfWork.run((_record, nowMs) => {
      this.#require(callId);
      return this.#repositories.toolUses.append(callId, draft, nowMs);
    });
  }

  /** Sets variables of the call by name; the others stay. Throws `call-not-found`. */
  setVariables(callId: string, values: Readonly<Record<string, string>>): Promise<Call> {
    return this.#change(callId, (call, record) => {
      record(call.organizationId, { kind: 'call-changed', callId });
      return { ...call, variables: { ...call.variables, ...values } };
    });
  }

  /** Keeps the message; a later one replaces an earlier one. Throws `call-not-found`. */
  messageTaken(callId: string, message: TakenMessage): Promise<Call> {
    return this.#change(callId, (call, record) => {
      record(call.organizationId, { kind: 'message-taken', callId });
      return { ...call, message, extracted: { ...call.extracted, message } };
    });
  }

  /** Ends the call and its task. A call that has ended already stays as it is. Throws `call-not-found`. */
  finish(id: string, finish: CallFinish): Promise<Call> {
    return this.#change(id, (call, record) => (hasEnded(call) ? call : this.#end(call, finish, record)));
  }

  /** Ends the calls (and tasks) that a crash left open, as `failed`/`interrupted`; resolves with how many calls. */
  closeInterrupted(): Promise<number> {
    return this.#unitOfWork.run((record, nowMs) => {
      const { calls, tasks } = this.#repositories;
      const open = calls.open();
      const errorMessage = 'Landline stopped during this call.';
      for (const call of open) {
        const endedAtMs = this.#lastSignOfLife(call);
        const finish = { status: 'failed', endReason: 'interrupted', errorMessage, endedAtMs } as const;
        calls.update({ ...this.#end(call, finish, record), updatedAtMs: nowMs });
      }
      this.#companions.attempts.interruptDialing(record, nowMs);
      for (const task of tasks.failInProgress('interrupted', nowMs)) {
        record(task.organizationId, { kind: 'task-ended', taskId: task.id, status: 'failed' });
      }
      return open.length;
    });
  }

  /** Tells live views what is being said just now; may be lost, is never stored. */
  partial(callId: string, role: TurnRole, text: string): void {
    this.#bus.signal({ kind: 'partial-transcript', callId, role, text, atMs: this.#unitOfWork.nowMs() });
  }

  /** Throws `call-not-found`, also for a call of another organization. */
  get(organizationId: string, id: string): Call {
    const call = this.#repositories.calls.find(id);
    if (call?.organizationId === organizationId) return call;
    throw callNotFound(id);
  }

  find(id: string): Call | undefined {
    return this.#repositories.calls.find(id);
  }

  /** Newest first, with the exact total. */
  list(filter: CallFilter, page: PageRequest): Page<Call> {
    return this.#repositories.calls.list(filter, page);
  }

  /** As of the last commit. Throws `database-busy` when too many sums wait. */
  totals(filter: CallFilter): Promise<CallTotals> {
    return this.#repositories.callSums.totals(filter);
  }

  /** One row per agent, campaign, hour … that has calls. Throws like `totals`. */
  totalsBy(filter: CallFilter, key: CallGroupKey): Promise<readonly CallGroup[]> {
    return this.#repositories.callSums.totalsBy(filter, key);
  }

  /** In the order they were said. */
  turns(callId: string): readonly Turn[] {
    return this.#repositories.turns.ofCall(callId);
  }

  /** In the order in which they ended. */
  toolUses(callId: string): readonly ToolUse[] {
    return this.#repositories.toolUses.ofCall(callId);
  }

  #begin(draft: CallDraft, record: RecordFact, nowMs: number): Call {
    const call = makeCall(draft, nowMs);
    this.#companions.attempts.begin(call, nowMs);
    this.#repositories.calls.insert(call);
    if (call.taskId !== null) this.#repositories.tasks.noteCall(call.taskId, call.id, nowMs);
    const { id: callId, direction, agentId, taskId } = call;
    record(call.organizationId, { kind: 'call-begun', callId, direction, agentId, taskId });
    return call;
  }

  #requireFunds({ organizationId, userId }: CallDraft, nowMs: number): void {
    this.#companions.accounts.requireFunds({ organizationId, userId: userId ?? null }, nowMs);
  }

  #change(id: string, change: (call: Call, record: RecordFact) => Call): Promise<Call> {
    return this.#unitOfWork.run((record, nowMs) => {
      const before = this.#require(id);
      const after = change(before, record);
      if (after === before) return before;
      const call = { ...after, updatedAtMs: nowMs };
      this.#repositories.calls.update(call);
      return call;
    });
  }

  #end(call: Call, finish: CallFinish, record: RecordFact): Call {
    const { status, endReason } = finish;
    record(call.organizationId, { kind: 'call-ended', callId: call.id, status, endReason });
    this.#endTask(call, finish, record);
    const ended: Call = {
      ...call,
      status,
      endReason,
      errorMessage: finish.errorMessage ?? null,
      endedAtMs: Math.round(finish.endedAtMs),
    };
    this.#companions.attempts.end(ended, record, this.#unitOfWork.nowMs());
    return ended;
  }

  #endTask(call: Call, finish: CallFinish, record: RecordFact): void {
    if (call.taskId === null) return;
    const errorMessage = finish.status === 'failed' ? (finish.errorMessage ?? finish.endReason) : null;
    const ended = this.#repositories.tasks.endByCall(call.taskId, call.id, {
      status: finish.status,
      errorMessage,
      atMs: this.#unitOfWork.nowMs(),
    });
    if (!ended) return;
    record(call.organizationId, { kind: 'task-ended', taskId: call.taskId, status: finish.status });
  }

  #lastSignOfLife(call: Call): number {
    const lastTurnMs = this.#repositories.turns.lastAtMs(call.id) ?? 0;
    return Math.max(call.startedAtMs, call.answeredAtMs ?? 0, lastTurnMs);
  }

  #require(id: string): Call {
    const call = this.#repositories.calls.find(id);
    if (!call) throw callNotFound(id);
    return call;
  }
}

function callNotFound(id: string): LandlineError {
  return new LandlineError('call-not-found', 'There is no call with this id.', { id });
}
