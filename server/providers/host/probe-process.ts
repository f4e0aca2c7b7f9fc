import { messageOf } from '../../contract/errors.ts';
import { lowerPriority } from '../../lifetime/priority.ts';

/** Entry of a throw-away process that tries one model: exit code 0 if it works; what is wrong goes to stderr. */
lowerPriority(19);

const { runProbeTask } = await import('./run-probe-task.ts');
try {
  await runProbeTask(process.argv[2] ?? '');
  process.exit(0);
} catch (failure) {
  process.stderr.write(`${messageOf(failure)}\n`, () => process.exit(1));
}
