import { lowerPriority } from '../../../lifetime/priority.ts';

/** Entry of the embedding model's process. Argument: its order as JSON. Threads inherit the priority set here. */
lowerPriority(19);

const { runEmbedProcess } = await import('./run-embed-process.ts');
await runEmbedProcess(process.argv[2] ?? '');
