import { mkdirSync, writeFileSync } from 'node:fs';
import { join } from 'node:path';
import type { Bar } from './figures.ts';
import { machineFacts } from './machine.ts';

/** What one bench found: free figures, and the bars it was held against. */
export interface BenchResult {
  readonly figures: Readonly<Record<string, unknown>>;
  readonly bars: readonly Bar[];
}

/** In the order in which they run when none is named; `soak` takes 20 minutes and runs only by name. */
const benches: Readonly<Record<string, () => Promise<() => Promise<BenchResult>>>> = {
  stt: async () => (await import('./stt.ts')).runSttBench,
  'turn-gap': async () => (await import('./turn-gap.ts')).runTurnGapBench,
  'barge-in': async () => (await import('./barge-in.ts')).runBargeInBench,
  'false-stops': async () => (await import('./false-stops.ts')).runFalseStopBench,
  pacing: async () => (await import('./pacing.ts')).runPacingBench,
  sip: async () => (await import('./sip-load.ts')).runSipLoadBench,
  appliance: async () => (await import('./appliance-load.ts')).runApplianceLoadBench,
  api: async () => (await import('./api-load.ts')).runApiBench,
  search: async () => (await import('./search.ts')).runSearchBench,
  soak: async () => (await import('./soak.ts')).runSoakBench,
};

const asked = process.argv.slice(2).filter((argument) => !argument.startsWith('--'));
const unknown = asked.filter((name) => benches[name] === undefined);
if (unknown.length > 0) {
  console.error(`No bench is called ${unknown.join(', ')}; there are ${Object.keys(benches).join(', ')}.`);
  process.exit(2);
}
const names = asked.length > 0 ? asked : Object.keys(benches).filter((name) => name !== 'soak');

const results: Record<string, unknown> = {};
let met = true;
for (const name of names) {
  console.error(`— ${name}`);
  const before = machineFacts();
  const run = await (benches[name] as (typeof benches)[string])();
  const result = await run();
  results[name] = { loadBefore: before.loadAverage, ...result };
  for (const bar of result.bars) {
    met &&= bar.met;
    console.error(`  ${bar.met ? 'met   ' : 'MISSED'} ${bar.name}: ${bar.value} (${bar.rule} ${bar.limit})`);
  }
}
const report = JSON.stringify({ machine: machineFacts(), results }, null, 2);
const folder = join(import.meta.dirname, '..', '..', 'out', 'bench');
mkdirSync(folder, { recursive: true });
writeFileSync(join(folder, `${names.join('+')}.json`), report);
console.log(report);
process.exit(met ? 0 : 1);
