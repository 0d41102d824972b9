import { readFileSync } from 'node:fs';
import { join } from 'node:path';
import { describe, expect, test } from '@jest/globals';
import { OWN_EVENT_FIELDS } from '../../../src/destinations/otlp/event.ts';
import { logRecordsOf } from '../../../src/destinations/otlp/log-records.ts';
import { HISTOGRAMS, SUMS } from '../../../src/destinations/otlp/metric-names.ts';
import { spansOf } from '../../../src/destinations/otlp/spans.ts';
import { TOOL_SPAN_FIELDS } from '../../../src/destinations/otlp/tool-span.ts';
import { TURN_SPAN_FIELDS } from '../../../src/destinations/otlp/turn-span.ts';
import { claimedRecords } from '../../helpers/claimed.ts';
import { fixtureCases } from '../../helpers/fixtures.ts';

const page = readFileSync(join(import.meta.dirname, '..', '..', '..', 'docs', 'otlp.md'), 'utf8');
const records = fixtureCases().flatMap((name) => claimedRecords(name));
const logs = logRecordsOf(records, 'turn');
const spans = spansOf(records, 'turn');

describe('docs/otlp.md', () => {
  test.each(Object.keys({ ...SUMS, ...HISTOGRAMS }))('has the metric %s', (name) => {
    expect(page).toContain(`\`${name}\``);
  });

  const events = new Set(logs.map(({ eventName }) => eventName).filter((name) => !name.startsWith('stopwire.')));
  test.each([...events])('has the event %s', (name) => {
    expect(page).toContain(`\`${name}\``);
  });

  const generic = new Set([...TOOL_SPAN_FIELDS.values(), ...TURN_SPAN_FIELDS.values()].map(({ key }) => key));
  const attributes = new Set(spans.flatMap((span) => span.attributes.map(({ key }) => key)));
  const named = [...attributes].filter((key) => /^(?:gen_ai|claude_code)\./.test(key) && !generic.has(key));
  test.each(named)('has the attribute %s', (key) => {
    const names = [key, key.replace(/^(?:gen_ai|claude_code)\./, '')];
    expect(names.filter((name) => page.includes(`\`${name}\``))).not.toEqual([]);
  });
});

describe('the events', () => {
  test('are one for each record, under its id', () => {
    const ids = logs.map(({ attributes }) => attributes.find(({ key }) => key === 'log.record.uid')?.value);
    expect(ids.length).toBe(records.length);
    const ofLines = records.map(({ id, type }) => (type === 'session' ? expect.anything() : { stringValue: id }));
    expect(ids).toEqual(ofLines);
  });

  test('have each attribute once', () => {
    const twice = logs.filter(({ attributes }) => new Set(attributes.map(({ key }) => key)).size < attributes.length);
    expect(twice).toEqual([]);
  });

  test('say under the names of the official client what it counts once', () => {
    const requests = logs.filter(({ eventName }) => eventName === 'claude_code.api_request');
    const responses = new Set(spans.filter(({ name }) => name.startsWith('chat ')).map(({ spanId }) => spanId));
    expect(new Set(requests.map(({ spanId }) => spanId))).toEqual(responses);
  });

  test('belong to spans that are sent, or to a turn that nothing ended', () => {
    const known = new Set([...spans.map(({ spanId }) => spanId), ...spans.map(({ parentSpanId }) => parentSpanId)]);
    const official = logs.filter(
      ({ eventName, spanId }) => eventName.startsWith('claude_code.') && spanId !== undefined,
    );
    const lost = official.filter(({ spanId }) => !known.has(spanId));
    expect(lost.length / official.length).toBeLessThan(0.05);
  });

  test('of our own hold what the others have no place for, and nothing that all records have', () => {
    expect(OWN_EVENT_FIELDS.has('client_cost_usd')).toBe(true);
    expect(OWN_EVENT_FIELDS.has('source_file')).toBe(false);
    expect(OWN_EVENT_FIELDS.has('cost_usd')).toBe(false);
  });
});
