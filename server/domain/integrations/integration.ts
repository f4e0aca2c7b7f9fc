import type { Extras, JsonObject } from '../json-column.ts';

export const integrationStatuses = ['unchecked', 'connected', 'failed'] as const;
export type IntegrationStatus = (typeof integrationStatuses)[number];

/** Another service that an organization uses: where it is and what to show it. */
export interface Integration {
  readonly id: string;
  readonly organizationId: string;
  readonly userId: string | null;
  /** What kind of service, in the client's word: `crm`, `openai` … */
  readonly type: string;
  readonly name: string;
  /** Without its secrets. */
  readonly config: JsonObject;
  /** The secret ones of the config's values by path, each with its last characters alone. */
  readonly maskedSecrets: Readonly<Record<string, string>>;
  readonly status: IntegrationStatus;
  readonly lastCheckedAtMs: number | null;
  readonly extras: Extras;
  readonly createdAtMs: number;
  readonly updatedAtMs: number;
}

export interface IntegrationDraft {
  readonly type: string;
  readonly name: string;
  /** Whole, secrets included. */
  readonly config: JsonObject;
  readonly userId: string | null;
  readonly extras: Extras;
}

export type IntegrationChange = Partial<Omit<IntegrationDraft, 'userId'>>;

const secretName =
  /(key|secret|token|password|passwd|credential|authorization|private|bearer|cookie)(?!s?_?(type|name|url|limit))/i;
/** `max_tokens` is a number of words. */
const countName = /tokens$/i;
const shownCharacters = 4;

/** Values by JSON Pointer. */
export type Secrets = Readonly<Record<string, string>>;

/** Takes the secret values (by their names, at any depth) out of a config. */
export function splitSecrets(config: JsonObject): { readonly open: JsonObject; readonly secrets: Secrets } {
  const secrets: Record<string, string> = {};
  const visit = (value: unknown, path: string, isSecret: boolean): unknown => {
    if (Array.isArray(value)) return value.map((item, index) => visit(item, joined(path, String(index)), isSecret));
    if (typeof value === 'object' && value !== null) {
      const entries = Object.entries(value).map(([name, inner]) => {
        return [
          name,
          visit(inner, joined(path, name), isSecret || (secretName.test(name) && !countName.test(name))),
        ] as const;
      });
      return Object.fromEntries(entries);
    }
    if (!isSecret || (typeof value !== 'string' && typeof value !== 'number')) return value;
    secrets[path] = value.toString();
    return null;
  };
  return { open: visit(config, '', false) as JsonObject, secrets };
}

/** The config with `values` at the places of its secrets. */
export function withSecrets(open: JsonObject, values: Secrets): JsonObject {
  const visit = (value: unknown, path: string): unknown => {
    if (values[path] !== undefined) return values[path];
    if (Array.isArray(value)) return value.map((item, index) => visit(item, joined(path, String(index))));
    if (typeof value !== 'object' || value === null) return value;
    return Object.fromEntries(Object.entries(value).map(([name, inner]) => [name, visit(inner, joined(path, name))]));
  };
  return visit(open, '') as JsonObject;
}

/** So much of a secret that its owner recognises it. */
export function masked(secret: string): string {
  return secret.length > 2 * shownCharacters ? `****${secret.slice(-shownCharacters)}` : '****';
}

export function maskedAll(secrets: Secrets): Secrets {
  return Object.fromEntries(Object.entries(secrets).map(([path, secret]) => [path, masked(secret)]));
}

/** A client that sends back what it was shown means the secret that it was shown of. */
export function unmasked(sent: Secrets, known: Secrets): Secrets {
  const entries = Object.entries(sent).map(([path, value]) => {
    const before = known[path];
    return [path, before !== undefined && value === masked(before) ? before : value] as const;
  });
  return Object.fromEntries(entries);
}

/** Where the service is reached, when the config says so. */
export function urlOf(config: JsonObject): string | undefined {
  const names = ['url', 'base_url', 'endpoint', 'api_url', 'host_url', 'webhook_url'];
  const found = names.map((name) => config[name]).find((value) => typeof value === 'string');
  return typeof found === 'string' ? found : undefined;
}

/** A JSON Pointer (RFC 6901), so that no two places share a path. */
function joined(path: string, name: string): string {
  return `${path}/${name.replaceAll('~', '~0').replaceAll('/', '~1')}`;
}
