import { getDocumentProxy } from 'unpdf';
import { Refusal } from './refusal.ts';

const mostPages = 5_000;

type PdfDocument = Awaited<ReturnType<typeof getDocumentProxy>>;

/** Text of each page in turn. Throws `Refusal` for a file that is protected, broken or has no text. */
export async function* pdfText(bytes: Uint8Array): AsyncGenerator<string> {
  const document = await openPdf(bytes);
  if (document.numPages > mostPages) {
    throw new Refusal(`The PDF has ${document.numPages} pages: split it into parts of at most ${mostPages}.`);
  }
  let hasText = false;
  for (let number = 1; number <= document.numPages; number++) {
    const text = await pageText(document, number);
    hasText ||= text.trim() !== '';
    yield text;
  }
  if (!hasText) {
    throw new Refusal('The PDF holds pictures of text only: run text recognition (OCR) on it and upload it again.');
  }
}

async function openPdf(bytes: Uint8Array): Promise<PdfDocument> {
  try {
    return await getDocumentProxy(bytes, { disableFontFace: true, verbosity: 0 });
  } catch (thrown) {
    const isProtected = thrown instanceof Error && thrown.name === 'PasswordException';
    throw new Refusal(
      isProtected
        ? 'The PDF is protected with a password: save it without one and upload it again.'
        : 'The PDF is damaged: open it, save it again, and upload that copy.',
    );
  }
}

async function pageText(document: PdfDocument, number: number): Promise<string> {
  const page = await document.getPage(number);
  const { items } = await page.getTextContent();
  let text = '';
  for (const item of items) {
    if (!('str' in item)) continue;
    text += item.str + (item.hasEOL ? '\n' : '');
  }
  page.cleanup();
  // A word that was cut at the end of a line.
  return text.replaceAll(/(\p{Ll})-\n(\p{Ll})/gu, '$1$2');
}
