import { readFileSync } from 'node:fs';
import { dirname, join } from 'node:path';
import { fileURLToPath } from 'node:url';
import { describe, expect, test } from 'vitest';
import { type ImportEdge, importEdges, sourceFiles } from './imports.ts';
import { fences, layers, strangers } from './layers.ts';

const root = dirname(dirname(dirname(fileURLToPath(import.meta.url))));
const folders = ['server', 'models', 'native'];
const edges = importEdges(root, folders);
const files = sourceFiles(root, folders);
const isTest = (path: string) => path.endsWith('.test.ts');
const isUnder = (path: string, folder: string) => path === folder || path.startsWith(`${folder}/`);
const show = (edge: ImportEdge) => `${edge.from} imports ${edge.to}`;

describe('the house keeps its import table', () => {
  test('each layer imports only the layers it may', () => {
    const wrong = edges.filter((edge) => {
      if (edge.isPackage || isTest(edge.from)) return false;
      const layer = layers.find(({ folder }) => isUnder(edge.from, folder));
      if (layer === undefined || isUnder(edge.to, layer.folder)) return false;
      return !layer.mayImport.some((allowed) => isUnder(edge.to, allowed));
    });
    expect(wrong.map(show)).toEqual([]);
  });

  test('only repositories and the database layer itself import the database', () => {
    const allowed = /^server\/(db|events)\/|-repository\.ts$|^server\/[a-z-]+\.ts$|^server\/domain\/domain\.ts$/;
    const wrong = edges.filter(
      (edge) => isUnder(edge.to, 'server/db') && !isTest(edge.from) && !allowed.test(edge.from),
    );
    expect(wrong.map(show)).toEqual([]);
  });

  test('siblings that must not meet do not', () => {
    const wrong = edges.filter((edge) =>
      strangers.some((folder) => {
        if (edge.isPackage || !isUnder(edge.from, folder) || !isUnder(edge.to, folder)) return false;
        const child = (path: string) => path.slice(folder.length + 1).split('/')[0];
        return child(edge.from) !== child(edge.to);
      }),
    );
    expect(wrong.map(show)).toEqual([]);
  });

  test('fenced packages stay behind their fence', () => {
    const wrong = edges.filter((edge) => {
      const fence = edge.isPackage ? fences.find(({ packageName }) => packageName === edge.to) : undefined;
      return fence !== undefined && !isTest(edge.from) && !fence.folders.some((folder) => isUnder(edge.from, folder));
    });
    expect(wrong.map(show)).toEqual([]);
  });

  test('only one file reads the environment', () => {
    const readers = files.filter(
      (path) => !isTest(path) && /\bprocess\.env\b/.test(readFileSync(join(root, path), 'utf8')),
    );
    // The second one hands the environment on to child processes, unread.
    expect(readers.sort()).toEqual(['server/config/env.ts', 'server/lifetime/supervised-child.ts']);
  });

  test('no folder or file is named after nothing', () => {
    expect(files.filter((path) => /\b(utils?|helpers?|common|misc|lib)\b/.test(path))).toEqual([]);
  });
});
