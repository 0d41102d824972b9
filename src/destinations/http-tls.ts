/** Whom an HTTP destination trusts and how it shows who it is: certificates and a key from files. */
import { X509Certificate } from 'node:crypto';
import { type Stats, statSync } from 'node:fs';
import * as tls from 'node:tls';
import { reasonOf, UserError } from '../errors.ts';
import { readRegularFile } from '../lib/read-file.ts';

export interface TlsFiles {
  ca?: string;
  clientCertificate?: string;
  clientKey?: string;
}

/** Undefined where Node's own default is right. */
export interface TlsContexts {
  server: tls.SecureContext | undefined;
  /** For an https proxy: trusts the same authorities, and never shows the client certificate. */
  proxy: tls.SecureContext | undefined;
}

/** The bundle of all public authorities has a quarter of it. */
const MAX_PEM_BYTES = 1_048_576;

/**
 * Reads the files, once. Throws a UserError that names the option where one cannot be read or used.
 * What `ca` holds is added to the authorities that Node trusts, those of NODE_EXTRA_CA_CERTS among them.
 */
export function readTlsFiles({ ca, clientCertificate, clientKey }: TlsFiles, env: NodeJS.ProcessEnv): TlsContexts {
  if ((clientCertificate === undefined) !== (clientKey === undefined)) {
    throw new UserError('A client certificate takes both options, clientCertificate and clientKey; one is missing.');
  }
  const trusted = ca === undefined ? {} : { ca: [...defaultAuthorities(env), readCertificates('ca', ca)] };
  const proxy = ca === undefined ? undefined : tls.createSecureContext(trusted);
  if (clientCertificate === undefined || clientKey === undefined) return { server: proxy, proxy };
  const cert = readCertificates('clientCertificate', clientCertificate);
  const key = readPrivateKey(clientKey);
  try {
    return { server: tls.createSecureContext({ ...trusted, cert, key }), proxy };
  } catch (error) {
    const why = `it is not the unencrypted private key of the client certificate (${reasonOf(error)})`;
    throw unusable('clientKey', clientKey, why);
  }
}

/** What Node trusts by itself, as PEM; a list of our own takes the place of all of it, that of the variable, too. */
export function defaultAuthorities(env: NodeJS.ProcessEnv): string[] {
  const extra = readRegularFile(env['NODE_EXTRA_CA_CERTS'] ?? '', MAX_PEM_BYTES);
  return [...tls.rootCertificates, ...(extra === undefined ? [] : [extra])];
}

/** Node takes a text without a certificate for an empty list, so it is looked at here. */
function readCertificates(option: string, path: string): string {
  const text = readPem(option, path);
  const certificates = text.match(/-----BEGIN CERTIFICATE-----[^-]*-----END CERTIFICATE-----/g) ?? [];
  if (certificates.length === 0) throw unusable(option, path, 'it holds no certificate in PEM form');
  try {
    for (const certificate of certificates) void new X509Certificate(certificate);
  } catch (error) {
    throw unusable(option, path, `a certificate in it is damaged (${reasonOf(error)})`);
  }
  return text;
}

/** Refuses a key that others can read, as ssh does. Windows has no such modes. */
function readPrivateKey(path: string): string {
  const text = readPem('clientKey', path);
  if ((statsOf('clientKey', path).mode & 0o077) !== 0 && process.platform !== 'win32') {
    throw unusable('clientKey', path, 'others can read it', `chmod 600 ${quoted(path)}`);
  }
  return text;
}

function readPem(option: string, path: string): string {
  if (!statsOf(option, path).isFile()) throw unusable(option, path, 'it is not a file');
  const text = readRegularFile(path, MAX_PEM_BYTES);
  if (text === undefined) throw unusable(option, path, 'it may not be read, or is far too long');
  return text;
}

function statsOf(option: string, path: string): Stats {
  try {
    return statSync(path);
  } catch (error) {
    throw unusable(option, path, `it cannot be read (${reasonOf(error)})`);
  }
}

function unusable(option: string, path: string, why: string, hint?: string): UserError {
  const message = `The file ${path} of the option ${option} cannot be used: ${why}.`;
  return new UserError(message, { hint: hint ?? 'Check the path, and who may read the file.' });
}

function quoted(path: string): string {
  return /^[\w./-]+$/.test(path) ? path : `'${path.replaceAll("'", `'\\''`)}'`;
}
