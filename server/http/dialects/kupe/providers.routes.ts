import { z } from 'zod';
import type { CatalogModel, CatalogVoice, ModelKind } from '../../../domain/catalog/catalog.ts';
import type { CatalogService } from '../../../domain/catalog/catalog-service.ts';
import { invalidRequest, type Route, route } from '../../route.ts';
import type { KupeCaller } from './auth.ts';
import { anyObject, asExtras, extraFields, isoTime, present, shortText } from './fields.ts';

interface ProviderParts {
  readonly catalog: CatalogService;
}

/** Engines of this machine; `aliases` lists the cloud codes that each stands in for. */
export function providerRoutes(parts: ProviderParts): readonly Route<KupeCaller>[] {
  return [...modelRoutes(parts), ...voiceRoutes(parts), noiseRoute()];
}

const rowOf = z.looseObject({
  id: z.guid(),
  provider_name: z.string(),
  model_name: z.string(),
  is_default: z.boolean(),
});

function modelRoutes({ catalog }: ProviderParts): readonly Route<KupeCaller>[] {
  const rows = (kind: ModelKind) => catalog.models(kind).map((model) => modelToWire(model, catalog));
  const list = (name: string, kind: ModelKind): Route<KupeCaller> =>
    route({
      method: 'GET',
      path: `/api/v1/providers/${name}`,
      summary: `List the ${kind.toUpperCase()} engines`,
      group: 'Providers',
      responses: { 200: z.array(rowOf) },
      answer: () => ({ kind: 'json', status: 200, data: rows(kind) }),
    });
  return [
    list('model', 'llm'),
    list('tts', 'tts'),
    list('stt', 'stt'),
    list('vad', 'vad'),
    route({
      method: 'GET',
      path: '/api/v1/providers/all',
      summary: 'List all engines by kind',
      group: 'Providers',
      responses: { 200: anyObject },
      answer: () => {
        const data = {
          model_providers: rows('llm'),
          tts_providers: rows('tts'),
          stt_providers: rows('stt'),
          vad_providers: rows('vad'),
        };
        return { kind: 'json', status: 200, data };
      },
    }),
  ];
}

function modelToWire(model: CatalogModel, catalog: CatalogService): object {
  const row = {
    id: model.id,
    provider_name: model.providerName,
    model_name: model.modelName,
    is_default: model.isDefault,
    supported_languages: model.languages,
    aliases: model.aliases,
  };
  switch (model.kind) {
    case 'llm':
      return { ...row, is_large_model: false, default_temperature: 0.7, api_base: null };
    case 'stt':
      return { ...row, name: model.modelName, model_size: null, requires_api_key: false };
    case 'tts':
      return {
        ...row,
        default_voice: catalog.defaultVoice(model.id)?.voiceName ?? null,
        requires_api_key: false,
        default_endpoint: null,
      };
    case 'vad':
      return row;
  }
}

const voiceAnswer = z.looseObject({ id: z.guid(), provider_id: z.guid(), voice_name: z.string() });
const voiceBody = z.looseObject({
  provider_id: z.string().min(1).max(200).optional(),
  voice_name: shortText,
  display_name: shortText.optional(),
  language: z.string().min(2).max(35).optional(),
  gender: z.string().max(50).optional(),
  /** Voice of the engine that speaks under the new name; its default voice when absent. */
  engine_voice: z.string().max(200).optional(),
});

function voiceRoutes({ catalog }: ProviderParts): readonly Route<KupeCaller>[] {
  const group = 'Providers';
  return [
    route({
      method: 'GET',
      path: '/api/v1/tts-voices',
      summary: 'List voices',
      group,
      responses: { 200: z.array(voiceAnswer) },
      answer: ({ caller }) => {
        return { kind: 'json', status: 200, data: catalog.voices(caller.organizationId).map(voiceToWire) };
      },
    }),
    route({
      method: 'POST',
      path: '/api/v1/tts-voices',
      summary: 'Give a voice a name of your own',
      group,
      body: voiceBody,
      responses: { 201: voiceAnswer },
      answer: async ({ caller, body }) => {
        const voice = await catalog.addVoice(caller.organizationId, toVoiceDraft(body, catalog));
        return { kind: 'json', status: 201, data: voiceToWire(voice) };
      },
    }),
    route({
      method: 'GET',
      path: '/api/v1/tts-voices/{voice_id}',
      summary: 'One voice',
      group,
      responses: { 200: voiceAnswer },
      answer: ({ caller, params }) => {
        return { kind: 'json', status: 200, data: voiceToWire(catalog.voice(caller.organizationId, params.voice_id)) };
      },
    }),
    route({
      method: 'GET',
      path: '/api/v1/tts-voices/provider/{provider_id}',
      summary: 'List the voices of a TTS engine',
      group,
      responses: { 200: z.array(voiceAnswer) },
      answer: ({ caller, params }) => {
        const { id } = catalog.provider(params.provider_id);
        const voices = catalog.voices(caller.organizationId).filter(({ providerId }) => providerId === id);
        return { kind: 'json', status: 200, data: voices.map(voiceToWire) };
      },
    }),
  ];
}

const voiceFields = new Set(['provider_id', 'voice_name', 'display_name', 'language', 'gender', 'engine_voice']);

function toVoiceDraft(body: z.infer<typeof voiceBody>, catalog: CatalogService) {
  const { provider_id = '', voice_name, display_name, language, gender, engine_voice } = body;
  const provider = catalog.resolveModel('tts', provider_id)?.row;
  if (!provider) {
    throw invalidRequest([{ in: 'body', field: 'provider_id', message: 'names no TTS engine of this machine' }]);
  }
  const unknown = Object.fromEntries(Object.entries(body).filter(([field]) => !voiceFields.has(field)));
  return {
    voiceName: voice_name,
    providerId: provider.id,
    extras: asExtras(unknown),
    ...present({ displayName: display_name, language, gender, engineVoice: engine_voice }),
  };
}

function voiceToWire(voice: CatalogVoice): object {
  return {
    ...extraFields(voice.extras),
    id: voice.id,
    provider_id: voice.providerId,
    voice_name: voice.voiceName,
    display_name: voice.displayName,
    language: voice.language,
    gender: voice.gender,
    sample_url: null,
    is_default: voice.isDefault,
    is_active: voice.isActive,
    aliases: voice.aliases,
    created_at: isoTime(voice.createdAtMs),
    updated_at: isoTime(voice.updatedAtMs),
  };
}

/** The line mixes no noise under the agent's speech, so there is none to choose. */
function noiseRoute(): Route<KupeCaller> {
  return route({
    method: 'GET',
    path: '/api/v1/noise-assets',
    summary: 'List background noises',
    group: 'Noise Assets',
    responses: { 200: z.array(z.object({ id: z.string(), name: z.string() })) },
    answer: () => ({ kind: 'json', status: 200, data: [] }),
  });
}
