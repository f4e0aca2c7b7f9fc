import { invalidRequest, type UploadedFile } from '../../route.ts';

/** The one file of a form, in the field `file`. Throws `invalid-request` when there is none. */
export function theFile(files: readonly UploadedFile[]): UploadedFile {
  const file = files.find(({ field }) => field === 'file');
  if (file) return file;
  throw invalidRequest([{ in: 'body', field: 'file', message: 'Field required: send the file in the field "file"' }]);
}

/** Largest list of people to upload. */
export const largestListBytes = 10 * 1024 * 1024;
