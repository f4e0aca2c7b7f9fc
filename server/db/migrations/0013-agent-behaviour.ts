import type { Migration } from '../migrate.ts';

/** An agent that Kupe's API made, and not just changed, has a time limit there from the beginning. */
const isMadeByKupe = "json_extract(extras, '$.kupe.specific.session_timeout') IS NOT NULL";

/**
 * What clients of Kupe's API had stored of an agent's behaviour, and what had no effect so far: who hangs up, a warning
 * before the time is up, how its language model answers, and
 * when it passes callers on.
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

UPDATE agents SET transfer_targets = (
  SELECT json_group_array(json_patch(target.value, json_object('when', (
    SELECT nullif(trim(json_extract(route.value, '$.condition_when_to_transfer')), '')
    FROM json_each(agents.extras, '$.kupe.specific.inbound_transfer_routes') AS route
    WHERE json_extract(route.value, '$.display_name') = json_extract(target.value, '$.name')
      AND json_extract(route.value, '$.phone_number') = json_extract(target.value, '$.target')
    LIMIT 1))))
  FROM json_each(agents.transfer_targets) AS target)
WHERE json_array_length(extras, '$.kupe.specific.inbound_transfer_routes') > 0;

UPDATE agents SET transfer_targets = json_set(transfer_targets, '$[0].when',
  json_extract(extras, '$.kupe.specific.inbound_transfer_trigger_condition'))
WHERE json_extract(transfer_targets, '$[0].target') =
    json_extract(extras, '$.kupe.specific.inbound_transfer_call_number')
  AND trim(json_extract(extras, '$.kupe.specific.inbound_transfer_trigger_condition')) <> ''
  AND json_array_length(transfer_targets) = 1
  AND coalesce(json_array_length(extras, '$.kupe.specific.inbound_transfer_routes'), 0) = 0;
`,
};
