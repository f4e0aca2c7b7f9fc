import { z } from 'zod';
import {
  type FileMapping,
  type KnowledgeFile,
  largestFileBytes,
  supportedFormats,
} from '../../../domain/knowledge/knowledge-file.ts';
import type { KnowledgeFileService } from '../../../domain/knowledge/knowledge-file-service.ts';
import type { MediaLinks } from '../../media-links.ts';
import { type Answer, type Route, route } from '../../route.ts';
import { aliased } from './aliases.ts';
import { wholeList } from './answers.ts';
import type { KupeCaller } from './auth.ts';
import { anyObject, isoTime, shortText, uuid } from './fields.ts';
import { theFile } from './uploaded-file.ts';

export interface FileRouteParts {
  readonly knowledgeFiles: KnowledgeFileService;
  readonly links: MediaLinks;
}

const group = 'Knowledge base';
/** Room for the form around the file. */
const formBytes = 64 * 1024;

const answerOf = (data: z.ZodType) => z.object({ message: z.string(), data });
const fileAnswer = z.looseObject({
  id: z.guid(),
  original_filename: z.string(),
  storage_file_id: z.string(),
  status: z.enum(['processing', 'ready', 'failed']),
});
const mappingAnswer = z.object({ id: z.guid(), agent_id: z.guid(), upload_file_id: z.guid(), created_at: z.string() });

export function fileRoutes(parts: FileRouteParts): readonly Route<KupeCaller>[] {
  return [...listRoutes(parts), ...oneFileRoutes(parts), ...mappingRoutes(parts)];
}

function done(message: string, data: unknown): Answer {
  return { kind: 'json', status: 200, data: { message, data } };
}

function listRoutes({ knowledgeFiles }: FileRouteParts): readonly Route<KupeCaller>[] {
  return [
    route({
      method: 'POST',
      path: '/api/v1/files/upload',
      summary: 'Upload a file that agents may answer from',
      group,
      bodyKind: 'multipart',
      maxBodyBytes: largestFileBytes + formBytes,
      body: z.looseObject({ agent_id: uuid.optional() }),
      responses: { 200: answerOf(fileAnswer) },
      answer: async ({ caller, body, files }) => {
        const { organizationId, userId } = caller;
        const agent = body.agent_id === undefined ? {} : { agentId: body.agent_id };
        const file = await knowledgeFiles.upload({ organizationId, userId, ...agent }, theFile(files));
        return done('File uploaded successfully', fileToWire(file, knowledgeFiles.agentIdsOf(organizationId, file.id)));
      },
    }),
    route({
      method: 'GET',
      path: '/api/v1/files/supported-formats',
      summary: 'Which files may be uploaded',
      group,
      responses: { 200: answerOf(z.object({ mime_types: z.array(z.string()), extensions: z.array(z.string()) })) },
      answer: () => {
        const { extensions, mimeTypes } = supportedFormats;
        return done('Supported formats', { mime_types: mimeTypes, extensions });
      },
    }),
    route({
      method: 'GET',
      path: '/api/v1/files/user/me',
      summary: 'List files',
      group,
      responses: { 200: answerOf(z.object({ files: z.array(fileAnswer), total: z.int() })) },
      answer: ({ caller: { organizationId } }) => {
        const found = knowledgeFiles.list({ organizationId }, wholeList);
        const agentIds = knowledgeFiles.agentIdsOfMany(found.items);
        const files = found.items.map((file) => fileToWire(file, agentIds.get(file.id) ?? []));
        return done('Files retrieved successfully', { files, total: found.total });
      },
    }),
  ];
}

function oneFileRoutes({ knowledgeFiles, links }: FileRouteParts): readonly Route<KupeCaller>[] {
  const path = '/api/v1/files/{file_id}';
  const agentIds = (organizationId: string, id: string) => knowledgeFiles.agentIdsOf(organizationId, id);
  return [
    route({
      method: 'GET',
      path,
      summary: 'One file, with links to read it',
      group,
      responses: { 200: answerOf(fileAnswer) },
      answer: ({ caller: { organizationId }, params: { file_id: id }, origin }) => {
        const file = knowledgeFiles.get(organizationId, id);
        const url = links.url(origin, 'file', id);
        const urls = { view_url: url, download_url: `${url}&download=1` };
        return done('File retrieved successfully', { ...fileToWire(file, agentIds(organizationId, id)), ...urls });
      },
    }),
    route({
      method: 'PUT',
      path,
      summary: 'Rename a file',
      group,
      body: aliased({ original_filename: shortText }, { original_filename: ['filename', 'file_name', 'name'] }),
      responses: { 200: answerOf(fileAnswer) },
      answer: async ({ caller: { organizationId }, params: { file_id: id }, body }) => {
        const file = await knowledgeFiles.rename(organizationId, id, body.original_filename);
        return done('File updated successfully', fileToWire(file, agentIds(organizationId, id)));
      },
    }),
    route({
      method: 'DELETE',
      path,
      summary: 'Delete a file, its passages and its mappings',
      group,
      responses: { 200: answerOf(anyObject) },
      answer: async ({ caller: { organizationId }, params: { file_id: id } }) => {
        await knowledgeFiles.delete(organizationId, id);
        return done('File deleted successfully', { id });
      },
    }),
  ];
}

function mappingRoutes({ knowledgeFiles }: FileRouteParts): readonly Route<KupeCaller>[] {
  const base = '/api/v1/agent-files-mappings';
  return [
    route({
      method: 'POST',
      path: `${base}/create`,
      summary: 'Let an agent answer from a file',
      group,
      body: z.looseObject({ agent_id: uuid, upload_file_id: uuid }),
      responses: { 200: answerOf(mappingAnswer) },
      answer: async ({ caller, body }) => {
        const mapping = await knowledgeFiles.map(caller.organizationId, body.agent_id, body.upload_file_id);
        return done('Mapping created successfully', mappingToWire(mapping));
      },
    }),
    route({
      method: 'GET',
      path: '/api/v1/agent-files-mappings/agent/{agent_id}',
      summary: 'List the files of an agent',
      group,
      responses: { 200: answerOf(z.array(mappingAnswer)) },
      answer: ({ caller, params }) => {
        const mappings = knowledgeFiles.listByAgent(caller.organizationId, params.agent_id);
        return done('Mappings retrieved successfully', mappings.map(mappingToWire));
      },
    }),
    route({
      method: 'DELETE',
      path: '/api/v1/agent-files-mappings/agent/{agent_id}/file/{upload_file_id}',
      summary: 'Take a file from an agent',
      group,
      responses: { 200: answerOf(anyObject) },
      answer: async ({ caller, params: { agent_id, upload_file_id } }) => {
        await knowledgeFiles.unmap(caller.organizationId, agent_id, upload_file_id);
        return done('Mapping deleted successfully', { agent_id, upload_file_id });
      },
    }),
  ];
}

function fileToWire(file: KnowledgeFile, agentIds: readonly string[]): object {
  return {
    id: file.id,
    user_id: file.userId,
    original_filename: file.fileName,
    storage_file_id: file.storedName,
    file_size: file.sizeBytes,
    content_type: file.contentType,
    status: file.status,
    chunk_count: file.chunkCount,
    embedding_model: file.embeddingModel,
    error_message: file.errorMessage,
    agent_ids: agentIds,
    created_at: isoTime(file.createdAtMs),
    updated_at: isoTime(file.updatedAtMs),
  };
}

function mappingToWire({ agentId, createdAtMs, fileId, id }: FileMapping): object {
  return { id, agent_id: agentId, upload_file_id: fileId, created_at: isoTime(createdAtMs) };
}
