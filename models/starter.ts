import { join } from 'node:path';

const starter = join(import.meta.dirname, 'starter');

/** Folder of the built-in recogniser: English, trained on synthetic speech only. */
export const starterSttFolder = join(starter, 'stt');

/** Folder of the built-in neural voice-activity model; the appliance's default VAD needs no weights. */
export const starterVadFolder = join(starter, 'vad');
