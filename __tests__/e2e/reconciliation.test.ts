import { appendFileSync, readdirSync, readFileSync, statSync } from 'node:fs';
import { join } from 'node:path';
import { afterEach, beforeEach, describe, expect, test } from '@jest/globals';
import { startLoopbackServer, type LoopbackServer } from '../helpers/loopback-server.ts';
import { makeSandbox, type Sandbox } from '../helpers/sandbox.ts';

type Values = { [field: string]: unknown };

/** By the start of the session: what its record says of the gap between the client's total and the responses. */
const EXPECTED: { [session: string]: Values } = {
  '0f97aa79': { residual_cost_usd: 0.0197874, residual_reasons: ['compaction'] },
  '7b2f992e': { residual_cost_usd: 0.022372, residual_reasons: ['web_search'] },
  '4a84827b': { residual_cost_usd: 0.0026, residual_reasons: ['interrupted'] },
  '9ffee117': { residual_cost_usd: 0, residual_reasons: [], client_cost_usd: 0.1873222, carried_cost_usd: 0 },
  // The fork of the session above.
  f204dd91: { residual_cost_usd: 0, residual_reasons: [], client_cost_usd: 0.1873022, carried_cost_usd: 0.167434 },
  '00000000': { residual_cost_usd: 0, residual_reasons: [], client_cost_usd: 0.0164528 },
};

let sandbox: Sandbox;
let server: LoopbackServer;
beforeEach(async () => {
  sandbox = makeSandbox(['2.1.329-compact', '2.1.329-websearch', '2.1.329-tuiinterrupt', '2.1.329-multiturn']);
  server = await startLoopbackServer();
  const flags = ['--local', '--endpoint', `${server.url}/records`, '--redaction'];
  expect((await sandbox.stopwire(['install', ...flags])).code).toBe(0);
});
afterEach(async () => {
  await server.close();
  sandbox.remove();
});

function reconciliations(records: readonly Values[]): Values[] {
  return records.filter(({ type }) => type === 'reconciliation');
}

/** What the server was sent, in order. */
function received(): Values[] {
  return reconciliations(server.requests.flatMap(({ body }): Values[] => JSON.parse(body).records));
}

async function stored(): Promise<Values[]> {
  return reconciliations(await sandbox.exported());
}

/** What the records say of what is expected, by the start of their session. */
function told(records: readonly Values[]): { [session: string]: Values } {
  const entries = records.map((record) => {
    const session = String(record['session_id']).slice(0, 8);
    return [session, Object.fromEntries(Object.keys(EXPECTED[session] ?? {}).map((name) => [name, record[name]]))];
  });
  return Object.fromEntries(entries);
}

/** Another process of the client ends, and has spent so much more. */
function endAnotherProcess(folder: string, moreUsd: number): void {
  const name = readdirSync(join(sandbox.claude, 'projects', folder)).find((file) => file.endsWith('.jsonl')) ?? '';
  const path = join(sandbox.claude, 'projects', folder, name);
  const lines = readFileSync(path, 'utf8').trimEnd().split('\n');
  const last = lines.map((line) => JSON.parse(line)).findLast(({ type }) => type === 'cost-state');
  appendFileSync(path, `${JSON.stringify({ ...last, totalCostUSD: last.totalCostUSD + moreUsd })}\n`);
}

describe('the reconciliation of a session', () => {
  test('is stored and delivered once, and once more for each change', async () => {
    await sandbox.fireAndSettle();
    expect(told(await stored())).toEqual(EXPECTED);
    expect(told(received())).toEqual(EXPECTED);
    expect(received()).toHaveLength(Object.keys(EXPECTED).length);

    await sandbox.fireAndSettle();
    expect(received()).toHaveLength(Object.keys(EXPECTED).length);

    endAnotherProcess('2.1.329-compact', 0.01);
    await sandbox.fireAndSettle();
    const renewed = { ...EXPECTED, '0f97aa79': { residual_cost_usd: 0.0297874, residual_reasons: ['compaction'] } };
    expect(told(await stored())).toEqual(renewed);
    expect(received()).toHaveLength(Object.keys(EXPECTED).length + 1);
    expect(told(received())).toEqual(renewed);
    const ids = received().map(({ id }) => id);
    expect(new Set(ids).size).toBe(Object.keys(EXPECTED).length);

    await sandbox.fireAndSettle();
    expect(received()).toHaveLength(ids.length);
  });

  test('is stored and delivered by stopwire run, too', async () => {
    expect((await sandbox.stopwire(['run'])).code).toBe(0);
    expect(told(await stored())).toEqual(EXPECTED);
    expect(told(received())).toEqual(EXPECTED);
  });

  test('reaches a server that was down, when it is there again', async () => {
    server.script({ status: 503 });
    await sandbox.stopwire(['run']);
    expect(told(await stored())).toEqual(EXPECTED);
    const before = server.requests.length;
    server.script({});
    await sandbox.stopwire(['run']);
    const bodies = server.requests.slice(before).map(({ body }): { records: Values[] } => JSON.parse(body));
    expect(told(reconciliations(bodies.flatMap(({ records }) => records)))).toEqual(EXPECTED);
  });

  test('counts as no cost: not in a question of cost, nor in totals, nor when prices change', async () => {
    await sandbox.stopwire(['run']);
    const costs = JSON.parse((await sandbox.stopwire(['cost', '--json'])).stdout);
    const none = await sandbox.stopwire(['cost', '--session', 'no-such-session']);
    expect([none.code, none.stderr]).toEqual([0, 'No recorded response matches.\n']);
    const records = await sandbox.exported();
    const sum = records.reduce((all, { incremental_cost_usd: cost }) => all + (typeof cost === 'number' ? cost : 0), 0);
    const attributed = reconciliations(records).reduce((all, { attributed_cost_usd: cost }) => all + Number(cost), 0);
    expect(costs.total.costUsd).toBeCloseTo(sum, 9);
    expect(costs.total.costUsd).toBeCloseTo(attributed, 9);
    const repriced = JSON.parse((await sandbox.stopwire(['reprice', '--json'])).stdout);
    expect(repriced).toMatchObject({ responses: costs.total.responses, changed: 0 });
    expect(reconciliations(await sandbox.exported())).toEqual(reconciliations(records));
  });

  test('is kept in a file for its owner alone, which tells no text of anyone', async () => {
    await sandbox.stopwire(['run']);
    const path = join(sandbox.state, 'reconciliations.jsonl');
    expect(statSync(path).mode & 0o777).toBe(0o600);
    const keys = readFileSync(path, 'utf8')
      .trimEnd()
      .split('\n')
      .flatMap((line) => Object.keys(JSON.parse(line)));
    expect([...new Set(keys)].filter((key) => !key.endsWith('Usd')).toSorted()).toEqual([
      'models',
      'project',
      'reasons',
      'sessionId',
      'timestamp',
      'type',
      'unpricedResponses',
    ]);
  });
});
