/** Events of RFC 4733 that are digits, in the order of their codes; some phones write the code instead of the digit. */
const digits = '0123456789*#ABCD';
/** Such a body holds two short lines. */
const longestBody = 500;

/**
 * The digit in an INFO body: `application/dtmf-relay` (`Signal=5`, `Duration=160`) or `application/dtmf` (`5`).
 * Undefined for anything else.
 */
export function infoDigit(contentType: string | undefined, body: string | undefined): string | undefined {
  if ((body?.length ?? 0) > longestBody) return undefined;
  const type = contentType?.split(';')[0]?.trim().toLowerCase();
  const signal =
    type === 'application/dtmf-relay'
      ? /^\s*signal\s*=\s*([^\s;]+)\s*$/im.exec(body ?? '')?.[1]
      : type === 'application/dtmf'
        ? /^\s*([^\s]+)\s*$/.exec(body ?? '')?.[1]
        : undefined;
  if (signal === undefined) return undefined;
  if (/^1[0-5]$/.test(signal)) return digits[Number(signal)];
  const digit = signal.toUpperCase();
  return digit.length === 1 && digits.includes(digit) ? digit : undefined;
}
