import type { KupeHouse, Person } from '../kupe/kupe-house.ts';
import { type Operation, operations, pages } from '../operations.ts';
import type { Schema } from './sample.ts';

export interface DocumentedOperation {
  readonly security?: readonly unknown[];
  readonly parameters?: readonly {
    readonly name: string;
    readonly in: string;
    readonly required: boolean;
    readonly schema: Schema;
  }[];
  readonly requestBody?: { readonly content: Readonly<Record<string, { readonly schema: Schema }>> };
}

/** What the three documents say of an operation. */
export type Documents = (operation: Operation) => DocumentedOperation | undefined;

/** Signing out comes last: it ends the sessions that the others need. */
export const walked = operations
  .filter(({ method, path }) => method !== 'WS' && !pages.has(`${method} ${path}`))
  .toSorted((one, other) => Number(one.path.endsWith('/logout')) - Number(other.path.endsWith('/logout')));

const keyOf = (api: string, method: string, path: string) =>
  `${api} ${method} ${path.replace(/(.)\/$/, '$1').replaceAll(/\{\w+\}/g, '{}')}`;

export async function readDocuments(house: KupeHouse): Promise<Documents> {
  const found = new Map<string, DocumentedOperation>();
  for (const api of ['kupe', 'va', 'voicera']) {
    const answer = await fetch(`${house.server.url}/openapi.json?api=${api}`);
    const { paths } = (await answer.json()) as {
      readonly paths: Readonly<Record<string, Record<string, DocumentedOperation>>>;
    };
    for (const [path, methods] of Object.entries(paths)) {
      for (const [method, operation] of Object.entries(methods)) {
        found.set(keyOf(api, method.toUpperCase(), path), operation);
      }
    }
  }
  return ({ api, method, path }) => found.get(keyOf(api, method, path));
}

/** Headers that let one person in, by operation; the strongest kind of each API last. */
export async function credentialsOf(house: KupeHouse, person: Person) {
  const { organizationId, email, userId } = person;
  const va = await house.domain.credentials.issue({ kind: 'va', organizationId, userId, name: 'Walk' });
  const signIn = { email, password: 'a long enough password 1', remoteAddress: '127.0.0.1' };
  const voicera = await house.domain.identity.signIn(signIn, 'voicera-api');
  const cookie = await house.domain.identity.signInWithCookie(signIn, 'va');
  const managed = /^\/api\/v1\/(api-keys|organizations|users|auth)/;
  return ({ api, path }: Operation): readonly Readonly<Record<string, string>>[] => {
    if (api === 'kupe') return [{ 'x-api-key': person.key.key }, { authorization: `Bearer ${person.session.token}` }];
    if (api === 'voicera') return [{ authorization: `Bearer ${voicera.accessToken}` }];
    if (managed.test(path)) return [{ cookie: `va_session=${cookie.token}` }];
    return [{ authorization: `Bearer ${va.key}` }];
  };
}
