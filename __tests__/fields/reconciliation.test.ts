import { describe, expect, test } from '@jest/globals';
import { identityFields } from '../../src/fields/identity.ts';
import type { MessageRecord } from '../../src/fields/index.ts';
import { reconciliationFields } from '../../src/fields/reconciliation.ts';
import { sessionFields } from '../../src/fields/session.ts';
import { reconciliationLine } from '../../src/insights/reconciliation-line.ts';
import type { Reconciliation } from '../../src/insights/reconciliation.ts';
import { redactor } from '../../src/pipeline/redact.ts';
import type { Line } from '../../src/types.ts';
import { valuesOf } from '../helpers/hand-made.ts';
import { mapFile } from '../helpers/mapped.ts';
import { schemaErrors } from '../helpers/record-schema.ts';

const SAME_TOKENS = { inputTokens: 0, outputTokens: 0, cacheReadTokens: 0, cacheCreationTokens: 0, webSearches: 0 };

function modelOf(model: string, cost: bigint): Reconciliation['models'][number] {
  return { ...SAME_TOKENS, model, cost, hasSameTokens: false, isUnseen: false };
}

const RECONCILIATION: Reconciliation = {
  sessionId: 's1',
  project: '/home/dev/shop',
  timestamp: '2026-05-01T12:00:00.000Z',
  clientCost: 1_250_000_000_001n,
  attributedCost: 1_000_000_000_000n,
  carriedCost: 125_000_000_000n,
  laterCost: 7_000_000_000n,
  residualCost: 125_000_000_001n,
  unpricedResponses: 2,
  reasons: ['compaction', 'unpriced'],
  models: [modelOf('claude-opus-5-5', 126_000_000_001n), modelOf('claude-haiku-4-5', -1_000_000_000n)],
};

/** The records of lines in the file of a source. */
function recordsOf(source: string, ...values: Line[]): MessageRecord[] {
  const lines = values.map((value, index) => {
    const bytes = Buffer.from(JSON.stringify(value));
    return { value, start: index * 1000, bytes };
  });
  const place = { path: '/state/reconciliations.jsonl', projectFolder: '', sessionId: '' };
  return mapFile({ transcript: { source, ...place, size: lines.length * 1000, mtimeMs: 0 }, lines });
}

function described(...all: Reconciliation[]): MessageRecord[] {
  return recordsOf('reconciliations', ...all.map((one): Line => JSON.parse(reconciliationLine(one))));
}

describe('a reconciliation', () => {
  const [record] = described(RECONCILIATION);

  test('says what the client has, what the records have, and what is left', () => {
    expect(record?.client_cost_usd).toBe(1.250000000001);
    expect(valuesOf(reconciliationFields, record)).toEqual({
      client_cost_pico_usd: '1250000000001',
      attributed_cost_usd: 1,
      attributed_cost_pico_usd: '1000000000000',
      carried_cost_usd: 0.125,
      carried_cost_pico_usd: '125000000000',
      later_cost_usd: 0.007,
      later_cost_pico_usd: '7000000000',
      residual_cost_usd: 0.125000000001,
      residual_cost_pico_usd: '125000000001',
      unpriced_responses: 2,
      residual_reasons: ['compaction', 'unpriced'],
      residual_models: ['claude-haiku-4-5', 'claude-opus-5-5'],
      residual_models_pico_usd: ['-1000000000', '126000000001'],
    });
  });

  test('belongs to its session, at the time of the total', () => {
    expect(valuesOf(sessionFields, record)).toEqual({
      timestamp: '2026-05-01T12:00:00.000Z',
      session_id: 's1',
      project: '/home/dev/shop',
      project_name: 'shop',
    });
    expect(valuesOf(identityFields, record)).toEqual({
      id: record?.id,
      type: 'reconciliation',
      derived: true,
    });
  });

  test('says where it was written and by what', () => {
    expect(record).toMatchObject({
      source: 'reconciliations',
      line_number: 0,
      host_name: 'lab',
      stopwire_version: '0.0.0',
    });
  });

  test('has one id for its session, whatever it says and wherever it stands', () => {
    const other = { ...RECONCILIATION, sessionId: 's2' };
    const ids = described(other, RECONCILIATION, { ...RECONCILIATION, residualCost: 0n }, other).map(({ id }) => id);
    expect(ids).toEqual([ids[0], record?.id, record?.id, ids[0]]);
    expect(ids[0]).not.toBe(record?.id);
  });

  test('tells nothing of the line before it', () => {
    const [, second] = described(RECONCILIATION, {
      ...RECONCILIATION,
      sessionId: 's2',
      project: undefined,
      timestamp: undefined,
    });
    expect(valuesOf(sessionFields, second)).toEqual({ session_id: 's2' });
  });

  test('is as the schema says, and redaction takes nothing out of it', () => {
    expect(record && schemaErrors(record)).toEqual([]);
    expect(record && valuesOf(reconciliationFields, redactor('content')(record))).toEqual(
      valuesOf(reconciliationFields, record),
    );
  });

  test('is none where a transcript of the client says so', () => {
    const [claimed] = recordsOf('claude-code', { type: 'reconciliation', sessionId: 's1', clientCostUsd: 7 });
    expect(claimed).toMatchObject({ type: 'reconciliation', unknown: true });
    expect(claimed?.derived).toBeUndefined();
    expect(claimed?.client_cost_usd).toBeUndefined();
  });

  test.each([
    ['amounts', { residualCostPicoUsd: 'much', residualCostUsd: '1', clientCostUsd: null }],
    ['lists', { reasons: 'compaction', models: [1, null], modelCostsPicoUsd: ['x'] }],
  ])('leaves out %s of another type', (_, values) => {
    const [found] = recordsOf('reconciliations', { type: 'reconciliation', sessionId: 's1', ...values });
    const { residual_reasons: reasons, residual_models: models, ...rest } = valuesOf(reconciliationFields, found);
    expect([reasons, models, rest]).toEqual([[], [], { residual_models_pico_usd: [] }]);
  });
});
