import { randomUUID } from 'node:crypto';
import { LandlineError, messageOf } from '../../contract/errors.ts';
import type { ReaderCursors } from '../../events/reader-cursors.ts';
import type { RecordFact, UnitOfWork } from '../../events/unit-of-work.ts';
import type { AgentRepository } from '../agents/agent-repository.ts';
import type { Call } from '../calls/call.ts';
import type { CallRepository } from '../calls/call-repository.ts';
import type { TurnRepository } from '../calls/turn-repository.ts';
import type { JsonObject } from '../json-column.ts';
import type { ToolRunner } from '../tools/tool-runner.ts';
import type { AnalysisFindings, CallAnalysis, RuleResult } from './analysis.ts';
import type { AnalysisRuleRepository } from './analysis-repository.ts';
import type { CallAnalyser, CallMaterial, Question } from './call-analyser.ts';
import type { CallAnalysisRepository } from './call-analysis-repository.ts';

export interface AnalysisServiceParts {
  readonly unitOfWork: UnitOfWork;
  readonly analyses: CallAnalysisRepository;
  readonly rules: AnalysisRuleRepository;
  readonly calls: CallRepository;
  readonly turns: TurnRepository;
  readonly agents: AgentRepository;
  readonly analyser: CallAnalyser;
  readonly toolRunner: ToolRunner;
  readonly cursors: ReaderCursors;
}

/** Name of the reader that has ended calls analysed. */
const reader = 'analysis';

/** One question put to one call. */
interface Asked extends Question {
  readonly source: RuleResult['source'];
  readonly ruleId: string | null;
  readonly toolId: string | null;
}

/** What an ended call came to, worked out and not yet written. */
interface WorkedOut {
  readonly call: Call;
  readonly findings: AnalysisFindings;
  readonly results: readonly RuleResult[];
}

const leadQuestion: Asked = {
  source: 'system_default',
  ruleId: null,
  name: 'Lead',
  analysisType: 'structured_output',
  prompt: null,
  outputSchema: null,
  toolId: null,
};

/** Analyses of calls: what each came to, and what each rule made of it. */
export class AnalysisService {
  readonly #parts: AnalysisServiceParts;

  constructor(parts: AnalysisServiceParts) {
    this.#parts = parts;
  }

  /** Name of what analyses calls now. */
  get engine(): string {
    return this.#parts.analyser.engine;
  }

  /** Undefined until the call was analysed. */
  ofCall(callId: string): CallAnalysis | undefined {
    return this.#parts.analyses.find(callId);
  }

  /** What each rule came to, in order; the system's own first. */
  resultsOfCall(callId: string): readonly RuleResult[] {
    return this.#parts.analyses.results(callId);
  }

