import { z } from 'zod';
import type { DialectName } from '../dialect.ts';
import type { RouteContract } from '../route.ts';

type JsonSchema = Readonly<Record<string, unknown>>;

/** What a document says beside its operations. */
interface DialectFacts {
  readonly title: string;
  readonly description: string;
  readonly securitySchemes: Readonly<Record<string, JsonSchema>>;
  readonly error: z.ZodType;
  /** What a successful JSON answer is wrapped in; none when absent. */
  readonly envelope?: (data: JsonSchema) => JsonSchema;
}

const integer = { type: 'integer' };
const bearer = (bearerFormat: string) => ({ type: 'http', scheme: 'bearer', bearerFormat });

const facts: Readonly<Record<DialectName, DialectFacts>> = {
  kupe: {
    title: 'Kupe Voice Agent API',
    description: 'Served by Landline on this machine: change the base URL of your client, nothing else.',
    securitySchemes: {
      key: { type: 'apiKey', in: 'header', name: 'x-api-key' },
      token: bearer('JWT from POST /auth/v1/token'),
    },
    error: z.object({
      detail: z.union([
        z.string(),
        z.array(z.object({ loc: z.array(z.union([z.string(), z.int()])), msg: z.string(), type: z.string() })),
      ]),
    }),
  },
  va: {
    title: 'va_ API (VoxStack)',
    description: 'Served by Landline on this machine. Management routes take the cookie of POST /api/v1/auth/login.',
    securitySchemes: {
      key: bearer('va_ key'),
      session: { type: 'apiKey', in: 'cookie', name: 'va_session' },
    },
    error: z.object({
      success: z.literal(false),
      error: z.string(),
      details: z.record(z.string(), z.unknown()).nullable(),
      meta: z.object({ timestamp: z.iso.datetime(), request_id: z.uuid() }),
    }),
    envelope: vaEnvelope,
  },
  voicera: {
    title: 'VoiceERA API',
    description: 'Served by Landline on this machine. Get a token by POST /auth/login.',
    securitySchemes: { token: bearer('JWT from POST /auth/login') },
    error: z.object({
      success: z.literal(false),
      data: z.null(),
      error: z.object({ code: z.string(), message: z.string(), details: z.unknown() }),
      timestamp: z.iso.datetime(),
      detail: z.string(),
      error_code: z.string(),
      status_code: z.int(),
    }),
  },
};

/** Lists say in `meta` where they lie in the whole. */
function vaEnvelope(data: JsonSchema): JsonSchema {
  const paging = { total: integer, limit: integer, offset: integer, has_more: { type: 'boolean' } };
  const isList = data['type'] === 'array';
  return {
    type: 'object',
    properties: {
      success: { const: true },
      data,
      meta: {
        type: 'object',
        properties: {
          timestamp: { type: 'string', format: 'date-time' },
          request_id: { type: 'string', format: 'uuid' },
          ...(isList ? paging : {}),
        },
        required: ['timestamp', 'request_id', ...(isList ? Object.keys(paging) : [])],
      },
    },
    required: ['success', 'data', 'meta'],
  };
}

const bodyTypes = {
  json: 'application/json',
  form: 'application/x-www-form-urlencoded',
  multipart: 'multipart/form-data',
} as const;

/** The OpenAPI 3.1 document of one dialect (without `servers`), made from the very schemas that validate its requests. */
export function contractDocument(dialect: DialectName, routes: readonly RouteContract[], version: string): JsonSchema {
  const { title, description, securitySchemes, error, envelope } = facts[dialect];
  const paths: Record<string, Record<string, JsonSchema>> = {};
  for (const route of routes) (paths[route.path] ??= {})[route.method.toLowerCase()] = operationOf(route, envelope);
  return {
    openapi: '3.1.1',
    info: { title, description, version },
    tags: [...new Set(routes.map(({ group }) => group))].filter((name) => name !== '').map((name) => ({ name })),
    security: Object.keys(securitySchemes).map((name) => ({ [name]: [] })),
    paths,
    components: {
      securitySchemes,
      responses: { Failure: { description: 'What is wrong, all problems at once', ...jsonContent(schemaOf(error)) } },
    },
  };
}

function operationOf(route: RouteContract, envelope: DialectFacts['envelope']): JsonSchema {
  const { body, bodyKind, group, isPublic, method, path, summary } = route;
  const parameters = [...parametersOf('path', z.object(route.params)), ...parametersOf('query', route.query)];
  return {
    operationId: operationIdOf(method, path),
    ...(summary === '' ? {} : { summary }),
    ...(group === '' ? {} : { tags: [group] }),
    ...(isPublic ? { security: [] } : {}),
    ...(parameters.length === 0 ? {} : { parameters }),
    ...(body === undefined && bodyKind !== 'multipart' ? {} : { requestBody: bodyOf(body, bodyKind) }),
    responses: { ...successes(route, envelope), default: { $ref: '#/components/responses/Failure' } },
  };
}

/** `GET /api/v1/tts-voices/{voice_id}` → `get_api_v1_ttsVoices_voiceId`: segments stay apart, words are joined. */
function operationIdOf(method: string, path: string): string {
  const segments = path.split('/').filter((segment) => segment !== '');
  const words = segments.map((segment) =>
    segment.replaceAll(/[{}]/g, '').replaceAll(/[^a-z\d]+(\w?)/gi, (_all, letter: string) => letter.toUpperCase()),
  );
  return [method.toLowerCase(), ...words].join('_');
}

function parametersOf(place: 'path' | 'query', schema: z.ZodType | undefined): readonly JsonSchema[] {
  if (!schema) return [];
  const { properties = {}, required = [] } = schemaOf(schema) as {
    readonly properties?: Readonly<Record<string, JsonSchema>>;
    readonly required?: readonly string[];
  };
  return Object.entries(properties).map(([name, property]) => ({
    name,
    in: place,
    required: place === 'path' || required.includes(name),
    schema: property,
  }));
}

function bodyOf(body: z.ZodType | undefined, kind: RouteContract['bodyKind']): JsonSchema {
  const fields = body ? schemaOf(body) : { type: 'object' };
  if (kind !== 'multipart') return { content: { [bodyTypes[kind]]: { schema: fields } } };
  const file = { type: 'string', contentMediaType: 'application/octet-stream' };
  const { properties } = fields as { readonly properties?: JsonSchema };
  return {
    required: true,
    content: { [bodyTypes.multipart]: { schema: { ...fields, properties: { ...properties, file } } } },
  };
}

function successes(
  { responses }: RouteContract,
  envelope: DialectFacts['envelope'] = (data) => data,
): Readonly<Record<string, JsonSchema>> {
  const entries = Object.entries(responses).map(([status, schema]) => {
    return [status, { description: 'Success', ...(schema ? jsonContent(envelope(schemaOf(schema))) : {}) }] as const;
  });
  return entries.length === 0 ? { 200: { description: 'Success' } } : Object.fromEntries(entries);
}

function jsonContent(schema: JsonSchema): JsonSchema {
  return { content: { 'application/json': { schema } } };
}

function schemaOf(schema: z.ZodType): JsonSchema {
  const { $schema: _, ...rest } = z.toJSONSchema(schema, { io: 'input', unrepresentable: 'any', reused: 'inline' });
  return rest;
}
