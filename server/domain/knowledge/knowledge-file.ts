import type { Extras } from '../json-column.ts';

const knowledgeFileStatuses = ['processing', 'ready', 'failed'] as const;
export type KnowledgeFileStatus = (typeof knowledgeFileStatuses)[number];

/** A document that agents may answer from. */
export interface KnowledgeFile {
  readonly id: string;
  readonly organizationId: string;
  /** Who uploaded it; null for a key that belongs to no person. */
  readonly userId: string | null;
  /** As it was uploaded, or renamed; never a path. */
  readonly fileName: string;
  /** Its name inside the data folder's `files`. */
  readonly storedName: string;
  readonly format: FileFormat;
  readonly contentType: string;
  readonly sizeBytes: number;
  readonly sha256: string;
  readonly status: KnowledgeFileStatus;
  /** Passages that can be found; 0 until it is ready. */
  readonly chunkCount: number;
  /** Which embedder made its vectors; null until it is ready. */
  readonly embeddingModel: string | null;
  /** One sentence why it failed. */
  readonly errorMessage: string | null;
  readonly extras: Extras;
  readonly createdAtMs: number;
  readonly updatedAtMs: number;
}

/** That an agent answers from a file. */
export interface FileMapping {
  readonly id: string;
  readonly agentId: string;
  readonly fileId: string;
  readonly createdAtMs: number;
}

/** A file that came in and lies at `path`, to be taken over from there. */
export interface FileUpload {
  /** As the client named it. */
  readonly fileName: string;
  readonly contentType: string;
  readonly sizeBytes: number;
  readonly path: string;
}

export type FileFormat = 'pdf' | 'docx' | 'txt' | 'md' | 'csv' | 'html';

/** Formats that can be read, with the media type they are kept under and the endings that name them. */
export const fileFormats: readonly {
  readonly format: FileFormat;
  readonly contentType: string;
  readonly extensions: readonly string[];
}[] = [
  { format: 'pdf', contentType: 'application/pdf', extensions: ['.pdf'] },
  {
    format: 'docx',
    contentType: 'application/vnd.openxmlformats-officedocument.wordprocessingml.document',
    extensions: ['.docx'],
  },
  { format: 'txt', contentType: 'text/plain', extensions: ['.txt', '.text'] },
  { format: 'md', contentType: 'text/markdown', extensions: ['.md', '.markdown'] },
  { format: 'csv', contentType: 'text/csv', extensions: ['.csv'] },
  { format: 'html', contentType: 'text/html', extensions: ['.html', '.htm'] },
];

/** What an upload may be, for those who ask before they send. */
export const supportedFormats = {
  mimeTypes: fileFormats.map(({ contentType }) => contentType),
  extensions: fileFormats.flatMap(({ extensions }) => extensions),
} as const;

export const largestFileBytes = 25 * 1024 * 1024;
/** Files of one organization that may wait to be read at a time. */
export const mostWaitingFiles = 1_000;
/** Passages of one file; 25 MB of plain text are about 36,000. */
export const mostChunks = 60_000;
const longestFileName = 255;

/** The name to show for an upload: its last path part, without what no file system or header can bear. */
export function cleanFileName(fileName: string): string {
  const last = fileName.normalize('NFC').split(/[/\\]/).at(-1) ?? '';
  const clean = last
    // Control characters, and marks that turn the direction of reading ("exe.pdf" shown as "fdp.exe").
    .replaceAll(/[\p{Cc}\u200e\u200f\u202a-\u202e\u2066-\u2069]/gu, '')
    .trim();
  if (clean.length <= longestFileName) return clean;
  const dot = clean.lastIndexOf('.');
  const ending = dot > 0 && clean.length - dot <= 10 ? clean.slice(dot) : '';
  return clean.slice(0, longestFileName - ending.length) + ending;
}
