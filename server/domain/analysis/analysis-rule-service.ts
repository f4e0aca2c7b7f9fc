import { randomUUID } from 'node:crypto';
import { LandlineError } from '../../contract/errors.ts';
import type { UnitOfWork } from '../../events/unit-of-work.ts';
import type { AgentRepository } from '../agents/agent-repository.ts';
import type { Principal } from '../credentials/principal.ts';
import { mergedExtras } from '../json-column.ts';
import type { ToolRepository } from '../tools/tool-repository.ts';
import { schemaProblem } from '../tools/tool-schema.ts';
import type {
  AgentAnalysis,
  AgentAnalysisDraft,
  AnalysisRule,
  AnalysisRuleChange,
  AnalysisRuleDraft,
} from './analysis.ts';
import type { AnalysisRuleRepository } from './analysis-repository.ts';

export interface AnalysisRuleServiceParts {
  readonly unitOfWork: UnitOfWork;
  readonly rules: AnalysisRuleRepository;
  readonly agents: AgentRepository;
  readonly tools: ToolRepository;
}

/** Rules that one organization may have. */
const maxRules = 500;

/** What an organization wants to find out after calls. */
export class AnalysisRuleService {
  readonly #parts: AnalysisRuleServiceParts;

  constructor(parts: AnalysisRuleServiceParts) {
    this.#parts = parts;
  }

  /** In the order they were made. */
  list({ organizationId }: Principal): readonly AnalysisRule[] {
    return this.#parts.rules.rules(organizationId, maxRules);
  }

  /** Throws `analysis-rule-not-found`, also for a rule of another organization. */
  get({ organizationId }: Principal, id: string): AnalysisRule {
    const rule = this.#parts.rules.rule(id);
    if (rule?.organizationId === organizationId) return rule;
    throw new LandlineError('analysis-rule-not-found', 'There is no analysis rule with this id.', { id });
  }

  /** Throws `analysis-rule-invalid` with every problem, or `analysis-rules-full`. */
  create(principal: Principal, draft: AnalysisRuleDraft): Promise<AnalysisRule> {
    return this.#parts.unitOfWork.run((_record, nowMs) => this.#insert(principal, draft, nowMs));
  }

