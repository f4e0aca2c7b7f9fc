import { starterEngines } from '../kupe/kupe-house.ts';
import { type AppBrowser, AppHouse, setUpAdmin } from './app-house.ts';

export type Json = Readonly<Record<string, unknown>>;
type Headers = Readonly<Record<string, string>>;

/** A house whose engines have names, as each installed one's have. */
export async function openHouse(): Promise<AppHouse> {
  const house = await AppHouse.open();
  await house.domain.catalog.mirror(starterEngines);
  return house;
}

/** Where the clients of the old house move to, with an account for them. */
export interface NewHouse {
  readonly house: AppHouse;
  readonly root: AppBrowser;
}

/** Who owns in the new house what came from the old one. */
export const owner = { email: 'owner@old.example', password: 'A-New-Password' } as const;

/** With the keys that clients show at the old house. */
export async function openNewHouse({ first }: AppHouse): Promise<NewHouse> {
  const house = await openHouse();
  const root = await setUpAdmin(house);
  const { id } = (await root.request('POST', '/users', { ...owner, role: 'org_admin' })).body;
  await root.request('POST', '/credentials', { kind: 'kupe', name: 'Old', key: first.kupeKey, user_id: id });
  await root.request('POST', '/credentials', { kind: 'va', name: 'Old', key: first.vaKey });
  return { house, root };
}

/** Throws when it is not there. */
export async function read(house: AppHouse, path: string, headers: Headers): Promise<Json> {
  const { body, status } = await house.request('GET', path, undefined, headers);
  if (status !== 200) throw new Error(`${path} answered ${status}: ${JSON.stringify(body)}`);
  return body;
}

/** Throws when it is refused. */
export async function create(house: AppHouse, path: string, body: Json, headers: Headers): Promise<Json> {
  const reply = await house.request('POST', path, body, headers);
  if (reply.status !== 201) throw new Error(`${path} answered ${reply.status}: ${JSON.stringify(reply.body)}`);
  return reply.body;
}

/** Ids of people, organizations and engines belong to the house; everything else moves. */
const ofTheHouse = new Set([
  'user_id',
  'organization_id',
  'provider_id',
  'model_provider_id',
  'tts_provider_id',
  'vad_provider_id',
  'voice_id',
  'timestamp',
  'meta',
]);

/** An answer without what each house has of its own. */
export function moved(value: unknown): unknown {
  return JSON.parse(JSON.stringify(value), (key, field: unknown) =>
    ofTheHouse.has(key) ? '<ours>' : field,
  ) as unknown;
}

/** What a refusal of ours names. */
export function problemsOf(body: Json): readonly { readonly field: string; readonly message: string }[] {
  if (!body['details']) throw new Error(JSON.stringify(body));
  return (body['details'] as { problems: { field: string; message: string }[] }).problems;
}
