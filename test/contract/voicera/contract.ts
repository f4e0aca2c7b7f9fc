import { Ajv2020, type ValidateFunction } from 'ajv/dist/2020.js';

type Json = Readonly<Record<string, unknown>>;

/** The contract document that a house serves, to hold its answers against. */
export class Contract {
  readonly #paths: Readonly<Record<string, Json>>;
  readonly #ajv = new Ajv2020({ strict: false, validateFormats: false, allErrors: true });
  readonly #validators = new Map<string, ValidateFunction>();

  constructor(document: unknown) {
    this.#paths = (document as { readonly paths: Readonly<Record<string, Json>> }).paths;
  }

  /** Everything that a successful JSON answer has otherwise than the document says; undefined when nothing. */
  problemWith(method: string, path: string, answer: { readonly status: number; readonly body: unknown }) {
    const template = this.#templateOf(method, path);
    if (template === undefined) return undefined;
    const schema = this.#schemaOf(template, method, answer.status);
    if (schema === undefined) return `${answer.status} is no documented answer of ${method} ${template}`;
    const key = `${method} ${template} ${answer.status}`;
    const validate = this.#validators.get(key) ?? this.#ajv.compile(schema);
    this.#validators.set(key, validate);
    return validate(bareBody(answer.body)) ? undefined : `${key}: ${this.#ajv.errorsText(validate.errors)}`;
  }

  /** Words go before parameters, as in the table of routes. */
  #templateOf(method: string, path: string): string | undefined {
    const segments = path.replace(/\?.*/, '').split('/');
    const fitting = Object.entries(this.#paths).filter(([template, operations]) => {
      const parts = template.split('/');
      const fits = parts.every((part, at) => part.startsWith('{') || part === segments[at]);
      return fits && parts.length === segments.length && method.toLowerCase() in operations;
    });
    const parameters = (template: string) => template.split('{').length;
    return fitting.map(([template]) => template).sort((a, b) => parameters(a) - parameters(b))[0];
  }

  #schemaOf(template: string, method: string, status: number): object | undefined {
    const operation = this.#paths[template]?.[method.toLowerCase()] as {
      readonly responses: Readonly<Record<string, { readonly content?: { readonly 'application/json'?: Json } }>>;
    };
    const response = operation.responses[String(status)];
    if (response === undefined) return undefined;
    return (response.content?.['application/json']?.['schema'] as object | undefined) ?? {};
  }
}

/** Without the envelope. */
function bareBody(body: unknown): unknown {
  const { success, data } = Object(body) as { readonly success?: unknown; readonly data?: unknown };
  return success === true && data !== undefined ? data : body;
}
