import { z } from 'zod';
import type { AgentDraft } from '../../../domain/agents/agent.ts';
import type { CatalogService } from '../../../domain/catalog/catalog-service.ts';
import type { JsonObject } from '../../../domain/json-column.ts';
import type { Bundle, BundleAgent, BundleFile, BundleNumber } from '../../../domain/moving-in/bundle.ts';
import { emailText } from '../../identity-fields.ts';
import {
  type Arrivals,
  contentFields,
  contentOf,
  contentProblem,
  dialledText,
  hasContent,
  itemAt,
  printedTime,
} from '../../moving-in.ts';
import { isUuid } from '../../route.ts';
import { keptSections, toAgentDraft } from './agent-change.ts';
import {
  type AgentSections,
  agentAliases,
  agentFields,
  inferencingSection,
  modelSection,
  specificSection,
  transcriberSection,
  ttsSection,
  vadSection,
} from './agents.schema.ts';
import { aliased } from './aliases.ts';
import { asExtras, shortText, uuid } from './fields.ts';
import { mappingsBody, toAgentToolDrafts, toolBody, toToolDraft } from './tools.wire.ts';

const dialect = 'kupe';

const agentPart = aliased(
  { ...agentFields, id: uuid, created_at: printedTime, updated_at: printedTime },
  { ...agentAliases },
);

const configurations = z.preprocess(
  bySectionName,
  z.looseObject(
    {
      model_config: z.preprocess(asAsked('model_name'), modelSection.nullish()),
      tts_config: z.preprocess(asAsked('tts_model_name'), ttsSection.nullish()),
      transcriber_config: z.preprocess(
        ofNamedEngine('transcriber_model_name', 'provider_id'),
        transcriberSection.nullish(),
      ),
      vad_config: z.preprocess(ofNamedEngine('vad_provider_id'), vadSection.nullish()),
      inferencing_config: inferencingSection.nullish(),
      agent_specific_config: specificSection.nullish(),
      tools: mappingsBody.nullish(),
    },
    'must be the configurations of the agent: bring what GET /api/v1/agents or GET /api/v1/agents/{id} prints',
  ),
);

const printedAgent = z.preprocess(nested, z.object({ agent: agentPart, configurations }));

const printedTool = toolBody.extend({ id: uuid, created_at: printedTime, updated_at: printedTime });

const printedNumber = z.looseObject({
  id: uuid,
  phone_number: dialledText,
  friendly_name: shortText.nullish(),
  country_code: z.string().max(10).nullish(),
  region: shortText.nullish(),
  is_active: z.boolean().optional(),
  created_at: printedTime,
});

const printedMapping = z.looseObject({
  id: uuid,
  phone_number_id: uuid,
  agent_id: uuid.nullish(),
  created_at: printedTime,
});

/** A file as it is printed, with what it holds beside. */
const printedFile = z
  .looseObject({
    id: uuid,
    original_filename: shortText,
    content_type: z.string().max(200).nullish(),
    agent_ids: z.array(uuid).max(1_000).nullish(),
    ...contentFields,
  })
  .refine(hasContent, contentProblem);

const lists = z
  .strictObject({
    /** Of an account here; whoever imports when absent. */
    owner_email: emailText.optional(),
    tools: z.array(printedTool).max(1_000).default([]),
    agents: z.array(printedAgent).max(5_000).default([]),
    phone_numbers: z.array(printedNumber).max(5_000).default([]),
    phone_mappings: z.array(printedMapping).max(5_000).default([]),
    files: z.array(printedFile).max(1_000).default([]),
  })
  .superRefine(({ phone_mappings, phone_numbers }, context) => {
    const ids = new Set(phone_numbers.map(({ id }) => id));
    for (const [at, { phone_number_id: id }] of phone_mappings.entries()) {
      if (ids.has(id)) continue;
      const message = 'names a phone number that is not among kupe.phone_numbers';
      context.addIssue({ code: 'custom', path: ['phone_mappings', at, 'phone_number_id'], message });
    }
  });

type Lists = z.infer<typeof lists>;

/** Tools, agents, phone lines, who answers them, and files, as this API prints them. */
export function printedLists(catalog: CatalogService): z.ZodType<Arrivals> {
  return lists.transform((wire) => ({ bundleFor: (organizationId) => toBundle(wire, organizationId, catalog) }));
}

function toBundle(wire: Lists, organizationId: string, catalog: CatalogService): Bundle {
  const mappings = new Map(wire.phone_mappings.map((mapping, at) => [mapping.phone_number_id, { ...mapping, at }]));
  return {
    tools: wire.tools.map((tool, at) => ({
      ...itemAt(`${dialect}.tools.${at}`, tool, { dialect, ownerEmail: wire.owner_email }),
      draft: toToolDraft(tool),
    })),
    agents: wire.agents.map((printed, at) => ({
      ...toBundleAgent(printed, `${dialect}.agents.${at}`, wire.owner_email),
      draft: toDraft(printed, organizationId, catalog),
    })),
    numbers: wire.phone_numbers.map((number, at) =>
      toNumber(number, `${dialect}.phone_numbers.${at}`, mappings.get(number.id)),
    ),
    files: wire.files.map((file, at) => toFile(file, `${dialect}.files.${at}`)),
  };
}

