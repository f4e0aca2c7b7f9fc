/**
 * Sums over calls and their analyses, kept by triggers, so that a report over 100,000 calls reads a few hundred rows:
 * sentiments and emotions by agent and day (UTC), phrases by agent and (agent '') for the whole organization. What was
 * found out of a call goes with the call.
 */
export const analysisCounts = `
CREATE TABLE analysis_days (
  organization_id TEXT NOT NULL,
  agent_id TEXT NOT NULL,
  day TEXT NOT NULL,
  kind TEXT NOT NULL CHECK (kind IN ('sentiment', 'emotion')),
  term TEXT NOT NULL,
  calls INTEGER NOT NULL,
  score_sum REAL NOT NULL,
  PRIMARY KEY (organization_id, day, agent_id, kind, term)
) STRICT, WITHOUT ROWID;

CREATE TABLE analysis_phrases (
  organization_id TEXT NOT NULL,
  agent_id TEXT NOT NULL,
  phrase TEXT NOT NULL,
  calls INTEGER NOT NULL,
  PRIMARY KEY (organization_id, agent_id, phrase)
) STRICT, WITHOUT ROWID;
CREATE INDEX analysis_phrases_by_calls ON analysis_phrases (organization_id, agent_id, calls DESC);

CREATE INDEX usage_sessions_summed ON usage_sessions (organization_id, started_at_ms, type, agent_id, cost_micro);
CREATE INDEX calls_summed ON calls (organization_id, started_at_ms, agent_id, campaign_id, status, ended_at_ms,
  answered_at_ms, deleted_at_ms, id) WHERE deleted_at_ms IS NULL;
CREATE INDEX recordings_summed ON recordings (call_id, state);

CREATE TRIGGER calls_forgotten AFTER UPDATE OF deleted_at_ms ON calls WHEN NEW.deleted_at_ms IS NOT NULL BEGIN
  DELETE FROM call_analyses WHERE call_id = NEW.id;
  DELETE FROM call_rule_results WHERE call_id = NEW.id;
END;
CREATE TRIGGER call_analyses_counted AFTER INSERT ON call_analyses BEGIN ${counting('NEW', 1)} END;
CREATE TRIGGER call_analyses_recounted AFTER UPDATE OF sentiment, sentiment_score, emotions, key_phrases ON call_analyses
BEGIN ${counting('OLD', -1)} ${counting('NEW', 1)} END;
CREATE TRIGGER call_analyses_uncounted AFTER DELETE ON call_analyses BEGIN ${counting('OLD', -1)} END;
`;

function counting(row: 'OLD' | 'NEW', sign: 1 | -1): string {
  const day = `strftime('%Y-%m-%d', ${row}.call_started_at_ms / 1000, 'unixepoch')`;
  const score = `${sign} * ${row}.sentiment_score`;
  const ids = `${row}.organization_id, ${row}.agent_id`;
  return `
  INSERT INTO analysis_days (organization_id, agent_id, day, kind, term, calls, score_sum)
    VALUES (${ids}, ${day}, 'sentiment', ${row}.sentiment, ${sign}, ${score})
    ON CONFLICT DO UPDATE SET calls = calls + excluded.calls, score_sum = score_sum + excluded.score_sum;
  INSERT INTO analysis_days (organization_id, agent_id, day, kind, term, calls, score_sum)
    SELECT DISTINCT ${ids}, ${day}, 'emotion', value, ${sign}, ${score} FROM json_each(${row}.emotions) WHERE TRUE
    ON CONFLICT DO UPDATE SET calls = calls + excluded.calls, score_sum = score_sum + excluded.score_sum;
  INSERT INTO analysis_phrases (organization_id, agent_id, phrase, calls)
    SELECT DISTINCT ${ids}, value, ${sign} FROM json_each(${row}.key_phrases) WHERE TRUE
    UNION ALL SELECT DISTINCT ${row}.organization_id, '', value, ${sign} FROM json_each(${row}.key_phrases) WHERE TRUE
    ON CONFLICT DO UPDATE SET calls = calls + excluded.calls;${
      sign === 1
        ? ''
        : `
  DELETE FROM analysis_days WHERE organization_id = ${row}.organization_id AND day = ${day}
    AND agent_id = ${row}.agent_id AND calls = 0;
  DELETE FROM analysis_phrases WHERE organization_id = ${row}.organization_id AND agent_id IN (${row}.agent_id, '')
    AND calls = 0;`
    }`;
}
