import { describe, expect, it } from 'vitest';
import type { Flow } from '../txn/transaction-layer.ts';
import { applyRouteSet, hopOf, targetsOfContact } from './next-hop.ts';

function flow(remoteAddress: string, transport: 'udp' | 'tcp' = 'udp'): Flow {
  return { transport, remoteAddress, remotePort: 41_000, localAddress: '192.0.2.1', localPort: 5060 };
}

describe('the hop of a URI', () => {
  it.each([
    ['sip:a@192.0.2.7', { transport: 'udp', host: '192.0.2.7', port: undefined, transportGiven: false }],
    ['sip:a@h.example:5070;transport=TCP', { transport: 'tcp', host: 'h.example', port: 5070, transportGiven: true }],
    [
      'sip:a@h.example;maddr=192.0.2.9',
      { transport: 'udp', host: '192.0.2.9', port: undefined, transportGiven: false },
    ],
    ['sip:[2001:db8::1]:5062', { transport: 'udp', host: '2001:db8::1', port: 5062, transportGiven: false }],
  ])('%s', (uri, hop) => expect(hopOf(uri)).toEqual(hop));

  it.each(['sips:a@h.example', 'tel:+4912345', 'sip:a@h.example;transport=tls', 'http://h.example'])(
    '%s is none that we can take',
    (uri) => expect(hopOf(uri)).toBeUndefined(),
  );
});

describe('a route set', () => {
  it('that is empty sends to the remote target', () => {
    expect(applyRouteSet('sip:a@h', [])).toEqual({ uri: 'sip:a@h', routes: [], hopUri: 'sip:a@h' });
  });

  it('of loose routers leaves the Request-URI alone', () => {
    const routes = ['<sip:p1;lr>', '<sip:p2;lr>'];
    expect(applyRouteSet('sip:a@h', routes)).toEqual({ uri: 'sip:a@h', routes, hopUri: 'sip:p1;lr' });
  });

  it('that begins with a strict router puts the remote target last', () => {
    expect(applyRouteSet('sip:a@h', ['<sip:p1>', '<sip:p2;lr>'])).toEqual({
      uri: 'sip:p1',
      routes: ['<sip:p2;lr>', '<sip:a@h>'],
      hopUri: 'sip:p1',
    });
  });
});

describe('the target inside a dialog without route set', () => {
  const target = (contact: string, source: Flow) => targetsOfContact(hopOf(contact), source)[0];

  it('is the Contact when it can be reached', () => {
    const reached = target('sip:a@198.51.100.9:5070', flow('203.0.113.4'));
    expect(reached).toEqual({ transport: 'udp', address: '198.51.100.9', port: 5070 });
  });

  it('is the source when the Contact is a private address behind a NAT, a name, or nothing', () => {
    for (const contact of [
      'sip:a@192.168.1.7',
      'sip:a@10.0.0.7:5070',
      'sip:a@phone.local',
      'sip:a@0.0.0.0',
      'sips:a@x',
    ]) {
      expect(target(contact, flow('203.0.113.4'))).toEqual({ transport: 'udp', address: '203.0.113.4', port: 41_000 });
    }
  });

  it('is the Contact port of the same host over UDP, and the living connection over TCP', () => {
    expect(target('sip:a@192.168.1.7:5062', flow('192.168.1.7'))?.port).toBe(5062);
    expect(target('sip:a@192.168.1.7:5062;transport=tcp', flow('192.168.1.7', 'tcp'))?.port).toBe(41_000);
    expect(targetsOfContact(hopOf('sip:a@192.168.1.7:5062;transport=tcp'), flow('192.168.1.7', 'tcp'))[1]?.port).toBe(
      5062,
    );
  });

  it('changes from TCP to UDP when the Contact says so', () => {
    const changed = target('sip:a@192.168.1.7:5062;transport=udp', flow('192.168.1.7', 'tcp'));
    expect(changed).toEqual({ transport: 'udp', address: '192.168.1.7', port: 5062 });
  });
});
