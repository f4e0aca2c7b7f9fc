import { Readable } from 'node:stream';
import { z } from 'zod';
import { messageOf } from '../../../contract/errors.ts';
import type { Call } from '../../../domain/calls/call.ts';
import type { CallService } from '../../../domain/calls/call-service.ts';
import type { Disclosure } from '../../../domain/calls/disclosure.ts';
import type { Retranscription } from '../../../domain/calls/retranscription.ts';
import type { JsonObject } from '../../../domain/json-column.ts';
import type { RecordingService } from '../../../domain/recordings/recording-service.ts';
import type { Logger } from '../../../log/logger.ts';
import { type Route, route } from '../../route.ts';
import type { TokenSigner } from '../../signed-token.ts';
import type { VoiceraCaller } from './auth.ts';
import { transcriptRoute } from './call-logs.routes.ts';
import { rangeOf, recordingQuery, remoteNumber, transcriptText } from './call-logs.wire.ts';
import { downloadUrl } from './download-url.ts';
import { listBody, listWire, pageOf } from './paging.ts';
import { transcriptFile, transcriptFormats, transcriptTypes } from './transcript-file.ts';

const group = 'Recordings';

export interface RecordingRouteParts {
  readonly calls: CallService;
  readonly recordings: RecordingService;
  readonly disclosure: Disclosure;
  readonly signer: TokenSigner;
  readonly retranscription: Pick<Retranscription, 'run'>;
  readonly log: Logger;
}

const recordingWire = z.object({
  call_id: z.uuid(),
  duration_seconds: z.int(),
  format: z.literal('wav'),
  size_bytes: z.int(),
  download_url: z.string(),
  transcript: z.string(),
  metadata: z.object({ agent_id: z.uuid(), campaign_id: z.string().nullable(), phone_number: z.string() }),
});

export function recordingRoutes(parts: RecordingRouteParts): readonly Route<VoiceraCaller>[] {
  return [...storedRoutes(parts), ...fileRoutes(parts), transcribeRoute(parts)];
}

/** Throws `call-confidential` or `recording-not-found`. */
function recordingToWire({ disclosure, signer }: RecordingRouteParts, call: Call, origin: string): JsonObject {
  const { recording } = disclosure.recordingFile(call);
  return {
    call_id: call.id,
    duration_seconds: Math.round((recording.durationMs ?? 0) / 1_000),
    format: 'wav',
    size_bytes: recording.sizeBytes ?? 0,
    download_url: downloadUrl(recording, { origin, signer }),
    transcript: transcriptText(disclosure.turns(call)),
    metadata: { agent_id: call.agentId, campaign_id: call.campaignId, phone_number: remoteNumber(call) },
  };
}

function storedRoutes(parts: RecordingRouteParts): readonly Route<VoiceraCaller>[] {
  const { calls, recordings } = parts;
  return [
    route({
      method: 'GET',
      path: '/call-recordings',
      summary: 'List recordings, newest first',
      group,
      query: recordingQuery,
      responses: { 200: listWire(recordingWire) },
      answer: ({ caller: { organizationId }, query, origin }) => {
        const range = rangeOf(query);
        const filter = { organizationId, agentId: query.agent_id, campaignId: query.campaign_id, ...range };
        const toWire = (id: string) => recordingToWire(parts, calls.get(organizationId, id), origin);
        const data = listBody(recordings.list(filter, pageOf(query)), query, toWire);
        return { kind: 'json', status: 200, data };
      },
    }),
    route({
      method: 'GET',
      path: '/call-recordings/{call_id}',
      summary: 'Get a recording with a URL that is good for a quarter of an hour',
      group,
      responses: { 200: recordingWire },
      answer: ({ caller, params: { call_id }, origin }) => {
        const call = calls.get(caller.organizationId, call_id);
        return { kind: 'json', status: 200, data: recordingToWire(parts, call, origin) };
      },
    }),
    route({
      method: 'DELETE',
      path: '/call-recordings/{call_id}',
      summary: 'Delete a recording; the call stays',
      group,
      responses: { 204: null },
      answer: async ({ caller, params: { call_id } }) => {
        const { id } = calls.get(caller.organizationId, call_id);
        recordings.fileOf(id);
        await recordings.remove(id);
        return { kind: 'empty', status: 204 };
      },
    }),
    transcriptRoute('/call-recordings/{call_id}/transcript', group, parts),
  ];
}

function fileRoutes({ calls, disclosure }: RecordingRouteParts): readonly Route<VoiceraCaller>[] {
  return [
    route({
      method: 'GET',
      path: '/call-recordings/{call_id}/download',
      summary: 'Download a recording (WAV); parts of it by Range',
      group,
      responses: { 200: null, 206: null },
      answer: ({ caller, params: { call_id } }) => {
        const call = calls.get(caller.organizationId, call_id);
        const { path } = disclosure.recordingFile(call);
        return { kind: 'file', path, contentType: 'audio/wav', downloadName: `${call.id}.wav` };
      },
    }),
    route({
      method: 'GET',
      path: '/call-recordings/{call_id}/transcript/download',
      summary: 'Download what was said as text, JSON or subtitles',
      group,
      query: z.object({
        format: z.enum(transcriptFormats, `must be one of ${transcriptFormats.join(', ')}`).default('txt'),
      }),
      responses: { 200: null },
      answer: ({ caller, params: { call_id }, query: { format } }) => {
        const call = calls.get(caller.organizationId, call_id);
        disclosure.requireOpen(call);
        const text = transcriptFile(call.id, disclosure.turns(call), format);
        const downloadName = `${call.id}.${format}`;
        return {
          kind: 'stream',
          contentType: transcriptTypes[format],
          downloadName,
          open: () => Readable.from([text]),
        };
      },
    }),
  ];
}

function transcribeRoute({ calls, disclosure, log, retranscription }: RecordingRouteParts): Route<VoiceraCaller> {
  return route({
    method: 'POST',
    path: '/call-recordings/{call_id}/transcribe',
    summary: 'Have a recording transcribed that has no transcript, and the call analysed anew',
    group,
    body: z.looseObject({ language: z.string().max(20).nullish() }),
    responses: { 202: z.object({ call_id: z.uuid(), status: z.literal('processing') }) },
    answer: ({ caller, params: { call_id } }) => {
      disclosure.requireOpen(calls.get(caller.organizationId, call_id));
      // What is wrong with the request itself is thrown at once; what comes of the work shows in the call.
      retranscription.run(caller.organizationId, call_id).catch((thrown: unknown) => {
        log.warn({ callId: call_id }, `a recording was not transcribed: ${messageOf(thrown)}`);
      });
      return { kind: 'json', status: 202, data: { call_id, status: 'processing' } };
    },
  });
}
