import type { Database, Statement } from '../../db/database.ts';

/** The positions of a campaign's numbers that are its list: after the one, up to and with the other. */
export interface MemberWindow {
  readonly after: number;
  readonly last: number;
}

const everything: MemberWindow = { after: 0, last: Number.MAX_SAFE_INTEGER };

/** What of a campaign's numbers is its list, while others are being written or taken away. */
export class MemberWindowRepository {
  readonly #get: Statement<MemberWindow>;
  readonly #set: Statement<never>;
  readonly #drop: Statement<never>;
  readonly #open: Statement<{ readonly id: string }>;
  readonly #deleteOutside: Statement<never>;

  constructor(db: Database) {
    this.#get = db.prepare(
      'SELECT after_position AS after, last_position AS last FROM campaign_windows WHERE campaign_id = ?',
    );
    this.#set = db.prepare(
      `INSERT INTO campaign_windows (campaign_id, after_position, last_position) VALUES (?, ?, ?)
       ON CONFLICT DO UPDATE SET after_position = excluded.after_position, last_position = excluded.last_position`,
    );
    this.#drop = db.prepare('DELETE FROM campaign_windows WHERE campaign_id = ?');
    this.#open = db.prepare('SELECT campaign_id AS id FROM campaign_windows');
    this.#deleteOutside = db.prepare(
      `DELETE FROM campaign_members WHERE rowid IN (
         SELECT rowid FROM campaign_members WHERE campaign_id = @id AND position <= @after
         UNION ALL SELECT rowid FROM campaign_members WHERE campaign_id = @id AND position > @last
         LIMIT @limit)`,
    );
  }

  get(campaignId: string): MemberWindow {
    return this.#get.get(campaignId) ?? everything;
  }

  isSet(campaignId: string): boolean {
    return this.#get.get(campaignId) !== undefined;
  }

  /** From now on the list is what lies in the window. */
  set(campaignId: string, window: Partial<MemberWindow>): void {
    const { after, last } = { ...everything, ...window };
    this.#set.run(campaignId, after, last);
  }

  /** From now on the list is all there is. */
  drop(campaignId: string): void {
    this.#drop.run(campaignId);
  }

  /** Campaigns with a window. */
  open(): readonly string[] {
    return this.#open.all().map(({ id }) => id);
  }

  /** Deletes some of the numbers outside the window; says how many. */
  deleteOutside(campaignId: string, limit: number): number {
    return this.#deleteOutside.run({ id: campaignId, ...this.get(campaignId), limit }).changes;
  }
}
