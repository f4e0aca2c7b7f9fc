// `npm run check`: format, types, lint, architecture and unit tests, one after the other; stops at the first failure.
import { spawnSync } from 'node:child_process';
import { dirname, join } from 'node:path';
import { fileURLToPath } from 'node:url';

const launcher = join(dirname(fileURLToPath(import.meta.url)), 'with-node.mjs');
const steps = Object.entries({
  format: ['biome', 'check', '--error-on-warnings', '.'],
  types: ['tsc', '--noEmit'],
  lint: ['oxlint', '--type-aware', '.'],
  'unit and architecture tests': ['vitest', 'run', '--project', 'unit'],
});

for (const [name, args] of steps) {
  console.log(`— ${name}`);
  const step = spawnSync(process.execPath, [launcher, ...args], { stdio: 'inherit' });
  if (step.status !== 0) {
    console.error(`${name} failed.`);
    process.exit(step.status ?? 1);
  }
}