  /** Throws `analysis-rule-not-found` or `analysis-rule-invalid`. */
  update(principal: Principal, id: string, change: AnalysisRuleChange): Promise<AnalysisRule> {
    return this.#parts.unitOfWork.run((_record, nowMs) => {
      const before = this.get(principal, id);
      const extras = mergedExtras(before.extras, change.extras);
      const rule: AnalysisRule = { ...before, ...change, extras, updatedAtMs: nowMs };
      this.#check(rule);
      this.#parts.rules.putRule(rule);
      return rule;
    });
  }

  /** Detaches it from every agent; what it found stays. Throws `analysis-rule-not-found`. */
  delete(principal: Principal, id: string): Promise<void> {
    return this.#parts.unitOfWork.run(() => {
      this.get(principal, id);
      this.#parts.rules.deleteRule(id);
    });
  }

  /** A copy that is attached to no agent. Throws `analysis-rule-not-found` or `analysis-rules-full`. */
  duplicate(principal: Principal, id: string): Promise<AnalysisRule> {
    return this.#parts.unitOfWork.run((_record, nowMs) => {
      const original = this.get(principal, id);
      return this.#insert(principal, { ...original, name: `${original.name} (copy)` }, nowMs);
    });
  }

  /** The analyses that belong to one agent alone. Throws `agent-not-found`. */
  ofAgent(principal: Principal, agentId: string): readonly AgentAnalysis[] {
    this.#requireAgent(principal, agentId);
    return this.#parts.rules.analysesOfAgent(agentId);
  }

  /** Changes the one with this id, else the one of this type, else makes one. Throws as `update`. */
  putOfAgent(principal: Principal, agentId: string, draft: AgentAnalysisDraft): Promise<AgentAnalysis> {
    return this.#parts.unitOfWork.run((_record, nowMs) => {
      const all = this.ofAgent(principal, agentId);
      const before =
        all.find(({ id }) => id === draft.id) ?? all.find(({ analysisType }) => analysisType === draft.analysisType);
      const analysis: AgentAnalysis = {
        prompt: null,
        outputSchema: null,
        toolId: null,
        isActive: true,
        createdAtMs: nowMs,
        ...before,
        ...draft,
        id: before?.id ?? randomUUID(),
        extras: mergedExtras(before?.extras, draft.extras),
        organizationId: principal.organizationId,
        agentId,
        updatedAtMs: nowMs,
      };
      this.#check(analysis);
      this.#parts.rules.putAnalysis(analysis);
      return analysis;
    });
  }

  /** In the order in which they run. Throws `agent-not-found`. */
  attached(principal: Principal, agentId: string): readonly AnalysisRule[] {
    this.#requireAgent(principal, agentId);
    return this.#parts.rules.attached(agentId);
  }

  /** Makes the agent's rules exactly these, in this order. Throws `agent-not-found`, or `analysis-rule-unknown`. */
  attach(principal: Principal, agentId: string, ruleIds: readonly string[]): Promise<readonly AnalysisRule[]> {
    return this.#parts.unitOfWork.run(() => {
      this.#requireAgent(principal, agentId);
      const wanted = [...new Set(ruleIds)];
      const { organizationId } = principal;
      const unknown = wanted.filter((id) => this.#parts.rules.rule(id)?.organizationId !== organizationId);
      if (unknown.length > 0) {
        const sentence = `There is no analysis rule with the id ${unknown.join(', ')}.`;
        throw new LandlineError('analysis-rule-unknown', sentence, { ids: unknown });
      }
      this.#parts.rules.replaceAttached(agentId, wanted);
      return this.#parts.rules.attached(agentId);
    });
  }

  #insert(principal: Principal, draft: AnalysisRuleDraft, nowMs: number): AnalysisRule {
    const { organizationId, userId } = principal;
    if (this.list(principal).length >= maxRules) {
      throw new LandlineError('analysis-rules-full', `There are ${maxRules} rules already: delete some first.`);
    }
    const defaults = { description: null, prompt: null, outputSchema: null, toolId: null, sortOrder: 0 };
    const rule: AnalysisRule = {
      analysisType: 'structured_output',
      isActive: true,
      extras: {},
      ...defaults,
      ...draft,
      id: randomUUID(),
      organizationId,
      userId,
      createdAtMs: nowMs,
      updatedAtMs: nowMs,
    };
    this.#check(rule);
    this.#parts.rules.putRule(rule);
    return rule;
  }

  #check({ organizationId, analysisType, outputSchema, toolId }: Omit<AgentAnalysis, 'agentId'>): void {
    const problems: { readonly field: string; readonly message: string }[] = [];
    const wrongSchema = outputSchema && schemaProblem(outputSchema);
    if (wrongSchema) problems.push({ field: 'output_schema', message: wrongSchema });
    if (analysisType === 'integration_trigger' && toolId === null) {
      problems.push({ field: 'tool_id', message: 'is needed: an integration_trigger calls a tool' });
    }
    if (toolId !== null && this.#parts.tools.find(toolId)?.organizationId !== organizationId) {
      problems.push({ field: 'tool_id', message: 'is not the id of a tool' });
    }
    if (problems.length === 0) return;
    const sentence = problems.map(({ field, message }) => `${field}: ${message}`).join('; ');
    throw new LandlineError('analysis-rule-invalid', sentence, { problems });
  }

  #requireAgent({ organizationId }: Principal, agentId: string): void {
    if (this.#parts.agents.find(agentId)?.organizationId === organizationId) return;
    throw new LandlineError('agent-not-found', 'There is no agent with this id.', { id: agentId });
  }
}
