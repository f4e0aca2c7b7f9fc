import type { AgentDraft } from '../agents/agent.ts';
import type { NumberDraft } from '../numbers/number.ts';
import type { AgentToolDraft, ToolDraft } from '../tools/tool.ts';

/** What somebody brings from the house they leave, under the ids that their clients know. */
export interface Bundle {
  readonly tools: readonly BundleTool[];
  readonly agents: readonly BundleAgent[];
  readonly numbers: readonly BundleNumber[];
  readonly files: readonly BundleFile[];
}

/** Somebody who has an account here, and where that is said. */
interface BundleOwner {
  readonly email: string;
  readonly place: string;
}

/** Where something stands in what was sent: the dotted path of the object that has its id, e.g. `kupe.agents.3.agent`. */
interface Placed {
  readonly place: string;
  readonly id: string;
}

export interface BundleTool extends Placed {
  /** Whose it is; whoever imports when absent. */
  readonly owner?: BundleOwner | undefined;
  readonly draft: ToolDraft;
  /** Now when absent. */
  readonly createdAtMs?: number | undefined;
  readonly updatedAtMs?: number | undefined;
}

export interface BundleAgent extends Placed {
  /** Whose it is; whoever imports when absent. */
  readonly owner?: BundleOwner | undefined;
  readonly draft: AgentDraft;
  /** What it may use: tools of the bundle, or what this organization has. */
  readonly tools: readonly AgentsTool[];
  /** Now when absent. */
  readonly createdAtMs?: number | undefined;
  readonly updatedAtMs?: number | undefined;
}

interface AgentsTool extends AgentToolDraft {
  /** Where its id is said. */
  readonly place: string;
}

export interface BundleNumber extends Placed {
  /** What its sender calls the field of the number itself. */
  readonly dialledField: string;
  readonly draft: Omit<NumberDraft, 'id' | 'organizationId'>;
  /** Where its agent is said. */
  readonly agentPlace: string;
  /** Of its being answered by that agent; made anew when absent. */
  readonly mapping?: { readonly id: string; readonly atMs?: number | undefined } | undefined;
  /** Now when absent. */
  readonly createdAtMs?: number | undefined;
}

export interface BundleFile extends Placed {
  readonly name: string;
  readonly contentType: string;
  readonly content: Uint8Array;
  /** Agents that answer from it. */
  readonly agentIds: readonly string[];
}

/** All of several bundles. */
export function together(bundles: readonly Partial<Bundle>[]): Bundle {
  return {
    tools: bundles.flatMap(({ tools = [] }) => tools),
    agents: bundles.flatMap(({ agents = [] }) => agents),
    numbers: bundles.flatMap(({ numbers = [] }) => numbers),
    files: bundles.flatMap(({ files = [] }) => files),
  };
}

/** One thing that is wrong with a bundle. */
export interface BundleProblem {
  /** Dotted path, e.g. `numbers.3.agent_id`. */
  readonly field: string;
  readonly message: string;
}

/** What the house has already. */
export interface KnownThings {
  readonly agentIds: ReadonlySet<string>;
  readonly numberIds: ReadonlySet<string>;
  readonly fileIds: ReadonlySet<string>;
  readonly toolIds: ReadonlySet<string>;
  readonly dialled: ReadonlySet<string>;
  /** Whether this agent exists in the organization that imports. */
  isOwnAgent(id: string): boolean;
  /** Whether it has this tool or MCP server. */
  isOwnTool(tool: AgentToolDraft): boolean;
  /** What keeps a tool from being of use, by its field. */
  problemsOfTool(draft: ToolDraft): readonly BundleProblem[];
  /** Whether this person belongs to it. */
  isOwnPerson(email: string): boolean;
}

