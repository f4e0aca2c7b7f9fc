import type { Extras } from '../json-column.ts';

const modelKinds = ['llm', 'stt', 'tts', 'vad'] as const;
export type ModelKind = (typeof modelKinds)[number];

/** An engine of this machine. */
export interface CatalogModel {
  readonly id: string;
  readonly kind: ModelKind;
  readonly providerName: string;
  readonly modelName: string;
  /** BCP 47 tags. */
  readonly languages: readonly string[];
  /** Codes of cloud models that this engine stands in for. */
  readonly aliases: readonly string[];
  readonly isDefault: boolean;
  /** Engines that are no longer installed keep their row, since agents may name it. */
  readonly isInstalled: boolean;
}

/** A voice of an engine; one of an organization's own gives a voice another name. */
export interface CatalogVoice {
  readonly id: string;
  readonly providerId: string;
  /** Null for a voice that everybody has. */
  readonly organizationId: string | null;
  readonly voiceName: string;
  /** What the engine calls it; null for the engine's only voice. */
  readonly engineVoice: string | null;
  readonly displayName: string;
  readonly language: string;
  readonly gender: string | null;
  readonly aliases: readonly string[];
  readonly isDefault: boolean;
  readonly isActive: boolean;
  readonly extras: Extras;
  readonly createdAtMs: number;
  readonly updatedAtMs: number;
}

/** The engines that run on this machine now, as the start of the house finds them. */
export interface LocalEngines {
  readonly brain: string;
  readonly recogniser: string;
  readonly speaker: string;
  /** Voices that the speaker has by name. */
  readonly voices: readonly LocalVoice[];
}

export interface LocalVoice {
  readonly name: string;
  readonly displayName: string;
  readonly language: string;
  readonly gender: string | null;
  readonly isDefault: boolean;
}

/** What a code resolved to. `substituted`: it names a model that isn't installed, and this row stands in for it. */
export interface Resolved<T> {
  readonly row: T;
  readonly substituted: boolean;
}

/** By id, else by one of the names that `namesOf` tells, else by alias, else the default. Ties prefer the default. */
export function resolveCode<
  T extends { readonly id: string; readonly isDefault: boolean; readonly aliases: readonly string[] },
>(rows: readonly T[], code: string, namesOf: (row: T) => readonly string[]): Resolved<T> | undefined {
  const wanted = code.trim().toLowerCase();
  const ordered = rows.toSorted((a, b) => Number(b.isDefault) - Number(a.isDefault) || (a.id < b.id ? -1 : 1));
  const has = (names: readonly string[]) => names.some((name) => name.toLowerCase() === wanted);
  const exact = ordered.find((row) => row.id === wanted) ?? ordered.find((row) => has(namesOf(row)));
  if (exact) return { row: exact, substituted: false };
  const standIn = ordered.find((row) => has(row.aliases)) ?? ordered[0];
  return standIn && { row: standIn, substituted: true };
}

/** By what a foreign API may name a model of this kind. */
export function modelNames(model: CatalogModel): readonly string[] {
  const { kind, modelName, providerName } = model;
  if (kind !== 'tts') return [modelName];
  return [modelName, providerName, `${providerName}:${modelName}`];
}
