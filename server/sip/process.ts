import { parentPort } from '../lifetime/message-port.ts';
import { createLogger } from '../log/logger.ts';
import type { FromSipCore, ToSipCore } from './process-messages.ts';
import { serveCore } from './serve-core.ts';

/** Without a parent the process is gone within 3 s, whatever hangs. */
const LAST_RESORT_MS = 2_500;

const port = parentPort<ToSipCore, FromSipCore>();
port.onClose(() => setTimeout(() => process.exit(1), LAST_RESORT_MS).unref());
serveCore(port, {
  makeLog: (level) => createLogger('sip-core', { level }),
  // The last message to the parent needs a turn of the loop to leave.
  over: (failed) => setImmediate(() => process.exit(failed ? 1 : 0)),
});
// The supervisor decides about our end; a terminal's Ctrl-C reaches the whole group.
process.on('SIGINT', () => {});
process.on('SIGTERM', () => {});
