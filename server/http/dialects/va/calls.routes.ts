import { z } from 'zod';
import { callStatuses } from '../../../contract/call.ts';
import { LandlineError } from '../../../contract/errors.ts';
import type { AnalysisService } from '../../../domain/analysis/analysis-service.ts';
import { type Call, hasEnded } from '../../../domain/calls/call.ts';
import type { CallService } from '../../../domain/calls/call-service.ts';
import type { Disclosure } from '../../../domain/calls/disclosure.ts';
import { endCall, type LiveCalls } from '../../../domain/calls/live-calls.ts';
import type { Retranscription } from '../../../domain/calls/retranscription.ts';
import { type Answer, type Route, route } from '../../route.ts';
import type { TokenSigner } from '../../signed-token.ts';
import type { VaCaller } from './auth.ts';
import {
  callToWire,
  callWire,
  liveToWire,
  liveWire,
  recordingToWire,
  recordingWire,
  transcriptText,
  transcriptToWire,
  transcriptWire,
  turnWire,
} from './calls.wire.ts';
import { liveToken } from './live-token.ts';
import { listAnswer, pagingQuery } from './paging.ts';
import { reportRoutes } from './reports.routes.ts';
import { reportSchema, reportToWire } from './reports.wire.ts';

const group = 'Calls';

export interface CallRouteParts {
  readonly calls: CallService;
  readonly disclosure: Disclosure;
  readonly liveCalls: LiveCalls;
  readonly signer: TokenSigner;
  readonly analysis: AnalysisService;
  readonly retranscription: Retranscription;
}

/** Life of the token in a recording's URL. */
const recordingTokenMs = 15 * 60_000;

export function callRoutes(parts: CallRouteParts): readonly Route<VaCaller>[] {
  return [...storedCallRoutes(parts), ...reportRoutes(parts), ...recordingRoutes(parts), ...liveCallRoutes(parts)];
}

function storedCallRoutes({ calls, disclosure }: CallRouteParts): readonly Route<VaCaller>[] {
  const toWire = (call: Call) =>
    callToWire(disclosure.call(call), {
      recording: disclosure.recording(call),
      isConfidential: disclosure.isConfidential(call),
    });
  return [
    route({
      method: 'GET',
      path: '/api/v1/calls',
      summary: 'List calls, the newest first',
      group,
      responses: { 200: z.array(callWire) },
      query: z.object({
        ...pagingQuery,
        task_id: z.string().toLowerCase().optional(),
        agent_id: z.string().toLowerCase().optional(),
        status: z.enum(callStatuses, `must be one of ${callStatuses.join(', ')}`).optional(),
      }),
      answer: ({ caller: { organizationId }, query }) => {
        const filter = { organizationId, taskId: query.task_id, agentId: query.agent_id, status: query.status };
        return listAnswer(calls.list(filter, query), query, toWire);
      },
    }),
    route({
      method: 'GET',
      path: '/api/v1/calls/{id}',
      summary: 'Read a call with its transcript and report',
      group,
      responses: { 200: callWire.extend({ transcript: z.array(turnWire), report: reportSchema.nullable() }) },
      answer: ({ caller, params: { id } }) => {
        const call = calls.get(caller.organizationId, id);
        const transcript = transcriptToWire(disclosure.turns(call), call);
        const found = disclosure.analysis(call);
        const report = found ? reportToWire(found) : null;
        return { kind: 'json', status: 200, data: { ...toWire(call), transcript, report } };
      },
    }),
    route({
      method: 'GET',
      path: '/api/v1/calls/{id}/transcript',
      summary: 'What was said, turn by turn and as one text',
      group,
      responses: { 200: transcriptWire },
      answer: ({ caller, params: { id } }) => transcriptAnswer(disclosure, calls.get(caller.organizationId, id)),
    }),
  ];
}

function transcriptAnswer(disclosure: Disclosure, call: Call): Answer {
  disclosure.requireOpen(call);
  const turns = disclosure.turns(call);
  if (turns.length === 0) {
    throw new LandlineError('transcript-not-found', 'Nothing has been said in this call.', { id: call.id });
  }
  const transcript = transcriptToWire(turns, call);
  const data = { call_id: call.id, status: call.status, transcript, transcript_text: transcriptText(turns) };
  return { kind: 'json', status: 200, data };
}

function recordingRoutes({ calls, disclosure, signer }: CallRouteParts): readonly Route<VaCaller>[] {
  return [
    route({
      method: 'GET',
      path: '/api/v1/calls/{id}/recording',
      summary: 'Where the recording of an ended call is, for a quarter of an hour',
      group,
      responses: { 200: recordingWire },
      answer: ({ caller, params: { id }, origin }) => {
        const call = calls.get(caller.organizationId, id);
        requireEnded(call);
        const { recording } = disclosure.recordingFile(call);
        const token = encodeURIComponent(signer.sign('recording', id, recordingTokenMs));
        const url = `${origin}/api/v1/calls/${id}/recording/stream?token=${token}`;
        return { kind: 'json', status: 200, data: recordingToWire(recording, url) };
      },
    }),
    route({
      method: 'GET',
      path: '/api/v1/calls/{id}/recording/stream',
      summary: 'The recording as WAV, whole or by ranges',
      group,
      responses: { 200: null, 206: null },
      answer: ({ caller, params: { id } }) => {
        const call = calls.get(caller.organizationId, id);
        requireEnded(call);
        return { kind: 'file', path: disclosure.recordingFile(call).path, contentType: 'audio/wav' };
      },
    }),
  ];
}

function requireEnded(call: Call): void {
  if (hasEnded(call)) return;
  throw new LandlineError('call-still-active', 'The recording can be had when the call has ended.', {
    id: call.id,
    status: call.status,
  });
}

function liveCallRoutes({ calls, liveCalls, signer }: CallRouteParts): readonly Route<VaCaller>[] {
  const ending = (how: 'end' | 'cancel', message: string): Route<VaCaller> =>
    route({
      method: 'POST',
      path: `/api/v1/calls/{id}/${how}`,
      summary: how === 'end' ? 'Hang up' : 'Hang up and count the call as failed',
      group,
      responses: { 200: z.object({ call_id: z.uuid(), status: z.enum(callStatuses), message: z.string() }) },
      answer: async ({ caller: { organizationId }, params: { id } }) => {
        const { status } = await endCall(calls, liveCalls, { organizationId, callId: id, how });
        return { kind: 'json', status: 200, data: { call_id: id, status, message } };
      },
    });
  return [
    route({
      method: 'GET',
      path: '/api/v1/calls/{id}/live',
      summary: 'How to watch a call while it lasts',
      group,
      responses: { 200: liveWire },
      answer: ({ caller: { organizationId, principal }, params: { id }, origin }) => {
        calls.get(organizationId, id);
        if (!principal) throw new LandlineError('unauthorized', 'Missing API key');
        const token = liveToken(signer, id, principal);
        const socketUrl = `${origin.replace(/^http/, 'ws')}/ws/calls/${id}`;
        return { kind: 'json', status: 200, data: liveToWire(id, socketUrl, token) };
      },
    }),
    ending('end', 'Call ended'),
    ending('cancel', 'Call cancelled'),
  ];
}
