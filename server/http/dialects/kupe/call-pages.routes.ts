import { z } from 'zod';
import type { AgentService } from '../../../domain/agents/agent-service.ts';
import type { Dialer } from '../../../domain/calls/outbound-order.ts';
import type { NumberService } from '../../../domain/numbers/number-service.ts';
import { type Answer, publicRoute, type Route, route } from '../../route.ts';
import type { KupeCaller } from './auth.ts';
import { anyObject, uuid } from './fields.ts';

export interface CallPageParts {
  readonly agents: AgentService;
  readonly numbers: NumberService;
  readonly dialer: Dialer;
  readonly isHealthy: () => boolean;
}

export function callPageRoutes(parts: CallPageParts): readonly Route<KupeCaller>[] {
  return [statusRoute(parts), testRoute(parts), ...carrierRoutes(parts), ...socketRoutes()];
}

function statusRoute({ isHealthy }: CallPageParts): Route<KupeCaller> {
  return route({
    method: 'GET',
    path: '/api/call/',
    summary: 'Status of the call service',
    group: 'Service',
    responses: { 200: z.object({ status: z.string(), service: z.string(), telephony_provider: z.literal('pstn') }) },
    answer: ({ header }) => {
      const status = isHealthy() ? 'healthy' : 'unhealthy';
      if (!prefersHtml(header('accept'))) {
        return {
          kind: 'json',
          status: 200,
          data: { status, service: 'milli-ai-backend', telephony_provider: 'pstn' },
        };
      }
      const text = `<!doctype html><meta charset="utf-8"><title>Call service</title><h1>Call service</h1><p>${status}</p>`;
      return { kind: 'text', status: 200, contentType: 'text/html; charset=utf-8', text };
    },
  });
}

/** Whether HTML is named before JSON, as browsers do. */
function prefersHtml(accept = ''): boolean {
  const html = accept.indexOf('text/html');
  const json = accept.indexOf('application/json');
  return html >= 0 && (json < 0 || html < json);
}

function testRoute({ agents, dialer, numbers }: CallPageParts): Route<KupeCaller> {
  return route({
    method: 'GET',
    path: '/api/call/test',
    summary: 'Check whether an agent could call and be called',
    group: 'Outbound calls',
    query: z.object({ agent_id: uuid }),
    responses: { 200: z.object({ valid: z.boolean(), agent_id: z.guid(), issues: z.array(z.string()) }) },
    answer: ({ caller, query: { agent_id } }) => {
      const agent = agents.get(caller.organizationId, agent_id);
      const verdict = dialer.canDial('+10000000000');
      const issues = [
        ...(agent.enabled ? [] : ['The agent is not active.']),
        ...(agent.systemPrompt.trim() === '' ? ['The agent has no system prompt.'] : []),
        ...(numbers.lineOf(caller.organizationId, agent_id) ? [] : ['There is no phone line to call out with.']),
        ...(verdict.ok ? [] : [`Numbers cannot be dialled: ${verdict.why}`]),
      ];
      return { kind: 'json', status: 200, data: { valid: issues.length === 0, agent_id, issues } };
    },
  });
}

const carrierForm = z.looseObject({ To: z.string().max(300).optional(), From: z.string().max(300).optional() });

/**
 * What a carrier asks that has a call for us (TwiML). The call is handed over by SIP, to the agent's own address here:
 * the carrier needs no socket, and who is dialled that nobody answers is told so.
 */
function carrierRoutes({ agents }: CallPageParts): readonly Route<KupeCaller>[] {
  const handOver = (to: string | undefined, origin: string): Answer => {
    const dialled = to === undefined ? undefined : agents.resolveDialled(to.trim().replace(/^(\d+)$/, '+$1'));
    const host = new URL(origin).hostname;
    const verb =
      dialled?.kind === 'found' && dialled.by !== 'default'
        ? `<Dial answerOnBridge="true"><Sip>sip:${dialled.agent.id}@${host}</Sip></Dial>`
        : '<Reject reason="rejected"/>';
    const text = `<?xml version="1.0" encoding="UTF-8"?><Response>${verb}</Response>`;
    return { kind: 'text', status: 200, contentType: 'text/xml; charset=utf-8', text };
  };
  const shared = {
    path: '/api/call/incoming_call',
    summary: 'What to do with a call that a carrier has for us (TwiML)',
    group: 'Incoming calls',
    responses: { 200: null },
  } as const;
  return [
    publicRoute({
      ...shared,
      method: 'GET',
      query: carrierForm,
      answer: ({ query, origin }) => handOver(query.To, origin),
    }),
    publicRoute({
      ...shared,
      method: 'POST',
      bodyKind: 'form',
      query: carrierForm,
      body: carrierForm,
      answer: ({ query, body, origin }) => handOver(body.To ?? query.To, origin),
    }),
  ];
}

/** Sockets that were asked for without an upgrade (RFC 9110 §15.5.22). */
function socketRoutes(): readonly Route<KupeCaller>[] {
  return ['web-media-stream', 'media-stream'].map((name) =>
    publicRoute({
      method: 'GET',
      path: `/api/call/${name}`,
      summary: 'WebSocket of the audio of a call',
      group: 'Outbound calls',
      query: anyObject,
      responses: { 101: null },
      answer: () => ({
        kind: 'json',
        status: 426,
        data: { detail: 'This is a WebSocket: connect with an Upgrade header' },
        headers: { Upgrade: 'websocket', Connection: 'Upgrade' },
      }),
    }),
  );
}
