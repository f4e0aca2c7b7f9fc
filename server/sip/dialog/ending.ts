import type { SipRequest } from '../msg/sip-message.ts';
import { parseCSeq } from '../msg/via.ts';
import type { Dialog } from './dialog.ts';
import { launchTo, type UaContext } from './ua-context.ts';

const NO_BODY = Buffer.alloc(0);

/**
 * Ends a dialog from the core's side: BYE at once, with the reason in words (RFC 3326), and the owner is told.
 * Does nothing when the dialog is ending already.
 */
export function endDialog(context: UaContext, dialog: Dialog, why: string, tell: boolean): void {
  if (!dialog.alive) return;
  acknowledgeFirst(dialog);
  dialog.state = 'terminating';
  dialog.ourInvite?.abandon();
  dialog.theirInvite?.terminate();
  const bye = dialog.buildRequest('BYE', dialog.nextCSeq(), [['Reason', `SIP;cause=200;text="${why}"`]], NO_BODY);
  launchTo(context, bye, dialog.nextHop(), {
    sent: () => {},
    response: (response) => {
      if (response.status >= 200) dialog.end();
    },
    failed: () => dialog.end(),
  });
  if (tell) dialog.owner.ended(dialog, bye);
}

/** A 2xx that the application has not acknowledged must be before the BYE, or it is repeated after it. */
export function acknowledgeFirst(dialog: Dialog): void {
  const ack = { method: 'ACK', uri: dialog.remoteTarget, headers: [], body: NO_BODY };
  dialog.unacknowledged?.acknowledge(ack, () => {});
}

/**
 * The other side no longer knows the dialog (481, RFC 5057 5.1): it is over, and the owner hears it as a BYE that was
 * made here.
 */
export function loseDialog(dialog: Dialog, why: string): void {
  if (!dialog.alive) return;
  const bye = dialog.buildRequest('BYE', dialog.nextCSeq(), [['Reason', `SIP;cause=481;text="${why}"`]], NO_BODY);
  dialog.theirInvite?.terminate();
  dialog.end();
  dialog.owner.ended(dialog, bye);
}

/** Acknowledges a 2xx that nobody wants and hangs up: a forked answer, or an answer that overtook our CANCEL. */
export function acknowledgeAndEnd(context: UaContext, dialog: Dialog, invite: SipRequest, why: string): void {
  const cseq = parseCSeq(invite.headers.get('CSeq') ?? '')?.number ?? dialog.localCSeq;
  const ack = dialog.buildRequest('ACK', cseq, [], NO_BODY);
  context.router.find(dialog.nextHop(), (way) => {
    if (way !== undefined) context.layer.sendAck(ack, way.target);
  });
  endDialog(context, dialog, why, false);
}
