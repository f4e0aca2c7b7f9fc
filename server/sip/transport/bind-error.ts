import { LandlineError } from '../../contract/errors.ts';
import type { TransportName } from '../txn/transaction-layer.ts';

const SETTING = 'LANDLINE_SIP_PORT';

/** Turns a failed bind into the sentence that tells how to mend it. */
export function bindError(cause: unknown, transport: TransportName, address: string, port: number): LandlineError {
  const errno = cause instanceof Error && 'code' in cause ? String(cause.code) : 'unknown';
  const details = { transport, address, port, setting: SETTING, errno };
  const where = `SIP port ${port} (${transport.toUpperCase()} on ${address})`;
  if (errno === 'EADDRINUSE') {
    const mend = `stop the program that uses it, or set ${SETTING} to a free port`;
    return new LandlineError('sip-port-taken', `${where} is taken; ${mend}.`, details, cause);
  }
  if (errno === 'EACCES') {
    const mend = `set ${SETTING} to a port above 1023, or give the program the right to use low ports`;
    return new LandlineError('sip-port-forbidden', `${where} may not be opened by this user; ${mend}.`, details, cause);
  }
  if (errno === 'EADDRNOTAVAIL') {
    const mend = 'choose one of its own addresses, or a wildcard';
    return new LandlineError(
      'sip-address-unavailable',
      `${address} is not an address of this machine; ${mend}.`,
      details,
      cause,
    );
  }
  return new LandlineError('sip-bind-failed', `${where} could not be opened (${errno}).`, details, cause);
}

export const unreachable = (detail: string, cause?: unknown): LandlineError =>
  new LandlineError('sip-unreachable', detail, {}, cause);
