import { z } from 'zod';
import { type RunningAppliance, until } from './running-appliance.ts';

const callSchema = z.object({
  id: z.string(),
  task_id: z.string().nullable(),
  from_number: z.string().nullable(),
  to_number: z.string().nullable(),
  direction: z.string(),
  status: z.string(),
  end_reason: z.string().nullable(),
  has_recording: z.boolean(),
  extracted_data: z.record(z.string(), z.unknown()).nullable(),
});
const detailSchema = callSchema.extend({
  transcript: z
    .array(z.object({ role: z.string(), message: z.string(), interrupted: z.boolean() }))
    .nullable()
    .transform((turns) => turns ?? []),
});

export type CallRecord = z.infer<typeof detailSchema>;

/** The newest call that fits, as the public API shows it now. */
export async function findCall(
  appliance: RunningAppliance,
  fits: (call: z.infer<typeof callSchema>) => boolean,
): Promise<CallRecord | undefined> {
  const calls = z.array(callSchema).parse((await appliance.get('/api/v1/calls?limit=50')).data);
  const found = calls.find(fits);
  return found && detailSchema.parse((await appliance.get(`/api/v1/calls/${found.id}`)).data);
}

/** The same call once it is over; throws when it is not within 5 s. */
export async function finishedCall(
  appliance: RunningAppliance,
  fits: (call: z.infer<typeof callSchema>) => boolean,
): Promise<CallRecord> {
  let record: CallRecord | undefined;
  const isOver = async () => {
    record = await findCall(appliance, fits);
    return record?.status === 'completed' || record?.status === 'failed';
  };
  await until('the call is written down as over', isOver, 5_000);
  return record as CallRecord;
}

/** Everything that one side said, in one string. */
export function saidBy(role: 'agent' | 'user', { transcript }: CallRecord): string {
  return transcript
    .filter((turn) => turn.role === role)
    .map(({ message }) => message)
    .join(' ');
}
