import { embeddingDimensions } from '../../kinds/embedder.ts';

/**
 * A direction by the words of a text alone: content words, pairs of them and their letter triples are hashed to signed
 * places. It knows no synonyms; texts are close when they share words, forms of words, or spellings.
 *
 * One number is the same in all vectors, so that unrelated texts are at a cosine distance of 0.6 and a passage of 120
 * words with most of a question's words in it is within 0.5, which the search APIs take for near when nothing is said.
 */
export function hashedNgrams(text: string): Float32Array {
  const vector = new Float32Array(embeddingDimensions);
  for (const [feature, weight] of featuresOf(text)) {
    const hash = hashOf(feature);
    const place = (hash >>> 1) % (embeddingDimensions - 1);
    vector[place] = (vector[place] ?? 0) + ((hash & 1) === 0 ? weight : -weight);
  }
  let squares = 0;
  for (const value of vector) squares += value * value;
  const scale = squares === 0 ? 0 : Math.sqrt((1 - sharedPart) / squares);
  for (let place = 0; place < vector.length; place++) vector[place] = (vector[place] ?? 0) * scale;
  vector[embeddingDimensions - 1] = squares === 0 ? 1 : Math.sqrt(sharedPart);
  return vector;
}

const sharedPart = 0.4;
const tripleWeight = 0.45;
const pairWeight = 0.4;
const longestWord = 40;

const functionWords = new Set(
  (
    'a about after all also am an and any are as at be been but by can could did do does for from had has have he her ' +
    'his how i if in into is it its just me my no not of off on or our out she should so some than that the their ' +
    'them then there these they this those to too up us was we were what when where which who why will with would ' +
    'you your'
  ).split(' '),
);

/** Features with their weights; a word that comes again adds less each time. */
function featuresOf(text: string): ReadonlyMap<string, number> {
  const counts = new Map<string, number>();
  const add = (feature: string) => counts.set(feature, (counts.get(feature) ?? 0) + 1);
  let before: string | undefined;
  for (const word of contentWords(text)) {
    add(word);
    if (before !== undefined) add(`${before} ${word}`);
    before = word;
    const framed = `<${word}>`;
    for (let at = 0; at + 3 <= framed.length && framed.length > 3; at++) add(`#${framed.slice(at, at + 3)}`);
  }
  for (const [feature, count] of counts) counts.set(feature, weightOf(feature) * (1 + Math.log(count)));
  return counts;
}

function weightOf(feature: string): number {
  if (feature.startsWith('#')) return tripleWeight;
  return feature.includes(' ') ? pairWeight : 1;
}

function contentWords(text: string): readonly string[] {
  const plain = text
    .normalize('NFKD')
    .replaceAll(/[\u0300-\u036f]/g, '')
    .toLowerCase();
  const words = (plain.match(/[\p{L}\p{N}\p{M}]+/gu) ?? []).map((word) => word.slice(0, longestWord));
  const content = words.filter((word) => !functionWords.has(word));
  return content.length > 0 ? content : words;
}

/** FNV-1a, 32 bits, stirred once more so that its low bits are as good as its high ones. */
function hashOf(feature: string): number {
  let hash = 0x811c9dc5;
  for (let at = 0; at < feature.length; at++) {
    hash = Math.imul(hash ^ feature.charCodeAt(at), 0x01000193);
  }
  hash = Math.imul(hash ^ (hash >>> 15), 0x2c1b3c6d);
  return (hash ^ (hash >>> 13)) >>> 0;
}
