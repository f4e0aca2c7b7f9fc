import { randomUUID } from 'node:crypto';
import { mkdtempSync, rmSync } from 'node:fs';
import { tmpdir } from 'node:os';
import { join } from 'node:path';
import { monitorEventLoopDelay } from 'node:perf_hooks';
import { type Database, openDatabase } from '../../server/db/database.ts';
import { createDomain } from '../../server/domain/domain.ts';
import { ChunkRepository } from '../../server/domain/knowledge/chunk-repository.ts';
import { KnowledgeFileRepository } from '../../server/domain/knowledge/knowledge-file-repository.ts';
import { MappingRepository } from '../../server/domain/knowledge/mapping-repository.ts';
import type { PassageQuery } from '../../server/domain/search/passage-search.ts';
import { SegmentBuilder } from '../../server/domain/search/postings.ts';
import { PostingsRepository } from '../../server/domain/search/postings-repository.ts';
import { SearchThread } from '../../server/domain/search/search-thread.ts';
import { termsOf } from '../../server/domain/search/terms.ts';
import { VectorRepository } from '../../server/domain/search/vector-repository.ts';
import { realClock } from '../../server/lifetime/clock.ts';
import { silentLogger } from '../../server/log/logger.ts';
import { type Bar, bar, spread } from './figures.ts';
import type { BenchResult } from './run.ts';
import { Corpus } from './search-corpus.ts';

const chunksPerFile = 1_000;
const timedQuestions = 200;
const comparedQuestions = 50;
const warmUpQuestions = 20;
const model = 'bench';
const positions = 2 ** 20;

interface Base {
  readonly name: string;
  readonly baseNo: number;
  readonly corpus: Corpus;
  readonly fileIds: readonly string[];
}

/** Hybrid search in a knowledge base of 10,000 chunks and in one of 100,000, both in the same database. */
export async function runSearchBench(): Promise<BenchResult> {
  const folder = mkdtempSync(join(tmpdir(), 'landline-search-bench-'));
  const db = openDatabase(join(folder, 'landline.db'), { collectMs: 0 });
  const thread = new SearchThread(db.path, realClock);
  try {
    const small = await fill(db, folder, '10,000 chunks', new Corpus(10_000, 11));
    const large = await fill(db, folder, '100,000 chunks', new Corpus(100_000, 7));
    const results = [await measure(db, thread, small, 45), await measure(db, thread, large, 130)];
    return {
      figures: Object.fromEntries(results.map(({ name, figures }) => [name, figures])),
      bars: results.flatMap(({ bars }) => bars),
    };
  } finally {
    await thread.stop();
    db.close();
    rmSync(folder, { recursive: true });
  }
}

/** One agent's files, written as the indexing job writes them, and a full-text table of SQLite's to compare with. */
async function fill(db: Database, folder: string, name: string, corpus: Corpus): Promise<Base> {
  const domain = createDomain({ db, clock: realClock, log: silentLogger, dataFolder: folder });
  const organizationId = (await domain.organizations.create({ name })).id;
  const agent = await domain.agents.create(organizationId, { name, systemPrompt: '' });
  const mappings = new MappingRepository(db);
  const baseNo = await db.write(() => mappings.baseOf(agent.id));
  db.prepare(`CREATE VIRTUAL TABLE ${referenceOf(baseNo)} USING fts5 (body, tokenize = 'unicode61')`).run();
  const fileIds: string[] = [];
  for (let first = 0; first < corpus.texts.length; first += chunksPerFile) {
    const id = randomUUID();
    fileIds.push(id);
    await db.write(() => writeFile(db, { id, organizationId, agentId: agent.id, baseNo, first, corpus }));
  }
  return { name, baseNo, corpus, fileIds };
}

interface FileOfBench {
  readonly id: string;
  readonly organizationId: string;
  readonly agentId: string;
  readonly baseNo: number;
  readonly first: number;
  readonly corpus: Corpus;
}

function writeFile(db: Database, { id, organizationId, agentId, baseNo, first, corpus }: FileOfBench): void {
  const files = new KnowledgeFileRepository(db);
  const mappings = new MappingRepository(db);
  files.insert({
    id,
    organizationId,
    userId: null,
    fileName: `${first}.txt`,
    storedName: `${id}.txt`,
    format: 'txt',
    contentType: 'text/plain',
    sizeBytes: 1,
    sha256: '',
    status: 'ready',
    chunkCount: chunksPerFile,
    embeddingModel: model,
    errorMessage: null,
    extras: {},
    createdAtMs: 0,
    updatedAtMs: 0,
  });
  const fileNo = files.find(id)?.no ?? 0;
  mappings.insert({ id: randomUUID(), agentId, fileId: id, createdAtMs: 0 }, baseNo, fileNo);
  const mappingNo = mappings.find(agentId, id)?.no ?? 0;
  const builder = new SegmentBuilder();
  const chunks = new ChunkRepository(db);
  const vectors = new VectorRepository(db);
  const reference = db.prepare(`INSERT INTO ${referenceOf(baseNo)} (rowid, body) VALUES (?, ?)`);
  for (let position = 0; position < chunksPerFile; position++) {
    const text = corpus.texts[first + position] as string;
    const vector = corpus.vectors[first + position] as Float32Array;
    chunks.insert(fileNo, { position, text, vector });
    vectors.add(baseNo, BigInt(mappingNo) * BigInt(positions) + BigInt(position), vector);
    builder.add(termsOf(text), vector);
    reference.run(first + position, text);
  }
  const postings = new PostingsRepository(db);
  for (const [term, bytes] of builder.rows()) postings.insert({ baseNo, mappingNo, segment: 0 }, term, bytes);
  mappings.markReady(mappingNo);
}

