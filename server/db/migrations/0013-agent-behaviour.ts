import type { Migration } from '../migrate.ts';

/** An agent that Kupe's API made, and not just changed, has a time limit there from the beginning. */
const isMadeByKupe = "json_extract(extras, '$.kupe.specific.session_timeout') IS NOT NULL";

/**
 * What clients of Kupe's API had stored of an agent's behaviour, and what had no effect so far: who hangs up, a warning
 * before the time is up, and how its language model answers.
 */
export const agentBehaviourSchema: Migration = {
  version: 13,
  name: 'agent-behaviour',
  sql: `
UPDATE agents SET turn_settings = json_patch(turn_settings, json_object(
  'mayHangUp', json(CASE WHEN coalesce(json_extract(extras, '$.kupe.specific.auto_terminate_call'), 0)
    OR coalesce(json_extract(extras, '$.kupe.specific.llm_conversation_stop_enabled'), 0)
    THEN 'true' ELSE 'false' END),
  'generation', json_object(
    'maxTokens', coalesce(json_extract(extras, '$.kupe.specific.max_output_tokens'),
      json_extract(extras, '$.kupe.model.max_tokens'), 370),
    'temperature', coalesce(json_extract(extras, '$.kupe.model.temperature'), 0.7))))
WHERE ${isMadeByKupe};

UPDATE agents SET turn_settings = json_patch(turn_settings, json_object(
  'timeUpMessage', NULL,
  'timeUpWarning', json_object(
    'beforeMs', json_extract(extras, '$.kupe.specific.time_to_cut') * 1000,
    'text', CASE WHEN json_extract(extras, '$.kupe.specific.end_call_message_mode') IS NOT 'context_aware'
      THEN nullif(trim(json_extract(extras, '$.kupe.specific.message_of_cut')), '') END)))
WHERE ${isMadeByKupe} AND json_extract(extras, '$.kupe.specific.time_to_cut') IS NOT NULL;
`,
};
