import { rmSync, writeFileSync } from 'node:fs';
import { join } from 'node:path';
import { setTimeout as wait } from 'node:timers/promises';
import type { LoadOrder, LoadResult } from './api-load/generator.ts';
import { measureCallUnderLoad } from './api-load/live-call.ts';
import { runLoad, ServerProcess } from './api-load/process.ts';
import { type SeededHouse, seedHouse } from './api-load/seed.ts';
import { type Bar, bar, median } from './figures.ts';
import type { BenchResult } from './run.ts';

const storedCalls = 100_000;
const runs = process.argv.includes('--quick') ? 1 : 5;
const serverCore = 0;
const clientCore = 1;
const writesPerSecond = 10;

type Headers = Readonly<Record<string, string>>;

interface Page {
  readonly path: string;
  readonly table: 'agents' | 'calls';
}

interface Pair {
  readonly house: LoadResult;
  readonly bare: LoadResult;
}

/** The pages that clients ask for most, against a bare Express handler that serialises the same object per request. */
export async function runApiBench(): Promise<BenchResult> {
  const seeded = await seedHouse(storedCalls);
  try {
    const agents = await compare(seeded, { path: '/api/v1/agents?page=1&page_size=50', table: 'agents' });
    const calls = await compare(seeded, { path: '/api/v1/call-analytics?page=1&page_size=50', table: 'calls' });
    const tasks = await createTasks(seeded);
    const call = await measureCallUnderLoad(seeded, clientCore);
    return {
      figures: { storedCalls, runs, agents, calls, tasks, call },
      bars: [
        ...pairBars('list of 50 agents', agents),
        ...pairBars('page of 50 call logs', calls),
        bar('tasks created per second, durable', median(tasks.map(({ perSecond }) => perSecond)), 'at least', 2_500),
        bar('packet lateness p99 of a call under the load, ms', call.latenessMs.p99, 'at most', 10),
        bar('latest packet of a call under the load, ms', call.latenessMs.max, 'at most', 40),
      ],
    };
  } finally {
    rmSync(seeded.dataFolder, { recursive: true, force: true });
  }
}

function pairBars(name: string, pairs: readonly Pair[]): readonly Bar[] {
  const share = median(pairs.map(({ house, bare }) => (100 * house.perSecond) / bare.perSecond));
  const slower = median(pairs.map(({ house, bare }) => (100 * house.latencyMs.p99) / bare.latencyMs.p99));
  const failed = pairs.reduce((sum, { house }) => sum + house.failed, 0);
  return [
    bar(`${name}: share of the bare handler's requests per second, %`, share, 'at least', 75),
    bar(`${name}: p99 in % of the bare handler's`, slower, 'at most', 200),
    bar(`${name}: failed requests`, failed, 'at most', 0),
  ];
}

/** Alternating runs, each server alone on its core, rows being written to the house meanwhile. */
async function compare({ dataFolder, kupeKey }: SeededHouse, page: Page): Promise<Pair[]> {
  const pairs: Pair[] = [];
  const answerFile = join(dataFolder, 'answer.json');
  const headers = { 'x-api-key': kupeKey };
  for (let run = 0; run < runs; run++) {
    const house = await ServerProcess.start('house-server.ts', dataFolder, serverCore);
    const url = `${house.url}${page.path}`;
    writeFileSync(answerFile, await (await fetch(url, { headers })).text());
    const writing = keepWriting(house, page, headers);
    const loaded = await runLoad(orderFor(url, headers), clientCore);
    await writing.stop();
    await house.stop();
    const bare = await ServerProcess.start('bare-server.ts', answerFile, serverCore);
    const compared = await runLoad(orderFor(bare.url, headers), clientCore);
    await bare.stop();
    pairs.push({ house: loaded, bare: compared });
  }
  return pairs;
}

function orderFor(url: string, headers: Readonly<Record<string, string>>): LoadOrder {
  return { url, method: 'GET', headers, connections: 20, warmUpMs: 2_000, measureMs: 6_000 };
}

/** Ten rows a second of the table that the page is made of; the next answer must show each that was just committed. */
function keepWriting(house: ServerProcess, page: Page, headers: Headers): { stop(): Promise<void> } {
  const stopping = new AbortController();
  const written = writeUntil(house, page, headers, stopping.signal);
  return {
    stop: () => {
      stopping.abort();
      return written;
    },
  };
}

async function writeUntil(house: ServerProcess, page: Page, headers: Headers, signal: AbortSignal): Promise<void> {
  while (!signal.aborted) {
    const shown = await house.write(page.table);
    const answer = await (await fetch(`${house.url}${page.path}`, { headers })).text();
    if (!answer.includes(shown)) throw new Error(`${page.path} does not show ${shown} although it is committed`);
    await wait(1_000 / writesPerSecond);
  }
}

async function createTasks({ agentId, dataFolder, vaKey }: SeededHouse): Promise<LoadResult[]> {
  const results: LoadResult[] = [];
  for (let run = 0; run < runs; run++) {
    const house = await ServerProcess.start('house-server.ts', dataFolder, serverCore);
    const result = await runLoad(
      {
        url: `${house.url}/api/v1/tasks`,
        method: 'POST',
        headers: { authorization: `Bearer ${vaKey}`, 'content-type': 'application/json' },
        body: JSON.stringify({
          agent_id: agentId,
          name: 'Call back',
          to_number: '+15550142',
          context_data: { order: 1 },
        }),
        connections: 50,
        warmUpMs: 2_000,
        measureMs: 6_000,
      },
      clientCore,
    );
    await house.stop();
    if (result.failed > 0) throw new Error(`${result.failed} tasks were refused`);
    results.push(result);
  }
  return results;
}
