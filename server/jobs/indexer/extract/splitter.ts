/** Words of a passage, about; a single sentence may not be longer. */
const wordsPerChunk = 120;
/** A paragraph that ends after so many words ends the passage. */
const wordsAtParagraphEnd = 90;
/** Whole sentences up to so many words are said again at the beginning of the next passage. */
const overlapWords = 24;
const longestSentence = 1_200;
const longestWord = 12;

interface Sentence {
  readonly text: string;
  readonly words: number;
  readonly endsParagraph: boolean;
}

/** Cuts running text into passages of about 120 words along sentences; give it text in parts of any size. */
export class Splitter {
  #sentences: Sentence[] = [];
  #words = 0;
  #isOverlapOnly = true;

  /** Passages that are complete with this text, which ends a paragraph. */
  *push(text: string): Generator<string> {
    for (const paragraph of text.split(/\r?\n\s*\r?\n/)) {
      const sentences = sentencesOf(paragraph);
      for (const [index, sentence] of sentences.entries()) {
        yield* this.#add(sentence, index === sentences.length - 1);
      }
    }
  }

  /** What is left. */
  *end(): Generator<string> {
    if (!this.#isOverlapOnly) yield this.#text();
    this.#keep([]);
  }

  *#add(text: string, endsParagraph: boolean): Generator<string> {
    const words = countWords(text);
    if (this.#words + words > wordsPerChunk && !this.#isOverlapOnly) {
      yield this.#text();
      this.#keep(this.#overlap(words));
    }
    this.#sentences.push({ text, words, endsParagraph });
    this.#words += words;
    this.#isOverlapOnly = false;
    if (endsParagraph && this.#words >= wordsAtParagraphEnd) {
      yield this.#text();
      this.#keep([]);
    }
  }

  #overlap(nextWords: number): Sentence[] {
    const room = Math.min(overlapWords, wordsPerChunk - nextWords);
    const kept: Sentence[] = [];
    let words = 0;
    for (const sentence of this.#sentences.toReversed()) {
      words += sentence.words;
      if (words > room) break;
      kept.unshift(sentence);
    }
    return kept;
  }

  #keep(sentences: Sentence[]): void {
    this.#sentences = sentences;
    this.#words = sentences.reduce((sum, { words }) => sum + words, 0);
    this.#isOverlapOnly = true;
  }

  #text(): string {
    return this.#sentences
      .map(({ text, endsParagraph }) => text + (endsParagraph ? '\n' : ' '))
      .join('')
      .trim();
  }
}

/** Sentences of a paragraph; a line of its own (a heading, a row) is one, too, when it begins anew. */
function sentencesOf(paragraph: string): readonly string[] {
  return paragraph
    .replaceAll(/[^\S\n]+/g, ' ')
    .split(/(?<=[.!?…]["'”’)\]]?)\s+(?=[\p{Lu}\p{N}"'“‘([¿¡])|(?<=[。！？])|\n(?=\s*(?:[-*•–]|\d+[.)]|[\p{Lu}\p{N}]))/u)
    .flatMap((sentence) => pieces(sentence.replaceAll(/\s+/g, ' ').trim()))
    .filter((sentence) => sentence !== '');
}

/** A sentence that is too long for a passage in parts, between words where there are any. */
function pieces(sentence: string): readonly string[] {
  if (sentence.length <= longestSentence && countWords(sentence) <= wordsPerChunk) return [sentence];
  const parts: string[] = [];
  let part = '';
  for (const word of sentence.split(' ').flatMap(shorten)) {
    if (part !== '' && (part.length + word.length >= longestSentence || countWords(part) >= wordsPerChunk)) {
      parts.push(part);
      part = '';
    }
    part = part === '' ? word : `${part} ${word}`;
  }
  return [...parts, part];
}

function shorten(word: string): readonly string[] {
  if (word.length <= longestSentence / 4) return [word];
  return word.match(new RegExp(`[^]{1,${longestSentence / 4}}`, 'gu')) ?? [];
}

/** Signs of scripts without spaces count half a word each; words are taken to have at most twelve signs. */
export function countWords(text: string): number {
  const unspaced = text.match(/[\p{Script=Han}\p{Script=Hiragana}\p{Script=Katakana}\p{Script=Thai}]/gu)?.length ?? 0;
  let words = 0;
  for (let at = text.search(/\S/); at !== -1 && at < text.length; words++) {
    const end = text.indexOf(' ', at);
    if (end === -1) {
      words++;
      break;
    }
    at = end + 1;
  }
  return Math.max(words + Math.floor(unspaced / 2), Math.floor(text.length / longestWord));
}
