import type { ReadThread } from '../../db/read-thread.ts';
import type { CampaignSpan, MemberStatus } from './campaign.ts';

interface CountRow {
  readonly status: MemberStatus;
  readonly total: number;
}

interface NumbersRow {
  readonly id: string;
  /** A JSON array: one text is handed from thread to thread sooner than as many rows. */
  readonly numbers: string;
}

const countsTogether = `
  SELECT member.status, count(*) AS total
  FROM campaigns AS campaign JOIN campaign_members AS member ON member.campaign_id = campaign.id
    LEFT JOIN campaign_windows AS listed ON listed.campaign_id = campaign.id
  WHERE campaign.organization_id = ? AND campaign.deleted_at_ms IS NULL
    AND campaign.created_at_ms >= ? AND campaign.created_at_ms < ?
    AND (listed.campaign_id IS NULL
      OR member.position > listed.after_position AND member.position <= listed.last_position)
  GROUP BY member.status`;

const numbersTogether = `
  SELECT member.campaign_id AS id, json_group_array(member.to_number ORDER BY member.position) AS numbers
  FROM campaign_members AS member LEFT JOIN campaign_windows AS listed ON listed.campaign_id = member.campaign_id
  WHERE member.campaign_id IN (SELECT value FROM json_each(?))
    AND (listed.campaign_id IS NULL
      OR member.position > listed.after_position AND member.position <= listed.last_position)
  GROUP BY member.campaign_id`;

/** What is read of all numbers of campaigns, however many: beside the house's own loop. */
export class CampaignSumsRepository {
  readonly #reads: ReadThread;

  constructor(reads: ReadThread) {
    this.#reads = reads;
  }

  /** Of all campaigns that were made within the span. */
  async counts(
    organizationId: string,
    { fromMs = 0, untilMs = Number.MAX_SAFE_INTEGER }: CampaignSpan,
  ): Promise<Partial<Record<MemberStatus, number>>> {
    const rows = await this.#reads.all<CountRow>(countsTogether, [organizationId, fromMs, untilMs]);
    return Object.fromEntries(rows.map(({ status, total }) => [status, total]));
  }

  /** By campaign, in the order of dialling; those without numbers are absent. */
  async numbers(campaignIds: readonly string[]): Promise<ReadonlyMap<string, readonly string[]>> {
    const rows = await this.#reads.all<NumbersRow>(numbersTogether, [JSON.stringify(campaignIds)]);
    return new Map(rows.map(({ id, numbers }) => [id, JSON.parse(numbers) as string[]]));
  }
}
