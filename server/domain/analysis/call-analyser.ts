import type { Agent } from '../agents/agent.ts';
import type { Call, Turn } from '../calls/call.ts';
import type { JsonObject } from '../json-column.ts';
import type { AnalysisFindings, AnalysisType } from './analysis.ts';

/** All that an analysis may look at. */
export interface CallMaterial {
  readonly call: Call;
  readonly turns: readonly Turn[];
  /** Undefined when it was deleted since. */
  readonly agent: Agent | undefined;
}

/** What is to be found out beyond the findings. */
export interface Question {
  readonly name: string;
  readonly analysisType: AnalysisType;
  readonly prompt: string | null;
  readonly outputSchema: JsonObject | null;
}

export interface QuestionAnswer {
  readonly bodyText: string | null;
  /** Fits the question's schema, except that what the call doesn't hold is null. */
  readonly structured: JsonObject | null;
  readonly rawResponse: string | null;
}

/** Finds out what calls came to: the built-in analysis, or a language model. */
export interface CallAnalyser {
  /** Shown with every result. */
  readonly engine: string;
  findings(material: CallMaterial, signal?: AbortSignal): Promise<AnalysisFindings>;
  answer(
    material: CallMaterial,
    findings: AnalysisFindings,
    question: Question,
    signal?: AbortSignal,
  ): Promise<QuestionAnswer>;
}
