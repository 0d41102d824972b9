/** Places that deserve a second look: files that hold secrets, and files of the system. */

/** Names that keys and passwords are usually kept under; an example of such a file is none. */
const SECRETS =
  /(?:^|[/\\])(?:\.env(?:\.(?!example|sample|template|dist)[\w-]+)?|\.netrc|\.pgpass|id_(?:rsa|dsa|ecdsa|ed25519))$|\.(?:key|pem|crt|p12|pfx)$|(?:^|[/\\])\.(?:ssh|aws|gnupg)(?:[/\\]|$)/i;
const SECRET_WORDS = /password|secret|credential/i;

/** Whether a path or a word of a command looks like a file with secrets. */
export function isSensitivePath(path: string): boolean {
  return SECRETS.test(path) || (/[./\\]/.test(path) && SECRET_WORDS.test(path));
}

const SYSTEM = /^(?:\/etc|\/usr\/s?bin|\/var\/log|\/boot|[A-Za-z]:[\\/]Windows)(?:[/\\]|$)/i;

/** Whether a path lies in a folder that belongs to the operating system. */
export function isSystemPath(path: string): boolean {
  return SYSTEM.test(path);
}
