import type { Database, Statement } from '../../db/database.ts';
import type { Extras } from '../json-column.ts';
import type { CatalogModel, CatalogVoice, ModelKind } from './catalog.ts';

interface ModelRow {
  readonly id: string;
  readonly kind: ModelKind;
  readonly provider_name: string;
  readonly model_name: string;
  readonly languages: string;
  readonly aliases: string;
  readonly is_default: number;
  readonly is_installed: number;
}

interface VoiceRow {
  readonly id: string;
  readonly provider_id: string;
  readonly organization_id: string | null;
  readonly voice_name: string;
  readonly engine_voice: string | null;
  readonly display_name: string;
  readonly language: string;
  readonly gender: string | null;
  readonly aliases: string;
  readonly is_default: number;
  readonly is_active: number;
  readonly extras: string;
  readonly created_at_ms: number;
  readonly updated_at_ms: number;
}

export class CatalogRepository {
  readonly #saveModel: Statement<never>;
  readonly #forgetModels: Statement<never>;
  readonly #forgetVoices: Statement<never>;
  readonly #saveVoice: Statement<never>;
  readonly #models: Statement<ModelRow>;
  readonly #voices: Statement<VoiceRow>;

  constructor(db: Database) {
    this.#saveModel = db.prepare(
      `INSERT INTO catalog_models (id, kind, provider_name, model_name, languages, aliases, is_default, is_installed,
         created_at_ms, updated_at_ms)
       VALUES (@id, @kind, @provider_name, @model_name, @languages, @aliases, @is_default, @is_installed, @at, @at)
       ON CONFLICT (id) DO UPDATE SET languages = excluded.languages, aliases = excluded.aliases,
         is_default = excluded.is_default, is_installed = excluded.is_installed, updated_at_ms = excluded.updated_at_ms`,
    );
    this.#forgetModels = db.prepare('UPDATE catalog_models SET is_installed = 0, is_default = 0');
    this.#forgetVoices = db.prepare(
      'UPDATE catalog_voices SET is_active = 0, is_default = 0 WHERE organization_id IS NULL',
    );
    this.#saveVoice = db.prepare(
      `INSERT INTO catalog_voices (id, provider_id, organization_id, voice_name, engine_voice, display_name, language,
         gender, aliases, is_default, is_active, extras, created_at_ms, updated_at_ms)
       VALUES (@id, @provider_id, @organization_id, @voice_name, @engine_voice, @display_name, @language, @gender,
         @aliases, @is_default, @is_active, @extras, @created_at_ms, @updated_at_ms)
       ON CONFLICT (id) DO UPDATE SET engine_voice = excluded.engine_voice, display_name = excluded.display_name,
         language = excluded.language, gender = excluded.gender, aliases = excluded.aliases,
         is_default = excluded.is_default, is_active = excluded.is_active, updated_at_ms = excluded.updated_at_ms`,
    );
    this.#models = db.prepare('SELECT * FROM catalog_models ORDER BY rowid');
    this.#voices = db.prepare('SELECT * FROM catalog_voices ORDER BY rowid');
  }

  /** Marks everything as gone; what is there is saved again after it. */
  forgetInstalled(): void {
    this.#forgetModels.run();
    this.#forgetVoices.run();
  }

  saveModel(model: CatalogModel, atMs: number): void {
    this.#saveModel.run({
      id: model.id,
      kind: model.kind,
      provider_name: model.providerName,
      model_name: model.modelName,
      languages: JSON.stringify(model.languages),
      aliases: JSON.stringify(model.aliases),
      is_default: Number(model.isDefault),
      is_installed: Number(model.isInstalled),
      at: atMs,
    });
  }

  saveVoice(voice: CatalogVoice): void {
    this.#saveVoice.run({
      id: voice.id,
      provider_id: voice.providerId,
      organization_id: voice.organizationId,
      voice_name: voice.voiceName,
      engine_voice: voice.engineVoice,
      display_name: voice.displayName,
      language: voice.language,
      gender: voice.gender,
      aliases: JSON.stringify(voice.aliases),
      is_default: Number(voice.isDefault),
      is_active: Number(voice.isActive),
      extras: JSON.stringify(voice.extras),
      created_at_ms: voice.createdAtMs,
      updated_at_ms: voice.updatedAtMs,
    });
  }

  models(): readonly CatalogModel[] {
    return this.#models.all().map((row) => ({
      id: row.id,
      kind: row.kind,
      providerName: row.provider_name,
      modelName: row.model_name,
      languages: JSON.parse(row.languages) as string[],
      aliases: JSON.parse(row.aliases) as string[],
      isDefault: row.is_default === 1,
      isInstalled: row.is_installed === 1,
    }));
  }

  voices(): readonly CatalogVoice[] {
    return this.#voices.all().map((row) => ({
      id: row.id,
      providerId: row.provider_id,
      organizationId: row.organization_id,
      voiceName: row.voice_name,
      engineVoice: row.engine_voice,
      displayName: row.display_name,
      language: row.language,
      gender: row.gender,
      aliases: JSON.parse(row.aliases) as string[],
      isDefault: row.is_default === 1,
      isActive: row.is_active === 1,
      extras: JSON.parse(row.extras) as Extras,
      createdAtMs: row.created_at_ms,
      updatedAtMs: row.updated_at_ms,
    }));
  }
}
