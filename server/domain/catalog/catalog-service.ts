import { randomUUID } from 'node:crypto';
import { LandlineError } from '../../contract/errors.ts';
import type { UnitOfWork } from '../../events/unit-of-work.ts';
import {
  type CatalogModel,
  type CatalogVoice,
  type LocalEngines,
  type ModelKind,
  modelNames,
  type Resolved,
  resolveCode,
} from './catalog.ts';
import type { CatalogRepository } from './catalog-repository.ts';
import { modelStandIns, voiceStandIns } from './stand-ins.ts';

export type VoiceDraft = Pick<CatalogVoice, 'voiceName'> &
  Partial<Pick<CatalogVoice, 'displayName' | 'language' | 'gender' | 'extras'>> & {
    readonly providerId: string;
    /** The voice of the engine that it names anew; the engine's default when absent. */
    readonly engineVoice?: string;
  };

/** What engines and voices this machine has, and which of them a foreign name means. */
export class CatalogService {
  readonly #unitOfWork: UnitOfWork;
  readonly #repository: CatalogRepository;
  #models: readonly CatalogModel[];
  #revision = 0;
  #voices: readonly CatalogVoice[];

  constructor(unitOfWork: UnitOfWork, repository: CatalogRepository) {
    this.#unitOfWork = unitOfWork;
    this.#repository = repository;
    this.#models = repository.models();
    this.#voices = repository.voices();
  }

