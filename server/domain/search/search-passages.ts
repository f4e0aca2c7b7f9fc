import { highest, keywordScores } from './keyword-score.ts';
import type { PassageRepository, SearchedFile } from './passage-repository.ts';
import { type Candidate, type FoundPassage, type PassageQuery, rank } from './passage-search.ts';
import { signScores } from './signs.ts';
import { cosineDistance, product } from './vector-index.ts';

/** Ids of chunks and vectors: the file's (the mapping's) number times this, plus the chunk's position. */
export const positions = 1 << 20;
const idShift = 20n;

/** Above so many vectors in one knowledge base signs go first, when the embedder's signs tell enough. */
const signsFirstAbove = 50_000;
const signCandidates = 500;
/** Candidates that each side brings; both sides are scored for all of them. */
const candidatesPerSide = 50;
/** What sqlite-vec gives at a time. */
const mostNearest = 4_096;
/** Distance of a chunk that has no vector to compare: nothing in common. */
const unknownDistance = 1;

/** Where the files' chunks are among all that are searched: numbered through, in the order of the mappings. */
class Places {
  readonly total: number;
  readonly first = new Map<number, number>();
  readonly #files: readonly SearchedFile[];

  constructor(files: readonly SearchedFile[]) {
    this.#files = files;
    let total = 0;
    for (const { mappingNo, chunkCount } of files) {
      this.first.set(mappingNo, total);
      total += chunkCount;
    }
    this.total = total;
  }

  ofVector(id: bigint): number | undefined {
    const first = this.first.get(Number(id >> idShift));
    return first === undefined ? undefined : first + Number(id & BigInt(positions - 1));
  }

  /** The file of a place and the chunk's position in it. */
  at(place: number): { readonly file: SearchedFile; readonly position: number } {
    let low = 0;
    let high = this.#files.length - 1;
    while (low < high) {
      const middle = (low + high + 1) >> 1;
      if (this.#start(middle) <= place) low = middle;
      else high = middle - 1;
    }
    // An empty file begins where the next one does: the last one that begins here holds the place.
    return { file: this.#files[low] as SearchedFile, position: place - this.#start(low) };
  }

  #start(index: number): number {
    return this.first.get(this.#files[index]?.mappingNo ?? -1) ?? 0;
  }
}

/** Searches one knowledge base by meaning, by words, or both. */
export function searchPassages(repository: PassageRepository, query: PassageQuery): readonly FoundPassage[] {
  return repository.snapshot(() => {
    const files = repository.files(query.baseNo);
    const places = new Places(files);
    if (places.total === 0) return [];
    const scores = keywordSide(repository, query, places);
    const near = vectorSide(repository, query, places);
    const wanted = new Set([...near.keys(), ...highest(scores, Math.max(candidatesPerSide, query.limit))]);
    const candidates = [...wanted].map((place) => ({
      place,
      distance: near.get(place) ?? distanceAt(repository, query, places, place),
      keyword: scores[place] ?? 0,
    }));
    return rank(candidates, query).flatMap((candidate) => {
      const { file, position } = places.at(candidate.place);
      const text = repository.text(file.fileNo * positions + position);
      return text === undefined ? [] : [{ ...passageOf(file, position), text, ...scoresOf(candidate) }];
    });
  });
}

function keywordSide(repository: PassageRepository, query: PassageQuery, places: Places): Float32Array {
  if (query.terms.length === 0) return new Float32Array();
  const segments = repository.segments(query.baseNo, places.first);
  const terms = query.terms.map((term) => repository.postings(query.baseNo, term, segments));
  return keywordScores([...segments.values()], terms);
}

/** Cosine distances of the nearest chunks, by place. */
function vectorSide(repository: PassageRepository, query: PassageQuery, places: Places): ReadonlyMap<number, number> {
  if (query.vector === undefined) return new Map();
  const wanted = Math.max(candidatesPerSide, query.limit);
  const isLarge = places.total > signsFirstAbove;
  return isLarge && query.isDense
    ? nearestBySigns(repository, query, query.vector, places, wanted)
    : nearestOfAll(repository, query, query.vector, places, wanted);
}

function nearestOfAll(
  repository: PassageRepository,
  { baseNo, model }: PassageQuery,
  vector: Float32Array,
  places: Places,
  wanted: number,
): ReadonlyMap<number, number> {
  const near = new Map<number, number>();
  // Vectors that are being cleared away, or of another embedder, take places from those that count.
  for (let asked = wanted; asked <= mostNearest; asked *= 4) {
    const hits = repository.vectors.nearest(baseNo, vector, asked);
    for (const { id, distance } of hits) {
      const place = places.ofVector(id);
      if (place === undefined || places.at(place).file.embeddingModel !== model) continue;
      if (near.size < wanted) near.set(place, cosineDistance(distance));
    }
    if (near.size >= wanted || hits.length < asked) break;
  }
  return near;
}

/** Signs pick candidates, which alone are compared as they are. */
function nearestBySigns(
  repository: PassageRepository,
  query: PassageQuery,
  vector: Float32Array,
  places: Places,
  wanted: number,
): ReadonlyMap<number, number> {
  const segments = repository.segments(query.baseNo, places.first);
  const scores = signScores(vector, repository.signs(query.baseNo, segments), places.total);
  const candidates = highest(scores, Math.max(signCandidates, wanted))
    .map((place) => [place, distanceAt(repository, query, places, place)] as const)
    .sort(([, a], [, b]) => a - b);
  return new Map(candidates.slice(0, wanted));
}

function distanceAt(repository: PassageRepository, query: PassageQuery, places: Places, place: number): number {
  const { file, position } = places.at(place);
  if (query.vector === undefined || file.embeddingModel !== query.model) return unknownDistance;
  const stored = repository.vector(file.fileNo * positions + position);
  return stored === undefined ? unknownDistance : 1 - product(query.vector, stored);
}

function passageOf(file: SearchedFile, position: number) {
  return { chunkId: `${file.fileId}:${position}`, fileId: file.fileId, fileName: file.fileName };
}

function scoresOf({
  distance,
  sparseScore,
  combinedScore,
}: Candidate & { sparseScore: number; combinedScore: number }) {
  return { distance, sparseScore, combinedScore };
}
