import { describe, expect, test } from '@jest/globals';
import { metricsOf } from '../../../src/destinations/otlp/metrics.ts';
import type { KeyValue, Metric } from '../../../src/destinations/otlp/model.ts';
import type { MessageRecord } from '../../../src/fields/index.ts';
import { larger, responseOf, type Response } from '../../../src/insights/response.ts';
import { toUsd } from '../../../src/pricing/amount.ts';
import { claimedRecords } from '../../helpers/claimed.ts';
import { fixtureCases } from '../../helpers/fixtures.ts';

describe.each(fixtureCases())('the metrics of %s', (name) => {
  const records = claimedRecords(name);
  const metrics = metricsOf(records);

  test('add up to the tokens of its responses, each counted once', () => {
    const responses = [...responsesOf(records).values()];
    const total = (field: (response: Response) => number): number =>
      responses.reduce((sum, one) => sum + field(one), 0);
    expect(sumBy(metrics, 'claude_code.token.usage', 'type')).toEqual(
      withoutZeros({
        input: total(({ inputTokens }) => inputTokens),
        output: total(({ outputTokens }) => outputTokens),
        cacheRead: total(({ cacheReadTokens }) => cacheReadTokens),
        cacheCreation: total(({ cacheCreationTokens }) => cacheCreationTokens),
      }),
    );
  });

  test('add up to what its responses cost', () => {
    const cost = [...responsesOf(records).values()].reduce((sum, { costPicoUsd = 0n }) => sum + costPicoUsd, 0n);
    const sums = Object.values(sumBy(metrics, 'claude_code.cost.usage', 'model'));
    expect(sums.reduce((sum, one) => sum + one, 0)).toBeCloseTo(toUsd(cost), 10);
  });

  test('add up the same over single records, but for durations', () => {
    const one = records.flatMap((record) => metricsOf([record]));
    for (const metric of ['claude_code.token.usage', 'claude_code.lines_of_code.count', 'claude_code.session.count']) {
      expect(sumBy(one, metric, 'type')).toEqual(sumBy(metrics, metric, 'type'));
    }
  });

  test('are deltas over a time that has a length', () => {
    for (const { sum, histogram } of metrics) {
      expect((sum ?? histogram)?.aggregationTemporality).toBe(1);
      for (const { startTimeUnixNano, timeUnixNano } of (sum ?? histogram)?.dataPoints ?? []) {
        expect(BigInt(startTimeUnixNano)).toBeLessThan(BigInt(timeUnixNano));
      }
    }
  });

  test('have histograms whose buckets hold every value', () => {
    for (const { histogram } of metrics) {
      for (const point of histogram?.dataPoints ?? []) {
        expect(point.bucketCounts.length).toBe(point.explicitBounds.length + 1);
        expect(point.bucketCounts.reduce((sum, count) => sum + Number(count), 0)).toBe(Number(point.count));
        expect(point.min).toBeLessThanOrEqual(point.max);
      }
    }
  });

  test('have one point for each set of attributes', () => {
    for (const { sum, histogram } of metrics) {
      const sets = ((sum ?? histogram)?.dataPoints ?? []).map(({ attributes }) => JSON.stringify(attributes));
      expect(new Set(sets).size).toBe(sets.length);
    }
  });
});

test('a fork adds nothing for what it copied', () => {
  const all = claimedRecords('2.1.329-multiturn');
  const copies = all.filter(({ is_replay }) => is_replay);
  expect(copies.length).toBeGreaterThan(0);
  expect(metricsOf(copies)).toEqual([]);
});

test('lines, decisions and sessions are counted under the names of the official client', () => {
  const metrics = metricsOf(claimedRecords('2.1.329-fileops'));
  expect(sumBy(metrics, 'claude_code.session.count', 'start_type')).toEqual({ fresh: 1 });
  expect(sumBy(metrics, 'claude_code.lines_of_code.count', 'type')).toEqual(
    sumOfLines(claimedRecords('2.1.329-fileops')),
  );
  expect(Object.keys(sumBy(metrics, 'claude_code.code_edit_tool.decision', 'decision'))).toEqual(['accept']);
  expect(sumBy(metrics, 'claude_code.active_time.total', 'type')['cli']).toBeGreaterThan(0);
});

const RESPONSE: MessageRecord = {
  id: 'a',
  type: 'assistant',
  message_id: 'm',
  cost_status: 'priced',
  timestamp: '2026-01-02T03:04:05Z',
  input_tokens: 16,
  output_tokens: 17,
  total_tokens: 33,
  incremental_total_tokens: 33,
};

test.each([
  ['standard', ''],
  ['fast', 'fast'],
])('what ran at the speed %s is marked "%s"', (speed, mark) => {
  const metrics = metricsOf([{ ...RESPONSE, speed, incremental_input_tokens: 16 }]);
  expect(sumBy(metrics, 'claude_code.token.usage', 'speed')).toEqual({ [mark]: 16 });
});

test('a value that equals a bound belongs to the bucket below it', () => {
  const points = metricsOf([RESPONSE]).find(({ name }) => name === 'gen_ai.client.token.usage')?.histogram?.dataPoints;
  expect(points?.map(({ bucketCounts }) => bucketCounts.indexOf('1'))).toEqual([2, 3]);
});

function responsesOf(records: readonly MessageRecord[]): Map<string, Response> {
  const responses = new Map<string, Response>();
  for (const record of records) {
    const response = record.is_replay ? undefined : responseOf(record);
    if (response === undefined) continue;
    const known = responses.get(response.messageId);
    responses.set(response.messageId, known === undefined ? response : larger(known, response));
  }
  return responses;
}

function sumOfLines(records: readonly MessageRecord[]): { [type: string]: number } {
  const total = (field: 'lines_added' | 'lines_removed'): number =>
    records.reduce((sum, record) => sum + (record[field] ?? 0), 0);
  return withoutZeros({ added: total('lines_added'), removed: total('lines_removed') });
}

/** The values of a metric's points, added up by one of their attributes. */
function sumBy(metrics: readonly Metric[], name: string, attribute: string): { [value: string]: number } {
  const sums: { [value: string]: number } = {};
  for (const metric of metrics.filter((one) => one.name === name)) {
    for (const point of metric.sum?.dataPoints ?? []) {
      const value = textOf(point.attributes, attribute);
      sums[value] = (sums[value] ?? 0) + ('asInt' in point ? Number(point.asInt) : point.asDouble);
    }
  }
  return sums;
}

function textOf(attributes: readonly KeyValue[], name: string): string {
  const value = attributes.find(({ key }) => key === name)?.value;
  return value !== undefined && 'stringValue' in value ? value.stringValue : '';
}

function withoutZeros(values: { [name: string]: number }): { [name: string]: number } {
  return Object.fromEntries(Object.entries(values).filter(([, value]) => value > 0));
}
