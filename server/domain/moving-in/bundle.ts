import type { AgentDraft } from '../agents/agent.ts';
import type { NumberDraft } from '../numbers/number.ts';

/** What somebody brings from the house they leave, under the ids that their clients know. */
export interface Bundle {
  readonly agents: readonly BundleAgent[];
  readonly numbers: readonly BundleNumber[];
  readonly files: readonly BundleFile[];
}

export interface BundleAgent {
  readonly id: string;
  /** Whose it is; whoever imports when absent. */
  readonly ownerEmail?: string | undefined;
  readonly draft: AgentDraft;
}

export interface BundleNumber {
  readonly id: string;
  readonly draft: Omit<NumberDraft, 'id' | 'organizationId'>;
}

export interface BundleFile {
  readonly id: string;
  readonly name: string;
  readonly contentType: string;
  readonly content: Uint8Array;
  /** Agents that answer from it. */
  readonly agentIds: readonly string[];
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
  readonly dialled: ReadonlySet<string>;
  /** Whether this agent exists in the organization that imports. */
  isOwnAgent(id: string): boolean;
  /** Whether this person belongs to it. */
  isOwnPerson(email: string): boolean;
}

/** Everything that is wrong inside the bundle, or between it and the house; what exists already is no problem here. */
export function problemsOf(bundle: Bundle, known: KnownThings): readonly BundleProblem[] {
  const agentIds = new Set(bundle.agents.map(({ id }) => id));
  const isAgent = (id: string) => agentIds.has(id) || known.isOwnAgent(id);
  return [
    ...repeats('agents', 'id', bundle.agents, ({ id }) => id),
    ...repeats('numbers', 'id', bundle.numbers, ({ id }) => id),
    ...repeats('numbers', 'number', bundle.numbers, ({ draft }) => draft.dialled),
    ...repeats('files', 'id', bundle.files, ({ id }) => id),
    ...bundle.agents.flatMap(({ ownerEmail }, at) =>
      ownerEmail === undefined || known.isOwnPerson(ownerEmail)
        ? []
        : [{ field: `agents.${at}.owner_email`, message: 'is nobody of this organization: make the account first' }],
    ),
    ...bundle.numbers.flatMap(({ draft: { agentId } }, at) =>
      agentId && !isAgent(agentId) ? [unknownAgent(`numbers.${at}.agent_id`)] : [],
    ),
    ...bundle.files.flatMap((file, at) =>
      file.agentIds.flatMap((id, index) => (isAgent(id) ? [] : [unknownAgent(`files.${at}.agent_ids.${index}`)])),
    ),
  ];
}

/** What of the bundle is here already, by its place. */
export function conflictsOf(bundle: Bundle, known: KnownThings): readonly BundleProblem[] {
  const message = 'exists here already';
  const taken = <T>(list: string, key: string, items: readonly T[], isTaken: (item: T) => boolean) =>
    items.flatMap((item, at) => (isTaken(item) ? [{ field: `${list}.${at}.${key}`, message }] : []));
  return [
    ...taken('agents', 'id', bundle.agents, ({ id }) => known.agentIds.has(id)),
    ...taken('numbers', 'id', bundle.numbers, ({ id }) => known.numberIds.has(id)),
    ...taken('numbers', 'number', bundle.numbers, ({ draft }) => known.dialled.has(draft.dialled)),
    ...taken('files', 'id', bundle.files, ({ id }) => known.fileIds.has(id)),
  ];
}

/** The bundle without what is here already. */
export function withoutKnown(bundle: Bundle, known: KnownThings): Bundle {
  return {
    agents: bundle.agents.filter(({ id }) => !known.agentIds.has(id)),
    numbers: bundle.numbers.filter(({ id, draft }) => !known.numberIds.has(id) && !known.dialled.has(draft.dialled)),
    files: bundle.files.filter(({ id }) => !known.fileIds.has(id)),
  };
}

function repeats<T>(list: string, key: string, items: readonly T[], valueOf: (item: T) => string): BundleProblem[] {
  const first = new Map<string, number>();
  return items.flatMap((item, at) => {
    const value = valueOf(item);
    const before = first.get(value);
    if (before === undefined) first.set(value, at);
    return before === undefined ? [] : [{ field: `${list}.${at}.${key}`, message: `repeats ${list}.${before}.${key}` }];
  });
}

function unknownAgent(field: string): BundleProblem {
  return { field, message: 'names an agent that is neither in the bundle nor in this organization' };
}
