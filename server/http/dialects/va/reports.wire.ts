import { z } from 'zod';
import type { CallAnalysis } from '../../../domain/analysis/analysis.ts';
import type { JsonObject } from '../../../domain/json-column.ts';
import { isoTime } from './fields.ts';

export const reportSchema = z.looseObject({
  summary: z.string(),
  outcome: z.string(),
  sentiment: z.enum(['positive', 'neutral', 'negative']),
  key_points: z.array(z.string()),
  action_items: z.array(z.string()),
  extracted_data: z.record(z.string(), z.unknown()),
  generated_at: z.iso.datetime(),
});

/** `generated_by` says who worked it out. */
export function reportToWire(analysis: CallAnalysis): JsonObject {
  return {
    call_id: analysis.callId,
    summary: analysis.summary,
    outcome: analysis.outcome,
    sentiment: analysis.sentiment,
    sentiment_score: analysis.sentimentScore,
    key_points: analysis.keyPoints,
    key_phrases: analysis.keyPhrases,
    action_items: analysis.actionItems,
    extracted_data: analysis.extracted,
    generated_by: analysis.engine,
    generated_at: isoTime(analysis.updatedAtMs),
  };
}
