import { lowerPriority } from '../../lifetime/priority.ts';

/**
 * Entry of the speech process. Arguments: the settings as JSON, and the folder for the audio socket. Threads inherit
 * the priority of the one that makes them, so it is lowered before any other file of the house is loaded.
 */
lowerPriority(19);

const [settingsJson = '', folder = ''] = process.argv.slice(2);
const { runSpeechProcess } = await import('./run-speech-process.ts');
await runSpeechProcess(settingsJson, folder);
