/** Stand-ins: the same for the same value within one run, so that links survive, and of no use without the run's key. */
import { createHash } from 'node:crypto';
import { CLIENT_FOLDERS, CLIENT_NAMES, FILE_EXTENSIONS, MODEL } from './client-words.ts';

export interface Fakes {
  /** An id of the same length, alphabet and known prefix. */
  id: (value: string) => string;
  /** The name of a tool, an agent, a skill or a branch: the client's own stay. */
  name: (value: string) => string;
  /** A place: as many folders, each with a name of its own, and a common file extension. */
  path: (value: string) => string;
  /** The name of a model: Anthropic's stay, and what a gateway calls them does not. */
  model: (value: string) => string;
}

const UUID = /^[0-9a-f]{8}-[0-9a-f]{4}-[0-9a-f]{4}-[0-9a-f]{4}-[0-9a-f]{12}$/;
/** What the client, or the API, puts before an id. */
const ID_PREFIX = /^(?:(?:msg|req|toolu|srvtoolu)_(?:01)?|wf_|async_hook_|v2:|a(?=[0-9a-f]{6,16}$))/;

/** What the file and the worktree of a sub-agent have before its id. */
const AGENT = 'agent-';

const HEX = '0123456789abcdef';
const LOWER = 'abcdefghijklmnopqrstuvwxyz0123456789';
const MIXED = `ABCDEFGHIJKLMNOPQRSTUVWXYZ${LOWER}`;

/** @param key secret of the run: without it, no stand-in can be found from a guessed value */
export function makeFakes(key: Uint8Array): Fakes {
  const noise = (value: string, length: number): Buffer =>
    createHash('shake256', { outputLength: Math.max(1, length) })
      .update(key)
      .update(value)
      .digest();

  const id = (value: string): string => {
    if (value.startsWith(AGENT)) return AGENT + id(value.slice(AGENT.length));
    const [prefix = ''] = ID_PREFIX.exec(value) ?? [];
    const rest = Array.from(value.slice(prefix.length));
    const alphabet = alphabetOf(rest.join(''));
    const bytes = noise(value, rest.length);
    const fake = rest.map((character, at) => fakeCharacter(character, bytes[at] ?? 0, alphabet)).join('');
    // A random UUID says so in two of its characters (RFC 9562, version 4).
    return UUID.test(value) ? `${fake.slice(0, 14)}4${fake.slice(15, 19)}${value[19]}${fake.slice(20)}` : prefix + fake;
  };

  const word = (first: string, value: string): string => {
    return first + Array.from(noise(value, 6), (byte) => LOWER[byte % LOWER.length]).join('');
  };

  const namePart = (part: string): string => (part === '' || CLIENT_NAMES.has(part) ? part : word('n', part));

  const folder = (part: string): string => {
    if (part === '' || part === '.' || part === '..' || /^[A-Za-z]:$/.test(part) || CLIENT_FOLDERS.has(part))
      return part;
    const extension = /\.([A-Za-z0-9]{1,5})$/.exec(part)?.[1]?.toLowerCase() ?? '';
    const end = FILE_EXTENSIONS.has(extension) ? `.${extension}` : '';
    const stem = end === '' ? part : part.slice(0, -end.length);
    return (isId(stem) ? id(stem) : word('p', stem)) + end;
  };

  return {
    id,
    name(value) {
      const [, server, tool] = /^mcp__(.+?)__(.+)$/s.exec(value) ?? [];
      if (server !== undefined && tool !== undefined) return `mcp__${namePart(server)}__${namePart(tool)}`;
      return value.split(':').map(namePart).join(':');
    },
    path: (value) =>
      value
        .split(/([/\\])/)
        .map((part, at) => (at % 2 === 1 ? part : folder(part)))
        .join(''),
    model: (value) => (value === '' || MODEL.test(value) ? value : word('model-', value)),
  };
}

/** The smallest alphabet that a value can be from: all values of one kind look alike. */
function alphabetOf(value: string): string {
  if (/^[0-9a-f:-]*$/.test(value)) return HEX;
  return /[A-Z]/.test(value) ? MIXED : LOWER;
}

/** Separators stay; everything else is drawn anew. */
function fakeCharacter(character: string, byte: number, alphabet: string): string {
  return /[-_:.]/.test(character) ? character : (alphabet[byte % alphabet.length] ?? 'x');
}

/** A session's or a sub-agent's id, by which its file is named. */
function isId(stem: string): boolean {
  return UUID.test(stem) || /^agent-a[0-9a-f]{6,16}$/.test(stem);
}
