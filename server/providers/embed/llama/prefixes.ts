export interface Prefixes {
  readonly question: string;
  readonly passage: string;
}

/** What families of embedding models were trained to see before a text, by the name of their file. */
const families: readonly (readonly [name: RegExp, prefixes: Prefixes])[] = [
  [/nomic/i, { question: 'search_query: ', passage: 'search_document: ' }],
  [/\be5\b/i, { question: 'query: ', passage: 'passage: ' }],
  [
    /qwen3-embedding/i,
    {
      question: 'Instruct: Given a question, retrieve passages that answer it\nQuery: ',
      passage: '',
    },
  ],
];

export function prefixesFor(model: string): Prefixes {
  return families.find(([name]) => name.test(model))?.[1] ?? { question: '', passage: '' };
}