function referenceOf(baseNo: number): string {
  return `bench_reference_${baseNo}`;
}

async function measure(db: Database, thread: SearchThread, base: Base, limitMs: number) {
  const questions = Array.from({ length: timedQuestions }, () => base.corpus.question());
  for (const question of questions.slice(0, warmUpQuestions)) await thread.search(queryOf(base, question, 'hybrid'));
  const idleDelayMs = await loopDelayP99Ms(() => new Promise((resolve) => setTimeout(resolve, 2_000)));
  let hybridMs: number[] = [];
  const mainLoopDelayMs = await loopDelayP99Ms(async () => {
    hybridMs = await timed(thread, base, questions, 'hybrid');
  });
  const exactMs = await timed(thread, base, questions.slice(0, comparedQuestions), 'exact');
  const vectorMs = await timed(thread, base, questions.slice(0, comparedQuestions), 'vector');
  const keywordMs = await timed(thread, base, questions.slice(0, comparedQuestions), 'keyword');
  const recalls = await recallsOf(db, thread, base, questions.slice(0, comparedQuestions));
  const figures = {
    hybridMs: spread(hybridMs),
    hybridExactMs: spread(exactMs),
    vectorMs: spread(vectorMs),
    keywordMs: spread(keywordMs),
    ...recalls,
    mainLoopDelayP99Ms: mainLoopDelayMs,
    /** The same with nothing to do: what the machine itself adds. */
    idleLoopDelayP99Ms: idleDelayMs,
  };
  const bars: readonly Bar[] = [
    bar(`hybrid search, ${base.name}, p95 ms`, figures.hybridMs.p95, 'at most', limitMs),
    bar(`vector recall@10, ${base.name}`, recalls.vectorRecall, 'at least', 0.99),
    bar(`keyword recall@10, ${base.name}`, recalls.keywordRecall, 'at least', 0.9),
    bar(`main loop delay, ${base.name}, p99 ms`, figures.mainLoopDelayP99Ms, 'at most', 5),
  ];
  return { name: base.name, figures, bars };
}

async function loopDelayP99Ms(work: () => Promise<unknown>): Promise<number> {
  const delay = monitorEventLoopDelay({ resolution: 1 });
  delay.enable();
  await work();
  delay.disable();
  return Math.round(delay.percentile(99) / 1e5) / 10;
}

type Question = ReturnType<Corpus['question']>;
/** `exact`: hybrid with every vector compared, as for an embedder whose signs tell too little. */
type Side = 'hybrid' | 'exact' | 'vector' | 'keyword';

function queryOf({ baseNo }: Base, { words, vector }: Question, side: Side): PassageQuery {
  const weights = { hybrid: [0.4, 0.6], exact: [0.4, 0.6], vector: [0, 1], keyword: [1, 0] } as const;
  const [keyword, semantic] = weights[side];
  return {
    baseNo,
    model,
    isDense: side !== 'exact',
    ...(side === 'keyword' ? {} : { vector }),
    terms: side === 'vector' ? [] : termsOf(words.join(' ')),
    limit: 10,
    threshold: 2,
    weights: { keyword, semantic },
  };
}

async function timed(thread: SearchThread, base: Base, questions: readonly Question[], side: Side): Promise<number[]> {
  const times: number[] = [];
  for (const question of questions) {
    const startedMs = performance.now();
    await thread.search(queryOf(base, question, side));
    times.push(performance.now() - startedMs);
  }
  return times;
}

/** Shares of the true ten best that were found, over all questions. */
async function recallsOf(db: Database, thread: SearchThread, base: Base, questions: readonly Question[]) {
  let vectorFound = 0;
  let keywordFound = 0;
  for (const question of questions) {
    const near = new Set(base.corpus.nearest(question.vector, 10));
    vectorFound += (await placesOf(thread, base, question, 'vector')).filter((place) => near.has(place)).length;
    const best = bestByFullText(db, base, question);
    keywordFound += (await placesOf(thread, base, question, 'keyword')).filter((place) => best.has(place)).length;
  }
  const wanted = questions.length * 10;
  return { vectorRecall: vectorFound / wanted, keywordRecall: keywordFound / wanted };
}

async function placesOf(thread: SearchThread, base: Base, question: Question, side: Side): Promise<readonly number[]> {
  const found = await thread.search(queryOf(base, question, side));
  return found.map(({ fileId, chunkId }) => {
    const position = Number(chunkId.split(':').at(-1));
    return base.fileIds.indexOf(fileId) * chunksPerFile + position;
  });
}

/** SQLite's own BM25 over all words; chunks that score as well as the tenth count, too. */
function bestByFullText(db: Database, { baseNo }: Base, { words }: Question): ReadonlySet<number> {
  const table = referenceOf(baseNo);
  const rows = db
    .prepare<{ rowid: number; score: number }>(
      `SELECT rowid, bm25(${table}) AS score FROM ${table} WHERE ${table} MATCH ? ORDER BY score LIMIT 100`,
    )
    .all(words.map((word) => `"${word}"`).join(' OR '));
  const tenth = rows[9]?.score ?? 0;
  return new Set(rows.filter(({ score }) => score <= tenth + 1e-9).map(({ rowid }) => rowid));
}
