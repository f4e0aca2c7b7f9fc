import { convert } from 'html-to-text';
import { decodeText } from '../../../domain/text-encoding.ts';

const largestHtml = 60_000_000;

/** What a reader of the page sees as text: no scripts, no addresses of links, tables row by row. */
export function htmlText(html: string): string {
  return convert(html, {
    wordwrap: false,
    limits: { maxInputLength: largestHtml, maxDepth: 200 },
    selectors: [
      { selector: 'a', options: { ignoreHref: true } },
      { selector: 'img', format: 'skip' },
      { selector: 'noscript', format: 'skip' },
      { selector: 'template', format: 'skip' },
      ...['h1', 'h2', 'h3', 'h4', 'h5', 'h6'].map((selector) => ({ selector, options: { uppercase: false } })),
      { selector: 'tr', format: 'block', options: { leadingLineBreaks: 1, trailingLineBreaks: 1 } },
      ...['td', 'th'].map((selector) => ({ selector, format: 'cell' })),
    ],
    formatters: {
      cell: (elem, walk, builder) => {
        walk(elem.children, builder);
        builder.addInline(' ');
      },
    },
  });
}

/** Text of a stored page; the encoding is the one it names when it isn't UTF-8. */
export function htmlFileText(bytes: Uint8Array): string {
  const head = Buffer.from(bytes.subarray(0, 2_048)).toString('latin1');
  const declared = /<meta[^>]+charset\s*=\s*["']?\s*([\w-]+)/i.exec(head)?.[1];
  return htmlText(decodeText(bytes, declared));
}
