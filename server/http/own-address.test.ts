import { networkInterfaces } from 'node:os';
import { expect, test } from 'vitest';
import { ownAddress, ownOrigin } from './own-address.ts';

const tls = { kind: 'self-signed', folder: '/nowhere' };

test('links begin with what others reach us by, whatever we are bound to', () => {
  const publicUrl = 'https://voice.example.lan/landline';
  expect(ownOrigin({ host: '127.0.0.1', publicUrl }, 8080)).toBe(publicUrl);
  expect(ownOrigin({ host: '0.0.0.0', publicUrl, tls }, 8080)).toBe(publicUrl);
});

test('without that, with our address and port: by HTTPS where there is a certificate', () => {
  expect(ownOrigin({ host: '10.0.0.5' }, 8080)).toBe('http://10.0.0.5:8080');
  expect(ownOrigin({ host: '10.0.0.5', tls }, 8080)).toBe('https://10.0.0.5:8080');
  expect(ownOrigin({ host: 'fd00::5', tls }, 8443)).toBe('https://[fd00::5]:8443');
});

test('bound to every address, it is the first on the network that links name', () => {
  const own = Object.values(networkInterfaces()).flatMap((found) => found ?? []);
  const onNetwork = own.find(({ family, internal }) => family === 'IPv4' && !internal)?.address;
  expect(ownAddress('0.0.0.0')).toBe(onNetwork ?? '127.0.0.1');
  expect(ownOrigin({ host: '0.0.0.0' }, 8080)).toBe(`http://${onNetwork ?? '127.0.0.1'}:8080`);
});
