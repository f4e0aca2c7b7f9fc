import { afterEach, beforeEach, describe, expect, it } from 'vitest';
import { ControlClient, type ReceivedFrame } from './control-client.ts';
import { House } from './house.ts';
import { SDP, type SipPeer } from './sip-peer.ts';

describe('the control protocol', { timeout: 20_000 }, () => {
  let house: House;
  let client: ControlClient;

  beforeEach(async () => {
    house = await House.open('over loopback sockets');
    client = await ControlClient.open(house.core.controlPort);
  });
  afterEach(async () => {
    client.close();
    await house.close();
  });

  async function answer(id: string, from = client): Promise<ReceivedFrame> {
    await house.until(() => from.answerTo(id) !== undefined, 'the command is answered');
    return from.answerTo(id) as ReceivedFrame;
  }

  async function authenticated(): Promise<void> {
    const { tokens } = await answer(client.command(`authenticate|${house.secret}|`));
    expect(tokens[3]).toBe('OK');
  }

  function message(lines: readonly string[], body = ''): string {
    return `\r\n${lines.join('\r\n')}\r\n\r\n${body}`;
  }

  it('tells endpoints and version to who knows the secret', async () => {
    const { tokens } = await answer(client.command(`authenticate|${house.secret}|tag`));
    const endpoints = `udp/127.0.0.1:${house.port},tcp/127.0.0.1:${house.port}`;
    expect(tokens.slice(3)).toEqual(['OK', endpoints, 'v0.9.10', endpoints]);
  });

  it.each([
    'route|invite',
    'ping',
    'remove_route|invite',
    `sip||\r\nOPTIONS sip:a@127.0.0.1 SIP/2.0\r\n\r\n`,
    'proxy|x',
  ])('refuses %j before authenticate, and closes', async (command) => {
    const { tokens } = await answer(client.command(command));
    expect(tokens[3]).toBe('NO');
    await house.until(() => client.isClosed, 'the connection closes');
    expect(house.core.stats().control.refusedBeforeAuthentication).toBe(1);
  });

  it('refuses a wrong secret, and commands that come in the same segment', async () => {
    client.raw(Buffer.concat([ControlClient.frame('m1|authenticate|wrong|'), ControlClient.frame('m2|route|invite')]));
    expect((await answer('m1')).tokens[3]).toBe('NO');
    await house.until(() => client.isClosed, 'the connection closes');
    expect(client.answerTo('m2')).toBeUndefined();
  });

  it('closes on a broken frame without harm to others', async () => {
    await authenticated();
    client.raw(Buffer.from('GET / HTTP/1.1\r\n\r\n'));
    await house.until(() => client.isClosed, 'the connection closes');
    expect(house.core.stats().control.clients).toBe(1);
  });

  it('answers every command once, also unknown and unsupported ones', async () => {
    await authenticated();
    const expected: [string, string, string | undefined][] = [
      ['ping', 'OK', 'pong'],
      ['route|invite', 'OK', undefined],
      ['route|cdr:start', 'OK', undefined],
      ['remove_route|invite', 'OK', undefined],
      ['dance', 'NO', 'unknown command'],
      ['proxy|t||||serial|||sip:a@b\r\nINVITE sip:a@b SIP/2.0\r\n\r\n', 'NOK', undefined],
      ['sip|none|\r\nSIP/2.0 200 OK\r\n\r\n', 'NOK', 'unable to find transaction'],
      ['sip||none\r\nINFO sip:placeholder SIP/2.0\r\n\r\n', 'NOK', 'unable to find dialog'],
      ['sip||none\r\nACK sip:placeholder SIP/2.0\r\n\r\n', 'NOK', 'unable to find dialog'],
      ['sip||\r\nACK sip:a@127.0.0.1 SIP/2.0\r\n\r\n', 'NOK', 'unable to find dialog'],
      ['sip|none|\r\nCANCEL sip:a@127.0.0.1 SIP/2.0\r\n\r\n', 'NOK', 'no INVITE to cancel'],
      ['sip||\r\nnot sip at all', 'NOK', 'invalid SIP message'],
      ['sip||\r\nMESSAGE sip:a@127.0.0.1:9 SIP/2.0\r\nX-Bad\x01: y\r\n\r\n', 'NOK', 'invalid SIP message'],
      ['sip||', 'NOK', 'invalid SIP message'],
    ];
    for (const [command, result, reason] of expected) {
      const id = client.command(command);
      const { tokens } = await answer(id);
      expect([command, tokens[3]]).toEqual([command, result]);
      if (reason !== undefined) expect(tokens[4]).toBe(reason);
      expect(client.frames.filter((frame) => frame.tokens[2] === id)).toHaveLength(1);
    }
  });

  it('takes a frame byte by byte, with an emoji and a false Content-Length', async () => {
    await authenticated();
    const peer = await house.peer();
    const lines = [
      `MESSAGE sip:a@127.0.0.1:${peer.wire.port} SIP/2.0`,
      'subject: 📞 grüß',
      'content-type: text/plain',
      'content-length: 3',
      'Via: SIP/2.0/UDP forged.example;branch=z9hG4bKx',
      'Route: <sip:forged.example;lr>',
    ];
    const id = client.command(`sip||${message(lines, 'ganz 📞 lang')}`, 1);
    const received = await house.expect(peer, 'MESSAGE');
    expect(received.body).toBe('ganz 📞 lang');
    expect(received.get('Subject')).toBe('📞 grüß');
    expect(received.get('Content-Length')).toBe(String(Buffer.byteLength('ganz 📞 lang')));
    expect(received.text).not.toContain('forged');
    const { tokens, text } = await answer(id);
    expect(tokens.slice(3, 9)).toEqual(['OK', 'application', tokens[5], 'udp', '127.0.0.1', String(peer.wire.port)]);
    expect(tokens.slice(11)).toEqual(['Msg sent:', '']);
    expect(text).toBe(received.text);
    expect(Number(tokens[5])).toBe(Buffer.byteLength(received.text));
  });

  it('carries 60 kB both ways', async () => {
    await authenticated();
    await answer(client.command('route|message'));
    const peer = await house.peer('tcp');
    const body = 'ü'.repeat(30_000);
    const lines = [`MESSAGE sip:a@127.0.0.1:${peer.wire.port};transport=tcp SIP/2.0`, 'Content-Type: text/plain'];
    client.command(`sip||${message(lines, body)}`, 1_448);
    const received = await house.expect(peer, 'MESSAGE');
    expect(received.body).toBe(body);
    peer.reply(received, 200, { tag: 'x' });
    peer.ask('MESSAGE', `${house.uri};transport=tcp`, [['Content-Type', 'text/plain']], body);
    await house.until(
      () => client.frames.some(({ tokens }) => tokens[1] === 'sip' && tokens[4] === 'tcp'),
      'it arrives',
    );
    expect(client.frames.at(-1)?.text.endsWith(`\r\n\r\n${body}`)).toBe(true);
  });

  describe('with a call', () => {
    let peer: SipPeer;

    beforeEach(async () => {
      peer = await house.peer();
      await authenticated();
      await answer(client.command('route|invite'));
    });

    async function invited(): Promise<ReceivedFrame> {
      peer.ask('INVITE', house.uri, [], SDP());
      await house.until(() => client.frames.some(({ tokens }) => tokens[1] === 'sip'), 'the INVITE is delivered');
      return client.frames.find(({ tokens }) => tokens[1] === 'sip') as ReceivedFrame;
    }

    it('delivers an INVITE with its transaction, no dialog, and where it was received', async () => {
      const { tokens } = await invited();
      expect(tokens[2]).toBe('network');
      expect(tokens.slice(4, 7)).toEqual(['udp', '127.0.0.1', String(peer.wire.port)]);
      expect(tokens[7]).toMatch(/^\d\d:\d\d:\d\d\.\d{6}$/);
      expect(tokens[8]).toMatch(/^[0-9a-f-]{36}$/);
      expect(tokens.slice(9)).toEqual(['', '127.0.0.1', String(house.port), '']);
    });

    it('echoes a response with the dialog, before the ACK is delivered', async () => {
      const { tokens, text } = await invited();
      const transaction = tokens[8] as string;
      const callId = /^Call-ID: (.*)$/m.exec(text)?.[1]?.trim();
      const lines = ['SIP/2.0 200 OK', 'cseq: 99 NONSENSE', 'call-id: other', 'X-tra: 1', 'x-Odd-name: 2', 'p-foo: 3'];
      const id = client.command(`sip|${transaction}|${message(lines, SDP())}`);
      const ok = await house.expect(peer, 200);
      expect(ok.get('CSeq')).toBe('1 INVITE');
      expect(ok.get('Call-ID')).toBe(callId);
      expect(ok.get('P-Foo')).toBe('3');
      expect(ok.text).toContain('\r\nx-Odd-name: 2\r\n');
      const echo = await answer(id);
      expect(echo.tokens[10]).toBe(transaction);
      expect(echo.tokens[11]).toMatch(new RegExp(`^${callId};from-tag=\\w+$`));
      expect(echo.tokens.slice(12)).toEqual(['', 'Msg sent:']);
      expect(echo.text).toBe(ok.text);
      const second = client.command(`sip|${transaction}|${message(['SIP/2.0 486 Busy'])}`);
      expect((await answer(second)).tokens[3]).toBe('NOK');
    });

    it('delivers a CANCEL with the transaction of its INVITE', async () => {
      const leg = peer.ask('INVITE', house.uri, [], SDP());
      await house.until(() => client.frames.some(({ text }) => text.startsWith('INVITE')), 'the INVITE is delivered');
      leg.cancel();
      await house.until(() => client.frames.some(({ text }) => text.startsWith('CANCEL')), 'the CANCEL is delivered');
      const [invite, cancel] = client.frames.filter(({ tokens }) => tokens[1] === 'sip');
      expect(cancel?.tokens[8]).toBe(invite?.tokens[8]);
      expect(cancel?.text).toContain(`Call-ID: ${leg.callId}\r\n`);
    });

    it('tells of a BYE of its own as unsolicited', async () => {
      const { tokens } = await invited();
      client.command(`sip|${tokens[8]}|${message(['SIP/2.0 200 OK'], SDP())}`);
      await house.until(() => client.frames.some(({ text }) => text.startsWith('BYE')), 'the core ends the call');
      const bye = client.frames.find(({ text }) => text.startsWith('BYE'));
      expect(bye?.tokens[2]).toBe('application');
      expect(bye?.tokens[8]).toBe('unsolicited');
      expect(bye?.tokens[9]).toContain(';from-tag=');
      expect(bye?.text).toContain('text="ACK timeout"');
    });

    it('echoes a request before any response to it, and marks what the core made itself', async () => {
      const lines = ['INVITE sip:nobody@127.0.0.9:9;transport=tcp SIP/2.0'];
      const id = client.command(`sip||${message(lines, SDP())}`);
      await house.until(() => client.frames.some(({ text }) => text.startsWith('SIP/2.0 503')), 'it fails');
      const echoAt = client.frames.findIndex(({ tokens }) => tokens[2] === id);
      const failureAt = client.frames.findIndex(({ text }) => text.startsWith('SIP/2.0 503'));
      expect(echoAt).toBeGreaterThanOrEqual(0);
      expect(failureAt).toBeGreaterThan(echoAt);
      const { tokens } = client.frames[failureAt] as ReceivedFrame;
      expect([tokens[2], tokens[3], tokens[5], tokens[6]]).toEqual(['network', '0', '', '0']);
      expect(tokens[8]).toBe(client.frames[echoAt]?.tokens[10]);
    });
  });
});
