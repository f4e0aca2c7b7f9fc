import { setImmediate } from 'node:timers/promises';
import { z } from 'zod';
import { LandlineError } from '../../../contract/errors.ts';
import type { MemberDraft } from '../../../domain/campaigns/campaign.ts';
import type { CampaignService } from '../../../domain/campaigns/campaign-service.ts';
import { mostMembers } from '../../../domain/campaigns/member-list.ts';
import type { Contact } from '../../../domain/contacts/contact.ts';
import type { ContactService } from '../../../domain/contacts/contact-service.ts';
import type { DoNotCallService } from '../../../domain/do-not-call/do-not-call-service.ts';
import { type Route, route } from '../../route.ts';
import { json } from './answers.ts';
import type { KupeCaller } from './auth.ts';
import { campaignMemberSchema, campaignMemberToWire, toDialled } from './campaigns.wire.ts';
import { uuid } from './fields.ts';
import { limitQuery } from './paging.ts';

const group = 'Campaigns';
const base = '/api/v1/campaigns/{campaign_id}';
const defaultMembers = 1_000;

export interface CampaignGroupParts {
  readonly campaigns: CampaignService;
  readonly contacts: ContactService;
  readonly doNotCall: DoNotCallService;
}

const addedSchema = z.object({
  inserted_count: z.int(),
  skipped_count: z.int(),
  skipped_no_phone: z.int(),
  skipped_duplicate: z.int(),
  skipped_filtered: z.int(),
  group_id: z.string().optional(),
  group_name: z.string().optional(),
  message: z.string(),
});

export function campaignGroupRoutes(parts: CampaignGroupParts): readonly Route<KupeCaller>[] {
  return [...groupRoutes(parts), ...memberRoutes(parts.campaigns)];
}

function groupRoutes(parts: CampaignGroupParts): readonly Route<KupeCaller>[] {
  return [
    route({
      method: 'POST',
      path: `${base}/groups`,
      summary: 'Add the people of a group',
      group,
      body: z.object({ group_id: uuid }),
      responses: { 200: addedSchema },
      answer: async ({ caller, params, body }) => {
        const { id, name } = parts.contacts.get(caller.organizationId, body.group_id);
        const added = await addGroups(parts, caller.organizationId, params.campaign_id, [id]);
        return json({ ...added, group_id: id, group_name: name });
      },
    }),
    route({
      method: 'POST',
      path: `${base}/groups/multiple`,
      summary: 'Add the people of several groups',
      group,
      body: z.object({ group_ids: z.array(uuid).min(1, 'must not be empty').max(50, 'must be at most 50 groups') }),
      responses: { 200: addedSchema },
      answer: async ({ caller, params, body }) =>
        json(await addGroups(parts, caller.organizationId, params.campaign_id, body.group_ids)),
    }),
  ];
}

type Added = z.infer<typeof addedSchema>;
type Counts = Omit<Added, 'message' | 'group_id' | 'group_name'>;

/** People per transaction: many at once would hold up everybody else. */
const peopleAtOnce = 1_000;

/**
 * Who has no number, is there already or must not be called is left out and counted. Large groups go in bites, each
 * whole; asked again after a break, the rest is added. Throws `too-many-members` before anything is written.
 */
async function addGroups(
  parts: CampaignGroupParts,
  organizationId: string,
  campaignId: string,
  groupIds: readonly string[],
): Promise<Added> {
  const { campaigns, contacts } = parts;
  const groups = [...new Set(groupIds)].map((id) => ({ id, rows: contacts.countRows(organizationId, id) }));
  const rows = groups.reduce((sum, one) => sum + one.rows, 0);
  requireRoom(campaigns.counts(organizationId, campaignId).total, rows);
  const counts = {
    inserted_count: 0,
    skipped_count: 0,
    skipped_no_phone: 0,
    skipped_duplicate: 0,
    skipped_filtered: 0,
  };
  for (const { id, rows: total } of groups) {
    for (let offset = 0; offset === 0 || offset < total; offset += peopleAtOnce) {
      const people = contacts.contacts(organizationId, id, { limit: peopleAtOnce, offset });
      const added = await addPeople(parts, { organizationId, campaignId }, people);
      for (const key of Object.keys(counts) as (keyof Counts)[]) counts[key] += added[key];
      await setImmediate();
    }
  }
  const people = counts.inserted_count + counts.skipped_count;
  return { ...counts, message: `${counts.inserted_count} of ${people} people added` };
}

function requireRoom(members: number, more: number): void {
  if (members + more <= mostMembers) return;
  throw new LandlineError('too-many-members', `A campaign holds at most ${mostMembers} numbers.`, { members, more });
}

async function addPeople(
  { campaigns, doNotCall }: CampaignGroupParts,
  { organizationId, campaignId }: { readonly organizationId: string; readonly campaignId: string },
  people: readonly Contact[],
): Promise<Counts> {
  const withNumber = people.flatMap(memberOf);
  const allowed = withNumber.filter(({ toNumber }) => !doNotCall.has(organizationId, toNumber));
  const { inserted, rejected } = await campaigns.addMembers(organizationId, campaignId, allowed, {
    skipDuplicates: true,
  });
  const duplicates = rejected.filter(({ why }) => why === 'duplicate').length;
  return {
    inserted_count: inserted.length,
    skipped_count: people.length - inserted.length,
    skipped_no_phone: people.length - withNumber.length + rejected.length - duplicates,
    skipped_duplicate: duplicates,
    skipped_filtered: withNumber.length - allowed.length,
  };
}

function memberOf({ phone, variables }: Contact): readonly MemberDraft[] {
  return phone === null ? [] : [{ toNumber: toDialled(phone), variables }];
}

function memberRoutes(campaigns: CampaignService): readonly Route<KupeCaller>[] {
  return [
    route({
      method: 'GET',
      path: `${base}/members`,
      summary: 'List the numbers of a campaign in the order of dialling',
      group,
      query: z.object(limitQuery),
      responses: { 200: z.object({ members: z.array(campaignMemberSchema), total: z.int() }) },
      answer: ({ caller, params, query }) => {
        const page = { limit: query.limit ?? defaultMembers, offset: query.offset ?? 0 };
        const { items, total } = campaigns.members(caller.organizationId, params.campaign_id, page);
        return json({ members: items.map(campaignMemberToWire), total });
      },
    }),
    route({
      method: 'DELETE',
      path: `${base}/members`,
      summary: 'Take all numbers out, before any was dialled',
      group,
      responses: { 200: z.object({ ok: z.literal('true') }) },
      answer: async ({ caller, params }) => {
        await campaigns.removeMembers(caller.organizationId, params.campaign_id);
        return json({ ok: 'true' });
      },
    }),
  ];
}
