import { randomUUID } from 'node:crypto';
import type { VoiceraHouse } from './voicera-house.ts';

export interface PastCall {
  readonly status?: 'completed' | 'failed';
  readonly durationMs?: number;
  readonly to?: string;
  readonly campaignId?: string | null;
  readonly startedAtMs?: number;
  readonly costMicro?: number;
  readonly analysis?: {
    readonly sentiment: 'positive' | 'neutral' | 'negative';
    readonly score?: number;
    readonly summary?: string;
    readonly emotions?: readonly string[];
    readonly phrases?: readonly string[];
  };
}

/** Writes down calls that are over, as the house would have; resolves with their ids. */
export function writeHistory(
  house: VoiceraHouse,
  agentId: string,
  past: readonly PastCall[],
  organizationId = house.admin.organizationId,
): Promise<readonly string[]> {
  const { db } = house;
  const insertCall = db.prepare(
    `INSERT INTO calls (id, request_id, organization_id, agent_id, campaign_id, direction, from_user, to_user, from_uri,
       to_uri, status, outcome, end_reason, extracted, started_at_ms, answered_at_ms, ended_at_ms, updated_at_ms)
     VALUES (@id, @id, @organizationId, @agentId, @campaignId, 'outbound', 'landline', @to, 'sip:a', 'sip:b', @status,
       @status, 'caller-hangup', '{}', @startedAtMs, @answeredAtMs, @endedAtMs, @endedAtMs)`,
  );
  const insertAnalysis = db.prepare(
    `INSERT INTO call_analyses (call_id, organization_id, agent_id, engine, summary, outcome, sentiment,
       sentiment_score, emotions, key_phrases, key_points, action_items, extracted, lead, call_started_at_ms,
       created_at_ms, updated_at_ms)
     VALUES (@id, @organizationId, @agentId, 'test', @summary, 'answered', @sentiment, @score, @emotions, @phrases,
       '[]', '[]', '{}', '{}', @startedAtMs, @startedAtMs, @startedAtMs)`,
  );
  const insertWallet = db.prepare(
    `INSERT OR IGNORE INTO wallets (id, owner_type, owner_id, spent_month_at_ms, created_at_ms, updated_at_ms)
     VALUES ('history', 'org', 'history', 0, 0, 0)`,
  );
  const insertUsage = db.prepare(
    `INSERT INTO usage_sessions (id, type, organization_id, agent_id, wallet_id, org_type, started_at_ms,
       duration_seconds, base_micro, markup_micro, commission_micro, cost_micro, created_at_ms)
     VALUES (@id, 'calls', @organizationId, @agentId, 'history', 'internal', @startedAtMs, 0, @costMicro, 0, 0,
       @costMicro, @startedAtMs)`,
  );
  return db.write(() =>
    past.map((call) => {
      const { status = 'completed', durationMs = 0, to = '+15550142', campaignId = null, costMicro, analysis } = call;
      const startedAtMs = call.startedAtMs ?? Date.now() - 1_000;
      const id = randomUUID();
      const common = { id, organizationId, agentId, startedAtMs };
      const endedAtMs = startedAtMs + durationMs;
      const answeredAtMs = status === 'completed' ? startedAtMs : null;
      insertCall.run({ ...common, campaignId, to, status, answeredAtMs, endedAtMs });
      if (costMicro !== undefined) {
        insertWallet.run();
        insertUsage.run({ ...common, costMicro });
      }
      if (analysis) {
        const { sentiment, score = 0, summary = 'Talked.', emotions = [], phrases = [] } = analysis;
        const lists = { emotions: JSON.stringify(emotions), phrases: JSON.stringify(phrases) };
        insertAnalysis.run({ ...common, sentiment, score, summary, ...lists });
      }
      return id;
    }),
  );
}
