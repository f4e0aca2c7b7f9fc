import type { CallIdentity } from '../../contract/call.ts';
import { parseNameAddress, parseSipUri } from './sip-uri.ts';

/** What identity is read from: a request, or anything with headers. */
export interface IdentitySource {
  readonly uri: string;
  get(name: string): string | undefined;
}

/** Who calls whom, as the INVITE says. An anonymous or odd From is kept as it is. */
export function identityOf(invite: IdentitySource): CallIdentity {
  const fromHeader = invite.get('From') ?? '';
  const from = parseNameAddress(fromHeader);
  const fromUri = from?.uri ?? fromHeader;
  const asserted = invite.get('P-Asserted-Identity');
  const diversion = invite.get('Diversion');
  return {
    from: userOf(fromUri),
    to: userOf(invite.uri),
    fromUri,
    toUri: invite.uri,
    ...(from?.displayName === undefined ? {} : { fromDisplayName: from.displayName }),
    ...(asserted === undefined ? {} : { pAssertedIdentity: asserted }),
    ...(diversion === undefined ? {} : { diversion }),
  };
}

/** User part of a URI; a telephone number of a `tel:` URI; else the whole URI. */
export function userOf(uri: string): string {
  const telephone = /^tel:([^;]+)/i.exec(uri)?.[1];
  return telephone ?? parseSipUri(uri)?.user ?? uri;
}
