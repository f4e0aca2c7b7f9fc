import { lowerPriority } from '../../../lifetime/priority.ts';

/** Entry of the language model's process. Argument: its options as JSON. Threads inherit the priority set here. */
lowerPriority(19);

const { runLlmProcess } = await import('./run-llm-process.ts');
await runLlmProcess(process.argv[2] ?? '');
