import { z } from 'zod';
import { LandlineError } from '../../../contract/errors.ts';
import type { AnalysisRuleService } from '../../../domain/analysis/analysis-rule-service.ts';
import { type Route, route } from '../../route.ts';
import { json, messageSchema } from './answers.ts';
import type { KupeCaller } from './auth.ts';
import {
  analysisBody,
  analysisSchema,
  analysisToWire,
  attachedBody,
  ruleBody,
  rulePatch,
  ruleSchema,
  ruleToWire,
  toAnalysisDraft,
  toRuleChange,
  toRuleDraft,
} from './post-analysis.wire.ts';

const group = 'Post-call analysis';
const base = '/api/v1/post-analysis/rules';

export function postAnalysisRoutes({
  analysisRules,
}: {
  readonly analysisRules: AnalysisRuleService;
}): readonly Route<KupeCaller>[] {
  return [...ruleRoutes(analysisRules), ...agentRoutes(analysisRules)];
}

function ruleRoutes(rules: AnalysisRuleService): readonly Route<KupeCaller>[] {
  return [
    route({
      method: 'GET',
      path: base,
      summary: 'List analysis rules',
      group,
      responses: { 200: z.array(ruleSchema) },
      answer: ({ caller }) => json(rules.list(caller).map(ruleToWire)),
    }),
    route({
      method: 'POST',
      path: base,
      summary: 'Create an analysis rule',
      group,
      body: ruleBody,
      responses: { 200: ruleSchema },
      answer: async ({ caller, body }) => json(ruleToWire(await rules.create(caller, toRuleDraft(body)))),
    }),
    route({
      method: 'GET',
      path: `${base}/{rule_id}`,
      summary: 'Get an analysis rule',
      group,
      responses: { 200: ruleSchema },
      answer: ({ caller, params }) => json(ruleToWire(rules.get(caller, params.rule_id))),
    }),
    route({
      method: 'PUT',
      path: `${base}/{rule_id}`,
      summary: 'Change an analysis rule; fields that are absent stay',
      group,
      body: rulePatch,
      responses: { 200: ruleSchema },
      answer: async ({ caller, params, body }) =>
        json(ruleToWire(await rules.update(caller, params.rule_id, toRuleChange(body)))),
    }),
    route({
      method: 'DELETE',
      path: `${base}/{rule_id}`,
      summary: 'Delete an analysis rule and detach it from every agent',
      group,
      responses: { 200: messageSchema },
      answer: async ({ caller, params }) => {
        await rules.delete(caller, params.rule_id);
        return json({ message: 'Rule deleted' });
      },
    }),
    route({
      method: 'POST',
      path: `${base}/{rule_id}/duplicate`,
      summary: 'Copy an analysis rule',
      group,
      responses: { 200: ruleSchema },
      answer: async ({ caller, params }) => json(ruleToWire(await rules.duplicate(caller, params.rule_id))),
    }),
  ];
}

function agentRoutes(rules: AnalysisRuleService): readonly Route<KupeCaller>[] {
  const path = '/api/v1/agents/{agent_id}/post-analysis';
  return [
    route({
      method: 'GET',
      path,
      summary: "List an agent's own analyses",
      group,
      responses: { 200: z.array(analysisSchema) },
      answer: ({ caller, params }) => json(rules.ofAgent(caller, params.agent_id).map(analysisToWire)),
    }),
    route({
      method: 'POST',
      path,
      summary: "Make or change one of an agent's own analyses",
      group,
      body: analysisBody,
      responses: { 200: analysisSchema },
      answer: async ({ caller, params, body }) => {
        if (body.agent_id !== params.agent_id) {
          throw new LandlineError('invalid-argument', 'agent_id of the body must be that of the path');
        }
        return json(analysisToWire(await rules.putOfAgent(caller, params.agent_id, toAnalysisDraft(body))));
      },
    }),
    route({
      method: 'GET',
      path: `${path}/attached-rules`,
      summary: 'List the rules of an agent in their order',
      group,
      responses: { 200: z.array(ruleSchema) },
      answer: ({ caller, params }) => json(rules.attached(caller, params.agent_id).map(ruleToWire)),
    }),
    route({
      method: 'PUT',
      path: `${path}/attached-rules`,
      summary: 'Make the rules of an agent exactly these, in this order',
      group,
      body: attachedBody,
      responses: { 200: z.object({ message: z.string(), rule_ids: z.array(z.string()) }) },
      answer: async ({ caller, params, body }) => {
        const attached = await rules.attach(caller, params.agent_id, body.rule_ids);
        return json({ message: 'Rules attached', rule_ids: attached.map(({ id }) => id) });
      },
    }),
    route({
      method: 'GET',
      path: `${path}/attached-rule-ids`,
      summary: 'List the ids of the rules of an agent in their order',
      group,
      responses: { 200: z.array(z.string()) },
      answer: ({ caller, params }) => json(rules.attached(caller, params.agent_id).map(({ id }) => id)),
    }),
  ];
}
