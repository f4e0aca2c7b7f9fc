import type { SrfDialog, SrfResponse, SrfSendOptions } from '../connection/srf.ts';
import type { DigestClient } from '../digest/digest-client.ts';

/** The final response to a request inside a dialog; 408 or 503 made by the core, 481 when the dialog is gone. */
export interface InDialogAnswer {
  readonly status: number;
  readonly reason: string;
}

/**
 * Sends a request inside a dialog and answers digest challenges. Never rejects; never resolves when the connection to
 * the core is lost first.
 */
export async function requestInDialog(
  dialog: SrfDialog,
  method: string,
  options: SrfSendOptions,
  digest: DigestClient | undefined,
): Promise<InDialogAnswer> {
  const exchange = digest?.exchange({ method, uri: dialog.remote.uri, body: options.body ?? '' });
  let headers = options.headers ?? {};
  for (;;) {
    const response = await send(dialog, method, { ...options, headers });
    if (!('get' in response)) return response;
    const credentials = exchange?.answer(response);
    if (credentials === undefined) return { status: response.status, reason: response.reason };
    headers = { ...options.headers, ...credentials };
  }
}

function send(dialog: SrfDialog, method: string, options: SrfSendOptions): Promise<SrfResponse | InDialogAnswer> {
  return new Promise((resolve) => {
    const gone = { status: 481, reason: 'Dialog is gone' };
    try {
      dialog.request({ method, ...options }, (error, response) => {
        if (error || !response) resolve(gone);
        else if (response.status >= 200) resolve(response);
      });
    } catch {
      resolve(gone);
    }
  });
}