function toBundleAgent(
  { agent, configurations: { tools } }: Lists['agents'][number],
  place: string,
  ownerEmail: string | undefined,
): Omit<BundleAgent, 'draft'> {
  return {
    ...itemAt(`${place}.agent`, agent, { dialect, ownerEmail }),
    tools: toAgentToolDrafts(tools ?? []).map((tool, at) => ({
      ...tool,
      place: `${place}.configurations.tools.${at}.tool_id`,
    })),
  };
}

/** As if its sections had been sent to create it; a section that is printed is whole. */
function toDraft(printed: Lists['agents'][number], organizationId: string, catalog: CatalogService): AgentDraft {
  const { model_config, tts_config, vad_config, ...sections } = printed.configurations;
  const body: AgentSections & { readonly agent: { readonly name: string } } = {
    ...sections,
    agent: printed.agent,
    agent_model_config: model_config,
    tts_config: withoutVoicesLanguage(tts_config, organizationId, catalog),
    vad_config: withOwnEngine(vad_config, catalog),
  };
  const draft = toAgentDraft(body, { organizationId, userId: null }, catalog);
  const specific = sections.agent_specific_config;
  return specific && !specific.session_timeout ? withoutContractTimeout(draft) : draft;
}

/** A whole section without a time limit is that of an agent which has none. */
function withoutContractTimeout(draft: AgentDraft): AgentDraft {
  const { maxDurationMs: _limit, ...turnSettings } = draft.turnSettings ?? {};
  const kept = keptSections({ extras: draft.extras ?? {} });
  const { session_timeout: _printed, ...specific } = kept.specific ?? {};
  return { ...draft, turnSettings, extras: asExtras({ ...kept, specific }) };
}

/** An id of another catalog names nothing here; the other engines are printed by name, too. */
function withOwnEngine(vad: AgentSections['vad_config'], catalog: CatalogService): AgentSections['vad_config'] {
  const own = catalog.defaultModel('vad');
  if (!vad || !own || !isUuid(vad.vad_provider_id)) return vad;
  return { ...vad, vad_provider_id: own.modelName };
}

/** A language that is printed because the voice speaks it was never asked for. */
function withoutVoicesLanguage(
  tts: AgentSections['tts_config'],
  organizationId: string,
  catalog: CatalogService,
): AgentSections['tts_config'] {
  if (!tts?.language || tts.voice_parameters?.['language'] !== undefined) return tts;
  const voices = catalog.voices(organizationId);
  const asked = tts.voice_name ? catalog.resolveVoice(organizationId, tts.voice_name)?.row : undefined;
  const voice = asked ?? voices.find(({ isDefault }) => isDefault);
  if (voice?.language !== tts.language) return tts;
  const { language: _voices, ...rest } = tts;
  return rest;
}

function toNumber(
  { id, ...wire }: Lists['phone_numbers'][number],
  place: string,
  mapping: (Lists['phone_mappings'][number] & { readonly at: number }) | undefined,
): BundleNumber {
  const draft = {
    dialled: wire.phone_number,
    friendlyName: wire.friendly_name ?? null,
    countryCode: wire.country_code ?? null,
    region: wire.region ?? null,
    isActive: wire.is_active ?? true,
    agentId: mapping?.agent_id ?? null,
  };
  return {
    place,
    id,
    dialledField: 'phone_number',
    draft,
    agentPlace: mapping ? `${dialect}.phone_mappings.${mapping.at}.agent_id` : place,
    mapping: mapping && { id: mapping.id, atMs: mapping.created_at ?? undefined },
    createdAtMs: wire.created_at ?? undefined,
  };
}

function toFile({ agent_ids, id, original_filename, ...wire }: Lists['files'][number], place: string): BundleFile {
  return {
    place,
    id,
    name: original_filename,
    contentType: wire.content_type ?? '',
    content: contentOf(wire),
    agentIds: agent_ids ?? [],
  };
}

/** Older services print the agent's fields flat. */
function nested(value: unknown): unknown {
  if (!isObject(value) || isObject(value['agent'])) return value;
  const { configurations: sections, ...agent } = value;
  return { agent, configurations: sections };
}

/** Sections under their own names, whichever of the two names they were printed by. */
function bySectionName(value: unknown): unknown {
  if (!isObject(value)) return value;
  const { model, tts, transcriber, vad, ...rest } = value;
  const sibling = { model_config: model, tts_config: tts, transcriber_config: transcriber, vad_config: vad };
  return { ...sibling, ...rest };
}

/** The engine that the client asked for, where another stands in for it and is printed. */
function asAsked(nameField: string) {
  return (section: unknown): unknown => {
    if (!isObject(section)) return section;
    const { aliases, ...rest } = section;
    const [asked]: readonly unknown[] = Array.isArray(aliases) ? aliases : [];
    return typeof asked === 'string' ? { ...rest, [nameField]: asked } : rest;
  };
}

/** As `asAsked`; without the name of an engine these sections hold nothing but defaults. */
function ofNamedEngine(nameField: string, idField = nameField) {
  const named = asAsked(nameField);
  return (section: unknown): unknown => {
    const asked = named(section);
    return isObject(asked) && !asked[nameField] && !asked[idField] ? undefined : asked;
  };
}

function isObject(value: unknown): value is JsonObject {
  return typeof value === 'object' && value !== null && !Array.isArray(value);
}
