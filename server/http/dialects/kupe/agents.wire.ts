import type { Agent } from '../../../domain/agents/agent.ts';
import type { JsonObject } from '../../../domain/json-column.ts';
import { isoTime } from './fields.ts';

export function agentToWire(agent: Agent): JsonObject {
  return {
    id: agent.id,
    name: agent.name,
    is_active: agent.enabled,
    description: agent.description,
    recording_enabled: agent.recordingEnabled,
    first_response_message: agent.startingMessage,
    created_at: isoTime(agent.createdAtMs),
    updated_at: isoTime(agent.updatedAtMs),
  };
}
