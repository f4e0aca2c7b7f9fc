import mammoth from 'mammoth';
import { htmlText } from './html.ts';
import { Refusal } from './refusal.ts';
import { checkZip } from './zip-check.ts';

/** Text of a Word document: paragraphs, lists and tables in their order. Throws `Refusal`. */
export async function docxText(bytes: Buffer): Promise<string> {
  await checkZip(bytes, 'word/document.xml');
  try {
    const noImages = mammoth.images.imgElement(() => Promise.resolve({ src: '' }));
    const { value } = await mammoth.convertToHtml({ buffer: bytes }, { convertImage: noImages });
    return htmlText(value);
  } catch {
    throw new Refusal('The DOCX file is damaged: open it, save it again, and upload that copy.');
  }
}
