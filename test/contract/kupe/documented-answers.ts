import { Ajv2020 } from 'ajv/dist/2020.js';

interface Operation {
  readonly responses: Readonly<
    Record<string, { readonly content?: { readonly 'application/json'?: { readonly schema: object } } }>
  >;
}

interface Template {
  readonly shape: RegExp;
  /** Literals before parameters, as the server looks for them. */
  readonly parameters: number;
  readonly operations: Readonly<Record<string, Operation>>;
}

/** Answers as the served contract document describes them. */
export class DocumentedAnswers {
  readonly #ajv = new Ajv2020({ strict: false, validateFormats: false, allErrors: true });
  readonly #templates: readonly Template[];

  private constructor(templates: readonly Template[]) {
    this.#templates = templates;
  }

  static async load(url: string): Promise<DocumentedAnswers> {
    const document = (await (await fetch(`${url}/openapi.json?api=kupe`)).json()) as {
      readonly paths: Readonly<Record<string, Readonly<Record<string, Operation>>>>;
    };
    const templates = Object.entries(document.paths).map(([path, operations]) => ({
      shape: new RegExp(
        `^${path
          .replace(/\/$/, '')
          .replaceAll('.', '\\.')
          .replaceAll(/\{\w+\}/g, '[^/]+')}/?$`,
      ),
      parameters: path.split('{').length,
      operations,
    }));
    return new DocumentedAnswers(templates.sort((one, other) => one.parameters - other.parameters));
  }

  /** What is wrong with a successful JSON answer; undefined when it is as documented. */
  problemWith(method: string, path: string, status: number, body: unknown): string | undefined {
    const [bare = ''] = path.split('?');
    const operation = this.#templates.find(
      ({ shape, operations }) => shape.test(bare) && method.toLowerCase() in operations,
    )?.operations[method.toLowerCase()];
    if (!operation) return `${method} ${bare} is not in the contract document`;
    const described = operation.responses[String(status)];
    if (!described) return `${method} ${bare}: the status ${status} is not in the contract document`;
    const schema = described.content?.['application/json']?.schema;
    if (!schema) return undefined;
    const validate = this.#ajv.compile(schema);
    return validate(body) ? undefined : `${method} ${bare}: ${this.#ajv.errorsText(validate.errors)}`;
  }
}
