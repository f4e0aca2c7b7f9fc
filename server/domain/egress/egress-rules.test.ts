import { expect, test } from 'vitest';
import { addressKind, EgressRules } from './egress-rules.ts';

test.each([
  ['10.1.2.3', 'private'],
  ['172.16.0.1', 'private'],
  ['172.32.0.1', 'public'],
  ['192.168.1.1', 'private'],
  ['fd12::1', 'private'],
  ['127.0.0.1', 'loopback'],
  ['127.8.8.8', 'loopback'],
  ['0.0.0.0', 'loopback'],
  ['::1', 'loopback'],
  ['::', 'loopback'],
  ['::ffff:127.0.0.1', 'loopback'],
  ['::ffff:10.0.0.1', 'private'],
  ['169.254.10.1', 'link-local'],
  ['fe80::1%eth0', 'link-local'],
  ['169.254.169.254', 'metadata'],
  ['::ffff:169.254.169.254', 'metadata'],
  ['fd00:ec2::254', 'metadata'],
  ['100.100.100.200', 'metadata'],
  ['100.64.0.1', 'public'],
  ['64:ff9b::7f00:1', 'public'],
  ['2002:7f00:1::', 'public'],
  ['224.0.0.1', 'public'],
  ['255.255.255.255', 'public'],
  ['8.8.8.8', 'public'],
  ['2606:4700::1111', 'public'],
] as const)('%s is %s', (address, kind) => {
  expect(addressKind(address)).toBe(kind);
});

test('without a list only private addresses may be connected to', () => {
  const rules = new EgressRules([]);
  expect(rules.judge('nas.lan', '192.168.1.5')).toEqual({ ok: true });
  const addresses = ['127.0.0.1', '169.254.1.1', '169.254.169.254', '8.8.8.8', '::1', 'fe80::1'];
  expect(addresses.map((address) => rules.judge('x.example', address).ok)).toEqual(addresses.map(() => false));
  expect(rules.judge('x.example', '8.8.8.8')).toEqual({
    ok: false,
    why: 'x.example (8.8.8.8) is a public address: an admin has to list x.example under egress.allow first.',
  });
});

test('a listed name may be public, but not point at the inside of the machine', () => {
  const rules = new EgressRules(['CRM.example.', 'localhost', '127.0.0.9', '[::1]']);
  const judged = (host: string, address: string) => rules.judge(host, address).ok;
  expect(judged('crm.example', '8.8.8.8')).toBe(true);
  expect(judged('other.example', '8.8.8.8')).toBe(false);
  expect(judged('crm.example', '127.0.0.1')).toBe(false);
  expect(judged('crm.example', '169.254.169.254')).toBe(false);
  expect(judged('localhost', '127.0.0.1')).toBe(true);
  expect(judged('127.0.0.9', '127.0.0.9')).toBe(true);
  expect(judged('crm.example', '127.0.0.9')).toBe(true);
  expect(judged('[0:0:0:0:0:0:0:1]', '::1')).toBe(true);
  expect(rules.isListed('Crm.Example')).toBe(true);
});
