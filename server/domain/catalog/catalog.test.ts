import { expect, test } from 'vitest';
import { type CatalogModel, modelNames, resolveCode } from './catalog.ts';

function model(fields: Partial<CatalogModel>): CatalogModel {
  return {
    id: '00000000-0000-4000-8000-000000000001',
    kind: 'tts',
    providerName: 'piper',
    modelName: 'amy',
    languages: ['en'],
    aliases: [],
    isDefault: false,
    isInstalled: true,
    ...fields,
  };
}

const amy = model({});
const joe = model({ id: '00000000-0000-4000-8000-000000000002', modelName: 'joe', aliases: ['tts-1'] });
const flite = model({
  id: '00000000-0000-4000-8000-000000000003',
  providerName: 'flite',
  modelName: 'slt',
  aliases: ['tts-1', 'cartesia'],
  isDefault: true,
});
const rows = [amy, joe, flite];
const resolve = (code: string) => resolveCode(rows, code, modelNames);

test('a code is an id, a model, a provider or both, whatever its case', () => {
  expect(resolve(joe.id)).toEqual({ row: joe, substituted: false });
  expect(resolve('Joe')).toEqual({ row: joe, substituted: false });
  expect(resolve('piper:joe')).toEqual({ row: joe, substituted: false });
  expect(resolve(' PIPER ')).toEqual({ row: amy, substituted: false });
});

test('a cloud code is stood in for, and a tie prefers the default', () => {
  expect(resolve('tts-1')).toEqual({ row: flite, substituted: true });
  expect(resolve('cartesia')).toEqual({ row: flite, substituted: true });
});

test('an unknown code falls to the default; without any model there is nothing to fall to', () => {
  expect(resolve('never-heard-of')).toEqual({ row: flite, substituted: true });
  expect(resolveCode([], 'x', modelNames)).toBeUndefined();
});

test('only voices go by their provider', () => {
  expect(modelNames(model({ kind: 'llm' }))).toEqual(['amy']);
});
