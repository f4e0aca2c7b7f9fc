import type { Extras, JsonObject } from '../json-column.ts';

export const analysisTypes = ['call_summary', 'structured_output', 'integration_trigger'] as const;
export type AnalysisType = (typeof analysisTypes)[number];

/** What is to be found out after calls; attached to agents in an order. */
export interface AnalysisRule {
  readonly id: string;
  readonly organizationId: string;
  readonly userId: string | null;
  readonly name: string;
  readonly description: string | null;
  readonly analysisType: AnalysisType;
  readonly prompt: string | null;
  /** JSON Schema of the result; what the call doesn't hold is null. */
  readonly outputSchema: JsonObject | null;
  /** The tool (HTTP endpoint) that an `integration_trigger` calls with its result. */
  readonly toolId: string | null;
  readonly sortOrder: number;
  readonly isActive: boolean;
  readonly extras: Extras;
  readonly createdAtMs: number;
  readonly updatedAtMs: number;
}

type RuleFields = Omit<AnalysisRule, 'id' | 'organizationId' | 'userId' | 'createdAtMs' | 'updatedAtMs'>;
export type AnalysisRuleDraft = Pick<AnalysisRule, 'name'> & Partial<RuleFields>;
export type AnalysisRuleChange = Partial<RuleFields>;

/** An analysis that belongs to one agent alone; at most one of each type. */
export interface AgentAnalysis {
  readonly id: string;
  readonly organizationId: string;
  readonly agentId: string;
  readonly analysisType: AnalysisType;
  readonly prompt: string | null;
  readonly outputSchema: JsonObject | null;
  readonly toolId: string | null;
  readonly isActive: boolean;
  readonly extras: Extras;
  readonly createdAtMs: number;
  readonly updatedAtMs: number;
}

export type AgentAnalysisDraft = Pick<AgentAnalysis, 'analysisType'> &
  Partial<Pick<AgentAnalysis, 'id' | 'prompt' | 'outputSchema' | 'toolId' | 'isActive' | 'extras'>>;

export const sentiments = ['positive', 'neutral', 'negative'] as const;
export type Sentiment = (typeof sentiments)[number];

const leadStatuses = ['Interested', 'Follow-up Required', 'Not Interested', 'Disqualified'] as const;
const leadTemperatures = ['Hot', 'Warm', 'Cold'] as const;

/** What a sales team wants to know of a call; null where the call holds nothing. */
export interface Lead {
  readonly customerName: string | null;
  readonly mobileNumber: string | null;
  readonly email: string | null;
  readonly companyName: string | null;
  readonly leadSource: string | null;
  readonly status: (typeof leadStatuses)[number] | null;
  readonly temperature: (typeof leadTemperatures)[number] | null;
  /** 0 to 100. */
  readonly score: number | null;
  readonly nextAction: string | null;
  /** YYYY-MM-DD. */
  readonly nextFollowUpDate: string | null;
  readonly crmStage: string | null;
  readonly sendWhatsapp: boolean;
  readonly sendEmail: boolean;
  readonly reminderToSalesTeam: boolean;
}

/** What a call came to, found without or with a language model (`engine` says which). */
export interface AnalysisFindings {
  readonly engine: string;
  readonly summary: string;
  /** One of `analysisOutcomes`. */
  readonly outcome: AnalysisOutcome;
  readonly sentiment: Sentiment;
  /** -1 (negative) to 1 (positive). */
  readonly sentimentScore: number;
  /** Most frequent first. */
  readonly emotions: readonly string[];
  /** Weightiest first, lower case. */
  readonly keyPhrases: readonly string[];
  readonly keyPoints: readonly string[];
  readonly actionItems: readonly string[];
  readonly extracted: JsonObject;
  readonly lead: Lead;
}

const analysisOutcomes = [
  'message-taken',
  'transferred',
  'answered',
  'no-conversation',
  'voicemail',
  'not-reached',
  'failed',
] as const;
export type AnalysisOutcome = (typeof analysisOutcomes)[number];

/** The findings of one call, as stored. */
export interface CallAnalysis extends AnalysisFindings {
  readonly callId: string;
  readonly organizationId: string;
  readonly agentId: string;
  readonly callStartedAtMs: number;
  readonly createdAtMs: number;
  readonly updatedAtMs: number;
}

/** What one rule came to for one call. */
export interface RuleResult {
  readonly id: string;
  readonly organizationId: string;
  readonly callId: string;
  readonly source: 'system_default' | 'rule' | 'agent';
  readonly ruleId: string | null;
  readonly ruleName: string;
  readonly analysisType: AnalysisType;
  readonly sortOrder: number;
  /** Who worked it out. */
  readonly engine: string;
  readonly bodyText: string | null;
  readonly structured: JsonObject | null;
  readonly toolId: string | null;
  readonly toolState: 'pending' | 'running' | 'done' | 'failed' | 'interrupted' | null;
  /** `{tool_id, arguments, status_code, output, error, latency_ms}` once the tool was called. */
  readonly toolInvocation: JsonObject | null;
  readonly rawResponse: string | null;
  readonly createdAtMs: number;
  readonly updatedAtMs: number;
}

/** Name of the analysis that needs no language model. */
export const builtInEngine = 'built-in (deterministic)';
