import { parseSipUri } from '../call/sip-uri.ts';

/**
 * The URI for Refer-To: a `sip:` or `tel:` URI as it is, a number or extension at the domain of the other side.
 * Undefined when it is neither.
 */
export function referTarget(target: string, remoteUri: string): string | undefined {
  const text = target.trim();
  if (/^sips?:/i.test(text)) return parseSipUri(text) === undefined ? undefined : text;
  if (/^tel:[+\d*#().-]+(;[\w=+.-]+)*$/i.test(text)) return text;
  const user = text.replace(/[\s()-]/g, '');
  const remote = parseSipUri(remoteUri);
  if (!/^[+\w*#.]{1,64}$/.test(user) || remote === undefined) return undefined;
  const port = remote.port === undefined ? '' : `:${remote.port}`;
  return `sip:${user.replaceAll('#', '%23')}@${remote.host}${port}`;
}
