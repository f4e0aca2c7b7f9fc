import { z } from 'zod';
import type { AnalysisService } from '../../../domain/analysis/analysis-service.ts';
import type { CallService } from '../../../domain/calls/call-service.ts';
import type { Disclosure } from '../../../domain/calls/disclosure.ts';
import type { Retranscription } from '../../../domain/calls/retranscription.ts';
import { type Route, route } from '../../route.ts';
import type { VaCaller } from './auth.ts';
import { transcriptToWire } from './calls.wire.ts';
import { reportSchema, reportToWire } from './reports.wire.ts';

export interface ReportRouteParts {
  readonly analysis: AnalysisService;
  readonly calls: CallService;
  readonly disclosure: Disclosure;
  readonly retranscription: Retranscription;
}

const group = 'Calls';

export function reportRoutes({
  analysis,
  calls,
  disclosure,
  retranscription,
}: ReportRouteParts): readonly Route<VaCaller>[] {
  return [
    route({
      method: 'GET',
      path: '/api/v1/calls/{id}/report',
      summary: 'What a call came to; worked out now when it has not been yet',
      group,
      responses: { 200: reportSchema },
      answer: async ({ caller, params: { id } }) => {
        disclosure.requireOpen(calls.get(caller.organizationId, id));
        const report = reportToWire(await analysis.report(caller.organizationId, id));
        return { kind: 'json', status: 200, data: report };
      },
    }),
    route({
      method: 'POST',
      path: '/api/v1/calls/{id}/transcript',
      summary: 'Analyse a call again; transcribe its recording first when it has no transcript',
      group,
      responses: {
        200: z.object({
          call_id: z.uuid(),
          transcript: z.array(z.looseObject({ role: z.enum(['agent', 'user']), message: z.string() })),
          extracted_data: z.record(z.string(), z.unknown()),
          report: reportSchema,
        }),
      },
      answer: async ({ caller, params: { id } }) => {
        disclosure.requireOpen(calls.get(caller.organizationId, id));
        const { call, turns, analysis: found } = await retranscription.run(caller.organizationId, id);
        const transcript = transcriptToWire(turns, call);
        const data = { call_id: id, transcript, extracted_data: found.extracted, report: reportToWire(found) };
        return { kind: 'json', status: 200, data };
      },
    }),
  ];
}
