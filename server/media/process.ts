import { lowerPriority } from '../lifetime/priority.ts';
import type { FromMedia, ToMedia } from './process-messages.ts';

// The media process keeps ordinary priority while everything that thinks runs below it.
lowerPriority(0);
const { parentPort } = await import('../lifetime/message-port.ts');
const { serveMedia } = await import('./serve-media.ts');

/** Recordings get this long to be completed once the parent is gone. */
const lastWordsMs = 1_000;

const port = parentPort<ToMedia, FromMedia>();
const stop = serveMedia(port);
port.onClose(() => {
  setTimeout(() => process.exit(0), lastWordsMs);
  void stop().finally(() => process.exit(0));
});
