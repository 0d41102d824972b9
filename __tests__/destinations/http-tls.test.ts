import { chmodSync, mkdirSync, writeFileSync } from 'node:fs';
import { join } from 'node:path';
import { rootCertificates } from 'node:tls';
import { beforeEach, describe, expect, test } from '@jest/globals';
import { defaultAuthorities, readTlsFiles, type TlsFiles } from '../../src/destinations/http-tls.ts';
import { UserError } from '../../src/errors.ts';
import { type Certificate, makeCertificate } from '../helpers/certificate.ts';
import { makeTempDirectory } from '../helpers/temp-directory.ts';

let folder: string;
let certificate: Certificate;
let files: Required<TlsFiles>;
beforeEach(() => {
  folder = makeTempDirectory();
  certificate = makeCertificate(folder, { subjectAltName: 'IP:127.0.0.1', days: 2 });
  files = {
    ca: write('ca.pem', `a comment\n${certificate.cert}${certificate.cert}`),
    clientCertificate: write('client.pem', certificate.cert),
    clientKey: write('client-key.pem', certificate.key, 0o600),
  };
});

function write(name: string, text: string, mode = 0o644): string {
  const path = join(folder, name);
  writeFileSync(path, text);
  chmodSync(path, mode);
  return path;
}

function errorOf(given: TlsFiles): UserError {
  try {
    readTlsFiles(given, {});
  } catch (error) {
    if (error instanceof UserError) return error;
    throw error;
  }
  throw new Error('it was taken');
}

describe('the files', () => {
  test('are read into contexts, and a proxy does not get the one with the client certificate', () => {
    const { server, proxy } = readTlsFiles(files, {});
    expect(server).toBeDefined();
    expect(proxy).toBeDefined();
    expect(proxy).not.toBe(server);
  });

  test("need not be: then everything is Node's own", () => {
    expect(readTlsFiles({}, {})).toEqual({ server: undefined, proxy: undefined });
  });

  test.each([0o600, 0o400])('may be a key of mode %i', (mode) => {
    chmodSync(files.clientKey, mode);
    expect(readTlsFiles(files, {}).server).toBeDefined();
  });

  test.each([0o644, 0o640, 0o604, 0o601, 0o620])('are refused where others can reach the key: mode %i', (mode) => {
    chmodSync(files.clientKey, mode);
    const error = errorOf(files);
    expect(error.message).toMatch(/client-key\.pem of the option clientKey cannot be used: others can read it/);
    expect(error.hint).toBe(`chmod 600 ${files.clientKey}`);
  });

  test('name a command that can be pasted, whatever is in the path', () => {
    const clientKey = write("it's a key.pem", certificate.key, 0o644);
    expect(errorOf({ ...files, clientKey }).hint).toBe(`chmod 600 '${folder}/it'\\''s a key.pem'`);
  });

  test.each<keyof TlsFiles>(['ca', 'clientCertificate', 'clientKey'])(
    'that is not there names its option: %s',
    (name) => {
      const error = errorOf({ ...files, [name]: join(folder, 'nowhere.pem') });
      expect(error.message).toBe(
        `The file ${folder}/nowhere.pem of the option ${name} cannot be used: it cannot be read (ENOENT).`,
      );
    },
  );

  test.each<[string, keyof TlsFiles, () => string]>([
    ['a folder', 'ca', () => (mkdirSync(join(folder, 'd')), join(folder, 'd'))],
    ['empty', 'ca', () => write('empty.pem', '')],
    ['no PEM', 'ca', () => write('ca.der', '\x30\x82\x01')],
    ['a key in the place of a certificate', 'clientCertificate', () => files.clientKey],
    ['a damaged certificate', 'ca', () => write('bad.pem', certificate.cert.replace(/\n[^-]{20}/, '\n'))],
    ['a certificate without an end', 'ca', () => write('cut.pem', certificate.cert.slice(0, 200))],
    ['giant', 'ca', () => write('giant.pem', certificate.cert.repeat(3_000))],
    ['a certificate in the place of a key', 'clientKey', () => write('c.pem', certificate.cert, 0o600)],
    ['no key', 'clientKey', () => write('no-key.pem', 'hello', 0o600)],
    [
      'the key of another certificate',
      'clientKey',
      () => {
        const other = makeCertificate(folder, { subjectAltName: 'IP:127.0.0.1', days: 2 });
        return write('other.pem', other.key, 0o600);
      },
    ],
  ])('that cannot be used names its option: %s', (_title, name, path) => {
    const error = errorOf({ ...files, [name]: path() });
    expect(error.message).toMatch(new RegExp(`of the option ${name} cannot be used: `));
    expect(error.message).not.toMatch(/BEGIN|hello/);
  });

  test.each([['clientCertificate'], ['clientKey']] as const)('come in pairs: %s alone is refused', (name) => {
    expect(errorOf({ [name]: files[name] }).message).toMatch(/clientCertificate and clientKey/);
  });
});

describe('the authorities that Node trusts by itself', () => {
  test('are its own, and those of NODE_EXTRA_CA_CERTS', () => {
    expect(defaultAuthorities({})).toEqual(rootCertificates);
    const withExtra = defaultAuthorities({ NODE_EXTRA_CA_CERTS: files.clientCertificate });
    expect(withExtra).toEqual([...rootCertificates, certificate.cert]);
  });

  test('are its own where the file of NODE_EXTRA_CA_CERTS is gone, as for Node', () => {
    expect(defaultAuthorities({ NODE_EXTRA_CA_CERTS: join(folder, 'nowhere.pem') })).toEqual(rootCertificates);
  });
});
