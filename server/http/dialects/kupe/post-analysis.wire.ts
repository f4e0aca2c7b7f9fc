import { z } from 'zod';
import {
  type AgentAnalysis,
  type AgentAnalysisDraft,
  type AnalysisRule,
  type AnalysisRuleChange,
  type AnalysisRuleDraft,
  analysisTypes,
} from '../../../domain/analysis/analysis.ts';
import type { JsonObject } from '../../../domain/json-column.ts';
import { unknownFields } from '../../wire-fields.ts';
import { extraFields, isoTime, jsonObject, longText, present, shortText, uuid } from './fields.ts';

const analysisType = z.enum(analysisTypes, `must be one of ${analysisTypes.join(', ')}`);
const what = {
  prompt: longText.nullish(),
  output_schema: jsonObject.nullish(),
  tool_id: uuid.nullish(),
  is_active: z.boolean().optional(),
};
const ruleFields = {
  name: shortText,
  description: longText.nullish(),
  analysis_type: analysisType.optional(),
  sort_order: z.int().min(0).max(1_000_000).optional(),
  ...what,
};
const analysisFields = { id: uuid.nullish(), agent_id: uuid, analysis_type: analysisType, ...what };

export const ruleBody = z.looseObject(ruleFields);
export const rulePatch = ruleBody.partial();
export const analysisBody = z.looseObject(analysisFields);
export const attachedBody = z.object({ rule_ids: z.array(uuid).max(500, 'must be at most 500 rules') });

const times = ['created_at', 'updated_at'];
const ruleKnown: ReadonlySet<string> = new Set([...Object.keys(ruleFields), 'id', 'user_id', ...times]);
const analysisKnown: ReadonlySet<string> = new Set([...Object.keys(analysisFields), ...times]);

const shown = {
  analysis_type: analysisType,
  prompt: z.string().nullable(),
  output_schema: jsonObject.nullable(),
  tool_id: z.string().nullable(),
  is_active: z.boolean(),
  created_at: z.string(),
  updated_at: z.string(),
};
export const ruleSchema = z.looseObject({
  id: z.string(),
  user_id: z.string().nullable(),
  name: z.string(),
  description: z.string().nullable(),
  sort_order: z.int(),
  ...shown,
});
export const analysisSchema = z.looseObject({ id: z.string(), agent_id: z.string(), ...shown });

export function toRuleDraft(body: z.infer<typeof ruleBody>): AnalysisRuleDraft {
  return { ...toRuleChange(body), name: body.name };
}

export function toRuleChange(body: z.infer<typeof rulePatch>): AnalysisRuleChange {
  const change = present({
    name: body.name,
    description: body.description,
    analysisType: body.analysis_type,
    sortOrder: body.sort_order,
    prompt: body.prompt,
    outputSchema: body.output_schema,
    toolId: body.tool_id,
    isActive: body.is_active,
  });
  return { ...change, extras: unknownFields('kupe', body, ruleKnown) };
}

export function toAnalysisDraft(body: z.infer<typeof analysisBody>): AgentAnalysisDraft {
  const change = present({
    id: body.id ?? undefined,
    prompt: body.prompt,
    outputSchema: body.output_schema,
    toolId: body.tool_id,
    isActive: body.is_active,
  });
  return { ...change, analysisType: body.analysis_type, extras: unknownFields('kupe', body, analysisKnown) };
}

export function ruleToWire(rule: AnalysisRule): JsonObject {
  return {
    ...extraFields(rule.extras),
    id: rule.id,
    user_id: rule.userId,
    name: rule.name,
    description: rule.description,
    sort_order: rule.sortOrder,
    ...whatToWire(rule),
  };
}

export function analysisToWire(analysis: AgentAnalysis): JsonObject {
  return {
    ...extraFields(analysis.extras),
    id: analysis.id,
    agent_id: analysis.agentId,
    ...whatToWire(analysis),
  };
}

function whatToWire(rule: AnalysisRule | AgentAnalysis): JsonObject {
  return {
    analysis_type: rule.analysisType,
    prompt: rule.prompt,
    output_schema: rule.outputSchema,
    tool_id: rule.toolId,
    is_active: rule.isActive,
    created_at: isoTime(rule.createdAtMs),
    updated_at: isoTime(rule.updatedAtMs),
  };
}
