/** Certificates of a test's own, made by openssl: none is kept in the repository. */
import { execFileSync } from 'node:child_process';
import { randomUUID } from 'node:crypto';
import { readFileSync, writeFileSync } from 'node:fs';
import { join } from 'node:path';

export interface Certificate {
  /** PEM. */
  key: string;
  /** PEM. */
  cert: string;
}

export interface CertificateOptions {
  /** As openssl spells it: `IP:127.0.0.1`. */
  subjectAltName: string;
  /** Negative: expired. */
  days: number;
}

/** Makes a self-signed certificate; its files are left in `folder`. */
export function makeCertificate(folder: string, { subjectAltName, days }: CertificateOptions): Certificate {
  const key = join(folder, 'key.pem');
  const request = join(folder, 'request.pem');
  const extension = join(folder, 'extension.cnf');
  const cert = join(folder, 'cert.pem');
  writeFileSync(extension, `subjectAltName=${subjectAltName}\n`);
  // OpenSSL looks an authority up by its name: two of one name would stand in each other's way.
  const subject = `/CN=stopwire test ${randomUUID()}`;
  const algorithm = ['-newkey', 'ec', '-pkeyopt', 'ec_paramgen_curve:prime256v1', '-nodes'];
  openssl('req', ...algorithm, '-subj', subject, '-keyout', key, '-out', request);
  // `req -x509` refuses a lifetime that has passed; `x509 -req` takes it.
  openssl('x509', '-req', '-in', request, '-signkey', key, '-days', `${days}`, '-extfile', extension, '-out', cert);
  return { key: readFileSync(key, 'utf8'), cert: readFileSync(cert, 'utf8') };
}

function openssl(...args: string[]): void {
  execFileSync('openssl', args, { stdio: 'pipe' });
}
