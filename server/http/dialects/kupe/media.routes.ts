import { z } from 'zod';
import { LandlineError } from '../../../contract/errors.ts';
import type { CallService } from '../../../domain/calls/call-service.ts';
import type { Disclosure } from '../../../domain/calls/disclosure.ts';
import type { KnowledgeFileService } from '../../../domain/knowledge/knowledge-file-service.ts';
import type { MediaKind, MediaLinks } from '../../media-links.ts';
import { publicRoute, type Route } from '../../route.ts';
import type { KupeCaller } from './auth.ts';

export interface MediaRouteParts {
  readonly calls: Pick<CallService, 'find'>;
  readonly disclosure: Disclosure;
  readonly knowledgeFiles: KnowledgeFileService;
  readonly links: MediaLinks;
}

const linkQuery = z.object({
  exp: z
    .string()
    .regex(/^\d{1,12}$/, 'must be Unix seconds')
    .transform(Number),
  sig: z.string().max(200),
  download: z.string().optional(),
});

/** Where signed links lead: whoever has one may read that one thing until the link ends. */
export function mediaRoutes({
  calls,
  disclosure,
  knowledgeFiles,
  links,
}: MediaRouteParts): readonly Route<KupeCaller>[] {
  const requireSigned = (kind: MediaKind, id: string, query: z.infer<typeof linkQuery>) => {
    if (links.opens(kind, id, query)) return;
    throw new LandlineError('forbidden', 'This link is not valid any more: ask for a new one');
  };
  return [
    publicRoute({
      method: 'GET',
      path: '/media/recordings/{call_id}',
      summary: 'Audio of a call, by a signed link',
      group: 'Call logs',
      query: linkQuery,
      responses: { 200: null },
      answer: ({ params: { call_id: id }, query }) => {
        requireSigned('recording', id, query);
        const call = calls.find(id);
        if (!call) throw new LandlineError('recording-not-found', 'The recording has been deleted.');
        const name = query.download === undefined ? {} : { downloadName: `${call.requestId}.wav` };
        return { kind: 'file', path: disclosure.recordingFile(call).path, contentType: 'audio/wav', ...name };
      },
    }),
    publicRoute({
      method: 'GET',
      path: '/media/files/{file_id}',
      summary: 'An uploaded file, by a signed link',
      group: 'Knowledge base',
      query: linkQuery,
      responses: { 200: null },
      answer: ({ params: { file_id: id }, query }) => {
        requireSigned('file', id, query);
        const { file, path } = knowledgeFiles.signedFile(id);
        // A page that somebody uploaded must not run here as one of ours: it is saved, never shown.
        const isSafe = file.format === 'pdf' || file.format === 'txt';
        const name = isSafe && query.download === undefined ? {} : { downloadName: file.fileName };
        return { kind: 'file', path, contentType: file.contentType, ...name };
      },
    }),
  ];
}
