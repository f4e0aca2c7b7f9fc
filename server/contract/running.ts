import { z } from 'zod';

/** `<data>/running.json`: written when the appliance is ready, removed when it stops. How local tools find it. */
export const runningSchema = z.object({
  pid: z.number().int(),
  url: z.url(),
  /** Address of the SIP listener that local tools may call, e.g. `sip:127.0.0.1:5060`. */
  sip: z.string(),
  startedAt: z.string(),
});
export type Running = z.infer<typeof runningSchema>;
export const runningFileName = 'running.json';
export const firstKeysFileName = 'first-keys.env';
