import { silentLogger } from '../../server/log/logger.ts';
import { SpeechClient } from '../../server/providers/host/speech-client.ts';
import { starterSpeech } from '../../server/providers/registry.ts';

/** A process that starts speech, tells its parent the speech process's id, and waits to be killed. */
const client = new SpeechClient({ settings: starterSpeech, logger: silentLogger });
await client.start();
process.send?.(client.pid);
setInterval(() => {}, 60_000);