  /** Makes the catalog say what runs on this machine now; rows that stay keep their ids. */
  async mirror(engines: LocalEngines): Promise<void> {
    await this.#unitOfWork.run((_record, nowMs) => {
      this.#repository.forgetInstalled();
      const model = (kind: ModelKind, providerName: string, modelName: string) =>
        this.#mirrorModel({ kind, providerName, modelName }, nowMs);
      model('llm', 'landline', engines.brain);
      model('stt', 'landline', engines.recogniser);
      model('vad', 'landline', 'energy');
      const speaker = model('tts', 'landline', engines.speaker);
      for (const voice of voicesOf(engines)) this.#mirrorVoice(speaker.id, voice, nowMs);
    });
    this.#read();
  }

  /** Changes with every change of the catalog. */
  get revision(): number {
    return this.#revision;
  }

  /** Installed models of a kind, or of all kinds; the default first. */
  models(kind?: ModelKind): readonly CatalogModel[] {
    return this.#models.filter((model) => model.isInstalled && (kind === undefined || model.kind === kind));
  }

  /** Undefined only when no model of this kind is installed. */
  resolveModel(kind: ModelKind, code: string): Resolved<CatalogModel> | undefined {
    return resolveCode(this.models(kind), code, modelNames);
  }

  /** What agents of this kind use unless told; undefined when nothing of the kind is installed. */
  defaultModel(kind: ModelKind): CatalogModel | undefined {
    return this.models(kind).find(({ isDefault }) => isDefault);
  }

  /** Voices that this organization may use. */
  voices(organizationId: string): readonly CatalogVoice[] {
    return this.#voices.filter((voice) => voice.isActive && isOpenTo(voice, organizationId));
  }

  /** Throws `voice-not-found`. */
  voice(organizationId: string, id: string): CatalogVoice {
    const voice = this.voices(organizationId).find((each) => each.id === id);
    if (voice) return voice;
    throw new LandlineError('voice-not-found', 'There is no voice with this id.', { id });
  }

  /** The voice that stands for this code, in whatever case or spelling; see `Resolved` for when another stands in. */
  resolveVoice(organizationId: string, code: string): Resolved<CatalogVoice> | undefined {
    return resolveCode(this.voices(organizationId), code, ({ voiceName }) => [voiceName]);
  }

  /** The voice that the code means by id, name or alias; none stands in for a code that nobody knows. */
  knownVoice(organizationId: string, code: string): CatalogVoice | undefined {
    const found = this.resolveVoice(organizationId, code);
    if (!found?.substituted) return found?.row;
    const wanted = code.trim().toLowerCase();
    return found.row.aliases.some((alias) => alias.toLowerCase() === wanted) ? found.row : undefined;
  }

  /** The voice that a provider speaks with unless told; undefined when it has none that is active. */
  defaultVoice(providerId: string): CatalogVoice | undefined {
    return this.#voices.find((voice) => voice.isActive && voice.isDefault && voice.providerId === providerId);
  }

  /** Throws `provider-not-found`. */
  provider(id: string): CatalogModel {
    const model = this.#models.find((each) => each.id === id && each.isInstalled);
    if (model) return model;
    throw new LandlineError('provider-not-found', 'There is no provider with this id.', { id });
  }

  /** Gives a voice of an engine a name of the organization's own. Throws `provider-not-found` or `voice-taken`. */
  async addVoice(organizationId: string, draft: VoiceDraft): Promise<CatalogVoice> {
    const provider = this.provider(draft.providerId);
    const base = this.#baseVoice(provider, draft.engineVoice);
    const voice = await this.#unitOfWork.run((_record, nowMs) => {
      const wanted = draft.voiceName.toLowerCase();
      const taken = this.#repository.voices().some((each) => {
        return (
          each.providerId === provider.id && isOpenTo(each, organizationId) && each.voiceName.toLowerCase() === wanted
        );
      });
      if (taken) throw new LandlineError('voice-taken', `A voice named ${draft.voiceName} exists already.`);
      const made: CatalogVoice = {
        id: randomUUID(),
        providerId: provider.id,
        organizationId,
        voiceName: draft.voiceName,
        engineVoice: base?.engineVoice ?? null,
        displayName: draft.displayName ?? draft.voiceName,
        language: draft.language ?? base?.language ?? provider.languages[0] ?? 'en',
        gender: draft.gender ?? base?.gender ?? null,
        aliases: [],
        isDefault: false,
        isActive: true,
        extras: draft.extras ?? {},
        createdAtMs: nowMs,
        updatedAtMs: nowMs,
      };
      this.#repository.saveVoice(made);
      return made;
    });
    this.#read();
    return voice;
  }

  #baseVoice(provider: CatalogModel, engineVoice: string | undefined): CatalogVoice | undefined {
    const own = this.#voices.filter((voice) => voice.providerId === provider.id && voice.organizationId === null);
    const named = own.find((voice) => voice.engineVoice === engineVoice);
    return named ?? own.find(({ isDefault }) => isDefault) ?? own[0];
  }

  #mirrorModel(model: Pick<CatalogModel, 'kind' | 'providerName' | 'modelName'>, nowMs: number): CatalogModel {
    const { kind, providerName, modelName } = model;
    const known = this.#models.find((each) => {
      return each.kind === kind && each.providerName === providerName && each.modelName === modelName;
    });
    const row: CatalogModel = {
      ...model,
      id: known?.id ?? randomUUID(),
      languages: ['en', 'en-US'],
      aliases: modelStandIns[kind],
      isDefault: true,
      isInstalled: true,
    };
    this.#repository.saveModel(row, nowMs);
    return row;
  }

  #mirrorVoice(
    providerId: string,
    voice: Omit<CatalogVoice, 'id' | 'providerId' | 'createdAtMs' | 'updatedAtMs'>,
    nowMs: number,
  ): void {
    const known = this.#voices.find((each) => {
      return each.providerId === providerId && each.organizationId === null && each.voiceName === voice.voiceName;
    });
    const createdAtMs = known?.createdAtMs ?? nowMs;
    this.#repository.saveVoice({
      ...voice,
      id: known?.id ?? randomUUID(),
      providerId,
      createdAtMs,
      updatedAtMs: nowMs,
    });
  }

  #read(): void {
    this.#revision++;
    this.#models = this.#repository.models();
    this.#voices = this.#repository.voices();
  }
}

function isOpenTo(voice: CatalogVoice, organizationId: string): boolean {
  return voice.organizationId === null || voice.organizationId === organizationId;
}

/** Each foreign voice is stood in for by the first of ours of its gender, else by the default. */
function voicesOf({
  voices,
}: LocalEngines): readonly Omit<CatalogVoice, 'id' | 'providerId' | 'createdAtMs' | 'updatedAtMs'>[] {
  const standInFor = (gender: string) =>
    voices.find((voice) => voice.gender === gender) ?? voices.find((voice) => voice.isDefault);
  return voices.map((voice) => ({
    organizationId: null,
    voiceName: voice.name,
    engineVoice: voice.name === 'default' ? null : voice.name,
    displayName: voice.displayName,
    language: voice.language,
    gender: voice.gender,
    aliases: voiceStandIns.filter(({ gender }) => standInFor(gender) === voice).map(({ name }) => name),
    isDefault: voice.isDefault,
    isActive: true,
    extras: {},
  }));
}