  /**
   * What the call came to, worked out now when nobody has: kept when the call has ended, only shown while it goes on.
   * Throws `call-not-found`, also for a call of another organization.
   */
  async report(organizationId: string, callId: string): Promise<CallAnalysis> {
    const call = this.#parts.calls.find(callId);
    if (call?.organizationId !== organizationId) {
      throw new LandlineError('call-not-found', 'There is no call with this id.', { id: callId });
    }
    const known = this.ofCall(callId);
    if (known) return known;
    if (call.endedAtMs !== null) return this.analyse(callId);
    const findings = await this.#parts.analyser.findings(this.#material(call));
    return toAnalysis(call, findings, this.#parts.unitOfWork.nowMs());
  }

  /** Works out and keeps what the call came to, anew when it had been before. Throws `call-not-found`. */
  async analyse(callId: string): Promise<CallAnalysis> {
    const worked = await this.#workOut(callId);
    if (!worked) throw new LandlineError('call-not-found', 'There is no call with this id.', { id: callId });
    return this.#parts.unitOfWork.run((record, nowMs) => this.#keep(worked, record, nowMs));
  }

  /** Number of the last fact that was dealt with. */
  readSeq(): number {
    return this.#parts.cursors.find(reader);
  }

  /** Analyses a call that ended with this fact, once: what it came to and how far the facts were read are one. */
  async analyseEnded(callId: string, seq: number, signal?: AbortSignal): Promise<void> {
    const worked = this.ofCall(callId) ? undefined : await this.#workOut(callId, signal);
    await this.#parts.unitOfWork.run((record, nowMs) => {
      if (worked) this.#keep(worked, record, nowMs);
      this.#parts.cursors.move(reader, seq);
    });
  }

  /** The call was deleted: what was found in it goes, too. */
  async forget(callId: string, seq: number): Promise<void> {
    await this.#parts.unitOfWork.run(() => {
      this.#parts.analyses.delete(callId);
      this.#parts.cursors.move(reader, seq);
    });
  }

  /** The call can't be analysed: who waits for its analysis is told all the same. */
  async leaveOut(callId: string, seq: number): Promise<void> {
    await this.#parts.unitOfWork.run((record) => {
      const call = this.#parts.calls.find(callId);
      if (call) record(call.organizationId, { kind: 'call-analysed', callId });
      this.#parts.cursors.move(reader, seq);
    });
  }

  /** Undefined when the call is unknown. */
  async #workOut(callId: string, signal?: AbortSignal): Promise<WorkedOut | undefined> {
    const call = this.#parts.calls.find(callId);
    if (!call) return undefined;
    const material = this.#material(call);
    const findings = await this.#parts.analyser.findings(material, signal);
    const results: RuleResult[] = [];
    for (const [sortOrder, asked] of this.#questions(call.agentId).entries()) {
      results.push(await this.#ask(material, findings, { ...asked, sortOrder }, signal));
    }
    return { call, findings, results };
  }

  /**
   * Writes down what was worked out, inside a unit of work. `call-analysed` is recorded at once, or, when tools have
   * to be called, with the last of them.
   */
  #keep({ call, findings, results }: WorkedOut, record: RecordFact, nowMs: number): CallAnalysis {
    const { analyses } = this.#parts;
    const before = analyses.find(call.id);
    const analysis = { ...toAnalysis(call, findings, nowMs), createdAtMs: before?.createdAtMs ?? nowMs };
    analyses.put(analysis);
    const wasTriggered = analyses.results(call.id).filter(({ toolState }) => toolState !== null);
    analyses.deleteResults(call.id);
    for (const result of results) {
      const again = wasTriggered.find((old) => old.ruleId === result.ruleId && old.source === result.source);
      // A tool is called once for each call, however often the call is analysed.
      const kept = again ? { toolState: again.toolState, toolInvocation: again.toolInvocation } : {};
      analyses.putResult({ ...result, ...kept, createdAtMs: nowMs, updatedAtMs: nowMs });
    }
    if (analyses.countOpen(call.id) === 0) record(call.organizationId, { kind: 'call-analysed', callId: call.id });
    return analysis;
  }

  /** Results whose tool waits to be called, oldest first. */
  waitingForTools(limit: number): readonly RuleResult[] {
    return this.#parts.analyses.withToolState('pending', limit);
  }

  /** Calls the tool of one result and keeps what it answered. A tool that fails is a result, too. */
  async callTool(resultId: string, signal?: AbortSignal): Promise<void> {
    const running = await this.#moveTool(resultId, 'pending', { toolState: 'running' });
    if (!running) return;
    const invocation = await this.#invoke(running, signal);
    const toolState = invocation['error'] === null ? 'done' : 'failed';
    await this.#moveTool(resultId, 'running', { toolState, toolInvocation: invocation });
  }

  /** Tools that were being called when the last run ended: nobody knows whether they got it, so they aren't called again. */
  async closeInterrupted(): Promise<number> {
    const open = this.#parts.analyses.withToolState('running', 10_000);
    for (const { id, toolId } of open) {
      const toolInvocation = { tool_id: toolId, error: 'Landline stopped during this call of the tool.' };
      await this.#moveTool(id, 'running', { toolState: 'interrupted', toolInvocation });
    }
    return open.length;
  }

  #material(call: Call): CallMaterial {
    const { turns, agents } = this.#parts;
    return { call, turns: turns.ofCall(call.id), agent: agents.find(call.agentId) };
  }

  #questions(agentId: string): readonly Asked[] {
    const { rules } = this.#parts;
    const attached = rules.attached(agentId).filter(({ isActive }) => isActive);
    const own = rules.analysesOfAgent(agentId).filter(({ isActive }) => isActive);
    return [
      leadQuestion,
      ...attached.map((rule): Asked => ({ ...rule, source: 'rule', ruleId: rule.id })),
      ...own.map(
        (analysis): Asked => ({ ...analysis, name: analysis.analysisType, source: 'agent', ruleId: analysis.id }),
      ),
    ];
  }

  async #ask(
    material: CallMaterial,
    findings: AnalysisFindings,
    asked: Asked & { readonly sortOrder: number },
    signal: AbortSignal | undefined,
  ): Promise<RuleResult> {
    const { analyser } = this.#parts;
    const { source, ruleId, analysisType, sortOrder, toolId } = asked;
    const answer = await analyser.answer(material, findings, asked, signal);
    return {
      id: randomUUID(),
      organizationId: material.call.organizationId,
      callId: material.call.id,
      source,
      ruleId,
      analysisType,
      sortOrder,
      ruleName: asked.name,
      engine: analyser.engine,
      ...answer,
      toolId,
      toolState: analysisType === 'integration_trigger' && toolId !== null ? 'pending' : null,
      toolInvocation: null,
      createdAtMs: 0,
      updatedAtMs: 0,
    };
  }

  async #invoke(result: RuleResult, signal: AbortSignal | undefined): Promise<JsonObject> {
    const args = result.structured ?? {};
    const common = { tool_id: result.toolId, arguments: args };
    try {
      const outcome = await this.#parts.toolRunner.callFor(result.organizationId, result.toolId ?? '', args, signal);
      const { statusCode, output, latencyMs } = outcome;
      return { ...common, status_code: statusCode, output, error: null, latency_ms: latencyMs };
    } catch (thrown) {
      const statusCode = thrown instanceof LandlineError ? (thrown.details['statusCode'] ?? null) : null;
      return { ...common, status_code: statusCode, output: null, error: messageOf(thrown) };
    }
  }

  #moveTool(
    resultId: string,
    from: NonNullable<RuleResult['toolState']>,
    change: Partial<Pick<RuleResult, 'toolState' | 'toolInvocation'>>,
  ): Promise<RuleResult | undefined> {
    const { unitOfWork, analyses } = this.#parts;
    return unitOfWork.run((record, nowMs) => {
      const before = analyses.result(resultId);
      if (before?.toolState !== from) return undefined;
      const after: RuleResult = { ...before, ...change, updatedAtMs: nowMs };
      analyses.putResult(after);
      if (after.toolState !== 'running' && analyses.countOpen(after.callId) === 0) {
        record(after.organizationId, { kind: 'call-analysed', callId: after.callId });
      }
      return after;
    });
  }
}

function toAnalysis(call: Call, findings: AnalysisFindings, nowMs: number): CallAnalysis {
  const { organizationId, agentId, startedAtMs: callStartedAtMs } = call;
  const times = { callStartedAtMs, createdAtMs: nowMs, updatedAtMs: nowMs };
  return { ...findings, callId: call.id, organizationId, agentId, ...times };
}
