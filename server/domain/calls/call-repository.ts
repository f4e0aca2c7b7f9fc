import type { CallDirection, CallEndReason, CallIdentity, CallStatus } from '../../contract/call.ts';
import type { Database, Statement } from '../../db/database.ts';
import { FilteredList } from '../../db/filtered-list.ts';
import { fromJsonOrNull, type JsonObject, toJsonOrNull } from '../json-column.ts';
import type { Page, PageRequest } from '../paging.ts';
import type { Call, TakenMessage } from './call.ts';

interface CallRow {
  readonly id: string;
  readonly organization_id: string;
  readonly agent_id: string;
  readonly task_id: string | null;
  readonly direction: CallDirection;
  readonly from_user: string;
  readonly to_user: string;
  readonly from_display_name: string | null;
  readonly from_uri: string;
  readonly to_uri: string;
  readonly p_asserted_identity: string | null;
  readonly diversion: string | null;
  readonly sip_call_id: string | null;
  readonly status: CallStatus;
  readonly end_reason: CallEndReason | null;
  readonly error_message: string | null;
  readonly brain: string | null;
  readonly stt: string | null;
  readonly tts: string | null;
  readonly message: string | null;
  readonly extracted: string;
  readonly started_at_ms: number;
  readonly answered_at_ms: number | null;
  readonly ended_at_ms: number | null;
  readonly updated_at_ms: number;
}

const columns = [
  'id',
  'organization_id',
  'agent_id',
  'task_id',
  'direction',
  'from_user',
  'to_user',
  'from_display_name',
  'from_uri',
  'to_uri',
  'p_asserted_identity',
  'diversion',
  'sip_call_id',
  'status',
  'end_reason',
  'error_message',
  'brain',
  'stt',
  'tts',
  'message',
  'extracted',
  'started_at_ms',
  'answered_at_ms',
  'ended_at_ms',
  'updated_at_ms',
] as const satisfies readonly (keyof CallRow)[];

export interface CallFilter {
  readonly organizationId: string;
  readonly taskId?: string | undefined;
  readonly agentId?: string | undefined;
  readonly status?: CallStatus | undefined;
}

export class CallRepository {
  readonly #insert: Statement<never>;
  readonly #update: Statement<never>;
  readonly #byId: Statement<CallRow>;
  readonly #open: Statement<CallRow>;
  readonly #countOpen: Statement<{ readonly total: number }>;
  readonly #list: FilteredList<CallRow>;

  constructor(db: Database) {
    const named = columns.map((column) => `@${column}`).join();
    this.#insert = db.prepare(`INSERT INTO calls (${columns.join()}) VALUES (${named})`);
    const set = columns.map((column) => `${column} = @${column}`).join();
    this.#update = db.prepare(`UPDATE calls SET ${set} WHERE id = @id`);
    this.#byId = db.prepare('SELECT * FROM calls WHERE id = ?');
    this.#open = db.prepare("SELECT * FROM calls WHERE status IN ('initiated', 'in_progress') ORDER BY rowid");
    this.#countOpen = db.prepare(
      "SELECT count(*) AS total FROM calls WHERE agent_id = ? AND status IN ('initiated', 'in_progress')",
    );
    this.#list = new FilteredList(db, 'calls');
  }

  insert(call: Call): void {
    this.#insert.run(toRow(call));
  }

  update(call: Call): void {
    this.#update.run(toRow(call));
  }

  find(id: string): Call | undefined {
    const row = this.#byId.get(id);
    return row && toCall(row);
  }

  /** Calls that have not ended. */
  open(): readonly Call[] {
    return this.#open.all().map(toCall);
  }

  countOpen(agentId: string): number {
    return this.#countOpen.get(agentId)?.total ?? 0;
  }

  list(filter: CallFilter, page: PageRequest): Page<Call> {
    const where = {
      organization_id: filter.organizationId,
      task_id: filter.taskId,
      agent_id: filter.agentId,
      status: filter.status,
    };
    const found = this.#list.page(where, page.limit, page.offset);
    return { items: found.items.map(toCall), total: found.total };
  }
}

function toCall(row: CallRow): Call {
  return {
    id: row.id,
    organizationId: row.organization_id,
    agentId: row.agent_id,
    taskId: row.task_id,
    direction: row.direction,
    identity: toIdentity(row),
    sipCallId: row.sip_call_id,
    status: row.status,
    endReason: row.end_reason,
    errorMessage: row.error_message,
    brain: row.brain,
    stt: row.stt,
    tts: row.tts,
    message: fromJsonOrNull(row.message) as TakenMessage | null,
    extracted: JSON.parse(row.extracted) as JsonObject,
    startedAtMs: row.started_at_ms,
    answeredAtMs: row.answered_at_ms,
    endedAtMs: row.ended_at_ms,
    updatedAtMs: row.updated_at_ms,
  };
}

function toIdentity(row: CallRow): CallIdentity {
  return {
    from: row.from_user,
    to: row.to_user,
    fromUri: row.from_uri,
    toUri: row.to_uri,
    ...(row.from_display_name === null ? {} : { fromDisplayName: row.from_display_name }),
    ...(row.p_asserted_identity === null ? {} : { pAssertedIdentity: row.p_asserted_identity }),
    ...(row.diversion === null ? {} : { diversion: row.diversion }),
  };
}

function toRow(call: Call): CallRow {
  const { identity } = call;
  return {
    id: call.id,
    organization_id: call.organizationId,
    agent_id: call.agentId,
    task_id: call.taskId,
    direction: call.direction,
    from_user: identity.from,
    to_user: identity.to,
    from_display_name: identity.fromDisplayName ?? null,
    from_uri: identity.fromUri,
    to_uri: identity.toUri,
    p_asserted_identity: identity.pAssertedIdentity ?? null,
    diversion: identity.diversion ?? null,
    sip_call_id: call.sipCallId,
    status: call.status,
    end_reason: call.endReason,
    error_message: call.errorMessage,
    brain: call.brain,
    stt: call.stt,
    tts: call.tts,
    message: toJsonOrNull(call.message),
    extracted: JSON.stringify(call.extracted),
    started_at_ms: call.startedAtMs,
    answered_at_ms: call.answeredAtMs,
    ended_at_ms: call.endedAtMs,
    updated_at_ms: call.updatedAtMs,
  };
}
