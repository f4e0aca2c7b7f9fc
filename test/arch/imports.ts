import { readdirSync, readFileSync } from 'node:fs';
import { dirname, join, relative, resolve, sep } from 'node:path';

export interface ImportEdge {
  /** Path of the importing file, relative to the project root, with forward slashes. */
  readonly from: string;
  /** Path of the imported file likewise, or the package's name. */
  readonly to: string;
  readonly isPackage: boolean;
}

const specifierPattern = /(?:\bfrom\s*|\bimport\s*\(\s*|\bimport\s+)['"]([^'"]+)['"]/g;

/** Every static and dynamic import of the TypeScript files under `folders`, tests included. */
export function importEdges(root: string, folders: readonly string[]): ImportEdge[] {
  return folders.flatMap((folder) => typescriptFiles(join(root, folder)).flatMap((file) => edgesOf(root, file)));
}

/** Every TypeScript file under the folders, relative to the project root, with forward slashes. */
export function sourceFiles(root: string, folders: readonly string[]): string[] {
  return folders.flatMap((folder) => typescriptFiles(join(root, folder)).map((file) => slashed(relative(root, file))));
}

function edgesOf(root: string, file: string): ImportEdge[] {
  const from = slashed(relative(root, file));
  const text = readFileSync(file, 'utf8');
  return [...text.matchAll(specifierPattern)].map((match) => {
    const specifier = match[1] as string;
    if (!specifier.startsWith('.')) return { from, to: packageName(specifier), isPackage: true };
    return { from, to: slashed(relative(root, resolve(dirname(file), specifier))), isPackage: false };
  });
}

function packageName(specifier: string): string {
  if (specifier.startsWith('node:')) return specifier;
  const parts = specifier.split('/');
  return specifier.startsWith('@') ? parts.slice(0, 2).join('/') : (parts[0] as string);
}

function typescriptFiles(folder: string): string[] {
  return readdirSync(folder, { withFileTypes: true, recursive: true })
    .filter((entry) => entry.isFile() && /\.tsx?$/.test(entry.name))
    .map((entry) => join(entry.parentPath, entry.name))
    .filter((path) => !path.includes(`${sep}node_modules${sep}`));
}

function slashed(path: string): string {
  return path.split(sep).join('/');
}
