import { setTimeout as wait } from 'node:timers/promises';
import { z } from 'zod';
import type { Appliance } from './appliance.ts';

const turnSchema = z.object({
  role: z.enum(['agent', 'user']),
  message: z.string(),
  timestamp: z.string(),
});
const callSchema = z.object({
  id: z.string(),
  from_number: z.string().nullable(),
  status: z.string(),
  end_reason: z.string().nullable(),
});
const listSchema = z.object({ data: z.array(callSchema) });
const detailSchema = z.object({ data: callSchema.extend({ transcript: z.array(turnSchema).nullable() }) });

/** What the appliance itself recorded of the call. */
export interface ApplianceRecord {
  readonly callId: string;
  readonly status: string;
  readonly endReason: string | null;
  readonly turns: readonly { readonly role: 'agent' | 'user'; readonly text: string; readonly atMs: number }[];
}

/** Asks the appliance over its public API for the call from `from`; waits up to 5 s for it to be finished there. */
export async function fetchRecord(appliance: Appliance, from: string): Promise<ApplianceRecord | undefined> {
  if (appliance.key === undefined) return undefined;
  for (let tries = 0; tries < 50; tries++) {
    const listed = listSchema.parse(await get(appliance, '/api/v1/calls?limit=20'));
    const call = listed.data.find(({ from_number }) => from_number === from);
    if (call && (call.status === 'completed' || call.status === 'failed')) return detail(appliance, call.id);
    await wait(100);
  }
  return undefined;
}

async function detail(appliance: Appliance, callId: string): Promise<ApplianceRecord> {
  const { data } = detailSchema.parse(await get(appliance, `/api/v1/calls/${callId}`));
  const turns = (data.transcript ?? []).map(({ role, message, timestamp }) => ({
    role,
    text: message,
    atMs: Date.parse(timestamp),
  }));
  return { callId, status: data.status, endReason: data.end_reason, turns };
}

async function get(appliance: Appliance, path: string): Promise<unknown> {
  const response = await fetch(new URL(path, appliance.url), {
    headers: { authorization: `Bearer ${appliance.key}` },
    signal: AbortSignal.timeout(5_000),
  });
  return response.json();
}
