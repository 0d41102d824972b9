/** Does each destination get what it should: its options, its last error, its dead letters, its lag, its server? */
import type { ConfiguredDestination } from '../../config.ts';
import { destinationKinds, isDestinationKind } from '../../destinations/index.ts';
import { UserError } from '../../errors.ts';
import { deletion, type DestinationHealth } from '../../health/destination-health.ts';
import { asObject, asString, type JsonObject } from '../../lib/json.ts';
import { checkOptions, type Options } from '../../lib/options.ts';
import { proxyFor } from '../../lib/proxy.ts';
import { reach } from '../../lib/reach.ts';
import { withSecrets } from '../../lib/secret-reference.ts';
import { shellWord } from '../../lib/shell-word.ts';
import { countWords, sizeWords } from '../../lib/span-words.ts';
import { thisMachine } from '../../machine.ts';
import { checkOf } from '../destination-check.ts';
import { error, INSTALL, ok, skipped, warning, type Check, type Subject } from './check.ts';

const CONNECT_MS = 3_000;

export async function checkDestinations(subject: Subject): Promise<Check[]> {
  const configured = subject.config?.destinations ?? [];
  const checks = await Promise.all(configured.map((one) => checkOne(one, subject)));
  return checks.flat();
}

async function checkOne(configured: ConfiguredDestination, subject: Subject): Promise<Check[]> {
  const health = subject.health.destinations.find(({ name }) => name === configured.name);
  const options = await optionsOf(configured, subject);
  return [
    ...(health === undefined ? [] : [checkDelivery(health), ...checkLetters(health), ...checkLag(health, subject.now)]),
    ...('problem' in options ? [options.problem] : await checkServer(configured, options, subject)),
  ];
}

function checkDelivery({ name, resting, paused, lastError, lastDeliveredAt, delivered }: DestinationHealth): Check {
  const check = `destination:${name}`;
  if (paused)
    return warning(
      check,
      'paused: the transcripts keep what it should get',
      `npx stopwire destinations resume ${shellWord(name)}`,
    );
  if (resting !== undefined) {
    return error(check, `rests until ${resting.until}: ${resting.reason}`, tryOut(name));
  }
  if (lastError !== undefined && lastError.at >= (lastDeliveredAt ?? '')) {
    const detail = `has got nothing since ${lastError.at}: ${lastError.reason}`;
    return error(check, detail, tryOut(name));
  }
  if (lastDeliveredAt === undefined) return ok(check, 'has got nothing yet');
  return ok(check, `${countWords(delivered, 'record')}, the last of them at ${lastDeliveredAt}`);
}

function checkLetters({ name, deadLetters }: DestinationHealth): Check[] {
  if (deadLetters === 0) return [];
  return [
    warning(`dead-letters:${name}`, `${countWords(deadLetters, 'record')} refused for good`, 'npx stopwire dlq list'),
  ];
}

function checkLag(
  { name, lag, pendingTranscripts: files, pendingBytes, paused }: DestinationHealth,
  now: Date,
): Check[] {
  const check = `lag:${name}`;
  if (lag === undefined) return [ok(check, 'nothing waits')];
  if (!lag.isEndangered) return [ok(check, `${sizeWords(pendingBytes)} wait, the oldest from ${lag.oldestAt}`)];
  const remedy = paused ? `npx stopwire destinations resume ${shellWord(name)}` : 'npx stopwire run';
  return [error(check, `it has not got ${deletion(lag, files, now)}`, remedy)];
}

interface CheckedOptions {
  declared: Options;
  /** With secrets in the place of references to them. */
  given: JsonObject;
}

async function optionsOf(
  { name, kind, options }: ConfiguredDestination,
  { env }: Subject,
): Promise<CheckedOptions | { problem: Check }> {
  const check = `destination-options:${name}`;
  if (!isDestinationKind(kind)) return { problem: error(check, `there is no type of destination "${kind}"`, INSTALL) };
  const declared: Options = (await destinationKinds[kind]()).options;
  try {
    const given = asObject(await withSecrets(declared, options, env)) ?? {};
    const { problems } = checkOptions(declared, given);
    if (problems.length === 0) return { declared, given };
    const again = {
      advice: 'Take it away, and add it anew.',
      remedy: `npx stopwire destinations remove ${shellWord(name)}`,
    };
    return { problem: error(check, problems.join('; '), again) };
  } catch (fault) {
    if (!(fault instanceof UserError)) throw fault;
    const mend = fault.hint === undefined ? tryOut(name) : { advice: fault.hint, remedy: tryOut(name) };
    return { problem: error(check, fault.message, mend) };
  }
}

/** The key is tried where the server can be reached, and nothing holds records back from it. */
async function checkServer(
  configured: ConfiguredDestination,
  options: CheckedOptions,
  subject: Subject,
): Promise<Check[]> {
  const endpoints = await checkEndpoints(configured.name, options, subject);
  const isReached = endpoints.length > 0 && endpoints.every(({ status }) => status === 'ok');
  return isReached ? [...endpoints, await checkKey(configured, subject)] : endpoints;
}

/** Sends no record. */
async function checkKey(configured: ConfiguredDestination, { config, paths, env }: Subject): Promise<Check> {
  const { name } = configured;
  const check = `key:${name}`;
  if (config?.paused || configured.paused) return skipped(check, 'not tried, since it is paused');
  const { state, reason = '', hint, ms } = await checkOf(configured, thisMachine(paths, env).surroundings);
  if (state === 'ok') return ok(check, `taken after ${ms} ms`);
  if (state === 'unsure') return ok(check, reason);
  return error(check, reason, hint === undefined ? tryOut(name) : { advice: hint, remedy: tryOut(name) });
}

/** Every address among the options. */
async function checkEndpoints(name: string, { declared, given }: CheckedOptions, subject: Subject): Promise<Check[]> {
  const addresses = Object.entries(declared)
    .filter(([, option]) => option.kind === 'url')
    .map(([option, { default: value }]) => given[option] ?? value)
    .filter((value) => typeof value === 'string');
  const proxy = asString(given['proxy']);
  return Promise.all(addresses.map((address) => checkEndpoint({ name, url: new URL(address), proxy }, subject)));
}

interface Endpoint {
  name: string;
  url: URL;
  /** As it is configured. */
  proxy: string | undefined;
}

/** Connects and sends nothing; through a proxy, only that one can be reached from here. */
async function checkEndpoint({ name, url, proxy: named }: Endpoint, subject: Subject): Promise<Check> {
  const check = `endpoint:${name}`;
  if (subject.offline) return skipped(check, 'not asked, since nothing may be connected to');
  const proxy = proxyFor(url, named, subject.env)?.url;
  const { fault, ms } = await reach(proxy ?? url, CONNECT_MS);
  const place = proxy === undefined ? url.host : `the proxy ${proxy.host}, which leads to ${url.host},`;
  if (fault === undefined) return ok(check, `${place} answers after ${ms} ms`);
  return error(check, `${place} cannot be reached (${fault})`, tryOut(name));
}

function tryOut(name: string): string {
  return `npx stopwire destinations test ${shellWord(name)}`;
}
