import { z } from 'zod';
import { toolOutcomes } from '../../../contract/call.ts';
import type { ToolUse } from '../../../domain/calls/call.ts';
import type { CallService } from '../../../domain/calls/call-service.ts';
import type { Disclosure } from '../../../domain/calls/disclosure.ts';
import { type Route, route } from '../../route.ts';
import { isoTime, jsonObject } from '../../wire-fields.ts';
import type { AppCaller } from './auth.ts';

const group = 'Calls';
const toolUseWire = z.object({
  seq: z.int(),
  after_turn: z.int(),
  name: z.string(),
  arguments: jsonObject,
  outcome: z.enum(toolOutcomes),
  result: z.string(),
  start_ms: z.number(),
  end_ms: z.number(),
  created_at: z.iso.datetime(),
});

export interface CallRouteParts {
  readonly calls: CallService;
  readonly disclosure: Disclosure;
}

/** What the public APIs have no place for in a call. */
export function callRoutes({ calls, disclosure }: CallRouteParts): readonly Route<AppCaller>[] {
  return [
    route({
      method: 'GET',
      path: '/app/api/calls/{id}/tool-uses',
      summary: 'What the agent of a call did with its tools; after_turn counts the turns of the transcript before it',
      group,
      responses: { 200: z.object({ tool_uses: z.array(toolUseWire) }) },
      answer: ({ caller, params }) => {
        const uses = disclosure.toolUses(calls.get(caller.organizationId, params.id));
        return { kind: 'json', status: 200, data: { tool_uses: uses.map(toolUseToWire) } };
      },
    }),
  ];
}

function toolUseToWire(use: ToolUse): z.infer<typeof toolUseWire> {
  return {
    seq: use.seq,
    after_turn: use.afterTurn,
    name: use.name,
    arguments: use.args,
    outcome: use.outcome,
    result: use.result,
    start_ms: use.startMs,
    end_ms: use.endMs,
    created_at: isoTime(use.createdAtMs),
  };
}
