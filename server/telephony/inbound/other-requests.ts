import { capabilities, sdpType } from '../call/capabilities.ts';
import type { Srf, SrfRequest, SrfResponse } from '../connection/srf.ts';

/**
 * Answers everything but INVITE that comes outside of a call. Each verb needs a route of its own: the core answers 503
 * for a verb without one.
 */
export function answerOtherRequests(srf: Srf): void {
  const refuse = (verb: string, status: number) =>
    srf.use(verb, (request, response) => send(request, response, status));
  srf.use('options', (_request, response) => response.send(200, { headers: { ...capabilities, Accept: sdpType } }));
  refuse('subscribe', 489);
  refuse('publish', 489);
  // Nobody registers here, and text has no reader.
  refuse('register', 405);
  refuse('message', 405);
  refuse('refer', 603);
  // These make sense inside a dialog only.
  refuse('notify', 481);
  refuse('info', 481);
}

/** What names a dialog that is gone gets 481, whatever it wants. */
function send(request: SrfRequest, response: SrfResponse, status: number): void {
  response.send(request.stackDialogId ? 481 : status, { headers: capabilities });
}
