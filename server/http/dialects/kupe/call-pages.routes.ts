import { z } from 'zod';
import type { AgentService } from '../../../domain/agents/agent-service.ts';
import type { Dialer } from '../../../domain/calls/outbound-order.ts';
import type { NumberService } from '../../../domain/numbers/number-service.ts';
import { type Answer, publicRoute, type Route, route } from '../../route.ts';
import type { KupeCaller } from './auth.ts';
import { anyObject, uuid } from './fields.ts';
import { type VoiceTokens, voiceTokenLifeS } from './voice-tokens.ts';

export interface CallPageParts {
  readonly agents: AgentService;
  readonly numbers: NumberService;
  readonly dialer: Dialer;
  readonly voiceTokens: VoiceTokens;
  readonly isHealthy: () => boolean;
}

export function callPageRoutes(parts: CallPageParts): readonly Route<KupeCaller>[] {
  return [statusRoute(parts), testRoute(parts), tokenRoute(parts), ...carrierRoutes(parts), ...socketRoutes()];
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

function tokenRoute({ voiceTokens }: CallPageParts): Route<KupeCaller> {
  return route({
    method: 'GET',
    path: '/api/call/auth/token',
    summary: 'A token that opens the audio sockets for an hour, and nothing else',
    group: 'Outbound calls',
    responses: { 200: z.object({ token: z.string(), token_type: z.literal('bearer'), expires_in: z.int() }) },
    answer: ({ caller }) => {
      const data = { token: voiceTokens.issue(caller), token_type: 'bearer', expires_in: voiceTokenLifeS };
      return { kind: 'json', status: 200, data };
    },
  });
}

const carrierForm = z.looseObject({ To: z.string().max(300).optional(), From: z.string().max(300).optional() });

/**
 * What a carrier asks that has a call for us (TwiML). Who shows a credential is connected to the media stream of the
 * agent that takes the number; to others the call is handed over by SIP, where the house's own rules hold.
 */
function carrierRoutes(parts: CallPageParts): readonly Route<KupeCaller>[] {
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
      answer: ({ caller, query, origin }) => twiml(parts, { caller, to: query.To, from: query.From, origin }),
    }),
    publicRoute({
      ...shared,
      method: 'POST',
      bodyKind: 'form',
      query: carrierForm,
      body: carrierForm,
      answer: ({ caller, query, body, origin }) =>
        twiml(parts, { caller, to: body.To ?? query.To, from: body.From ?? query.From, origin }),
    }),
  ];
}

interface IncomingCall {
  readonly caller: KupeCaller | undefined;
  readonly to: string | undefined;
  readonly from: string | undefined;
  readonly origin: string;
}

function twiml({ agents, voiceTokens }: CallPageParts, { caller, from = '', origin, to }: IncomingCall): Answer {
  const dialled = to === undefined ? undefined : agents.resolveDialled(to.trim().replace(/^(\d+)$/, '+$1'));
  const agent = dialled?.kind === 'found' && dialled.by !== 'default' ? dialled.agent : undefined;
  if (!agent || (caller && agent.organizationId !== caller.organizationId)) return xml('<Reject reason="rejected"/>');
  if (!caller) {
    return xml(`<Dial answerOnBridge="true"><Sip>sip:${agent.id}@${new URL(origin).hostname}</Sip></Dial>`);
  }
  const token = encodeURIComponent(voiceTokens.issue(caller));
  const url = `${origin.replace(/^http/, 'ws')}/api/call/media-stream/agents/${agent.id}?token=${token}`;
  const parameter = `<Parameter name="from" value="${escapeXml(from)}"/>`;
  return xml(`<Connect><Stream url="${escapeXml(url)}">${parameter}</Stream></Connect>`);
}

function xml(verb: string): Answer {
  const text = `<?xml version="1.0" encoding="UTF-8"?><Response>${verb}</Response>`;
  return { kind: 'text', status: 200, contentType: 'text/xml; charset=utf-8', text };
}

function escapeXml(text: string): string {
  const names: Readonly<Record<string, string>> = { '&': '&amp;', '<': '&lt;', '>': '&gt;', '"': '&quot;' };
  return text.replaceAll(/[&<>"]/g, (sign) => names[sign] ?? '').replaceAll(/\p{Cc}/gu, '');
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