/** Everything that is wrong inside the bundle, or between it and the house; what exists already is no problem here. */
export function problemsOf(bundle: Bundle, known: KnownThings): readonly BundleProblem[] {
  const agentIds = new Set(bundle.agents.map(({ id }) => id));
  const isAgent = (id: string) => agentIds.has(id) || known.isOwnAgent(id);
  const toolIds = new Set(bundle.tools.map(({ id }) => id));
  const isTool = (tool: AgentToolDraft) =>
    (tool.toolType === 'endpoint' && toolIds.has(tool.toolId)) || known.isOwnTool(tool);
  return [
    ...repeats(bundle.tools.map(idOf)),
    ...bundle.tools.flatMap(({ draft, place }) =>
      known.problemsOfTool(draft).map(({ field, message }) => ({ field: `${place}.${field}`, message })),
    ),
    ...repeats(bundle.agents.map(idOf)),
    ...repeats(bundle.numbers.map(idOf)),
    ...repeats(bundle.numbers.map(dialledOf)),
    ...repeats(bundle.files.map(idOf)),
    ...unknownOwners([...bundle.tools, ...bundle.agents], known),
    ...bundle.agents.flatMap(({ tools }) => tools.flatMap((tool) => (isTool(tool) ? [] : [unknownTool(tool)]))),
    ...bundle.numbers.flatMap(({ draft: { agentId }, agentPlace }) =>
      agentId && !isAgent(agentId) ? [unknownAgent(agentPlace)] : [],
    ),
    ...bundle.files.flatMap((file) =>
      file.agentIds.flatMap((id, index) => (isAgent(id) ? [] : [unknownAgent(`${file.place}.agent_ids.${index}`)])),
    ),
  ];
}

/** What of the bundle is here already, by its place. */
export function conflictsOf(bundle: Bundle, known: KnownThings): readonly BundleProblem[] {
  const message = 'exists here already';
  const taken = (said: readonly Said[], isTaken: (value: string) => boolean) =>
    said.flatMap(({ field, value }) => (isTaken(value) ? [{ field, message }] : []));
  return [
    ...taken(bundle.tools.map(idOf), (id) => known.toolIds.has(id)),
    ...taken(bundle.agents.map(idOf), (id) => known.agentIds.has(id)),
    ...taken(bundle.numbers.map(idOf), (id) => known.numberIds.has(id)),
    ...taken(bundle.numbers.map(dialledOf), (dialled) => known.dialled.has(dialled)),
    ...taken(bundle.files.map(idOf), (id) => known.fileIds.has(id)),
  ];
}

/** The bundle without what is here already. */
export function withoutKnown(bundle: Bundle, known: KnownThings): Bundle {
  return {
    tools: bundle.tools.filter(({ id }) => !known.toolIds.has(id)),
    agents: bundle.agents.filter(({ id }) => !known.agentIds.has(id)),
    numbers: bundle.numbers.filter(({ id, draft }) => !known.numberIds.has(id) && !known.dialled.has(draft.dialled)),
    files: bundle.files.filter(({ id }) => !known.fileIds.has(id)),
  };
}

/** A value and the path it was sent under. */
interface Said {
  readonly field: string;
  readonly value: string;
}

function idOf({ id, place }: Placed): Said {
  return { field: `${place}.id`, value: id };
}

function dialledOf({ dialledField, draft, place }: BundleNumber): Said {
  return { field: `${place}.${dialledField}`, value: draft.dialled };
}

function repeats(said: readonly Said[]): BundleProblem[] {
  const first = new Map<string, string>();
  return said.flatMap(({ field, value }) => {
    const before = first.get(value);
    if (before === undefined) first.set(value, field);
    return before === undefined ? [] : [{ field, message: `repeats ${before}` }];
  });
}

/** Each place once, however many things it speaks for. */
function unknownOwners(owned: readonly Pick<BundleAgent, 'owner'>[], known: KnownThings): BundleProblem[] {
  const owners = new Map(owned.flatMap(({ owner }) => (owner ? [[owner.place, owner.email] as const] : [])));
  const unknown = [...owners].filter(([, email]) => !known.isOwnPerson(email));
  const message = 'is nobody of this organization: make the account first';
  return unknown.map(([field]) => ({ field, message }));
}

function unknownTool({ place }: AgentsTool): BundleProblem {
  const message = 'names a tool that is neither in the bundle nor in this organization: bring it, or leave it out';
  return { field: place, message };
}

function unknownAgent(field: string): BundleProblem {
  return { field, message: 'names an agent that is neither in the bundle nor in this organization' };
}
