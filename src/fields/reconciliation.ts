/** How far the recorded cost of a session agrees with the client's own total. On records of type `reconciliation`. */
import { asArray, asCount, asNumber, asString } from '../lib/json.ts';
import type { Line } from '../types.ts';
import { count, fieldGroup, picoUsd, usd, words, type ValuesOf } from './field.ts';
import type { Scope } from './scope.ts';

/** What the lines are called, and the source that finds them: a line of that type from elsewhere is none of ours. */
export const RECONCILIATION = 'reconciliation';
export const RECONCILIATIONS = 'reconciliations';

const EXACT = 'the same, before it becomes a floating-point number';

export const reconciliationFields = fieldGroup({
  client_cost_pico_usd: picoUsd('client_cost_usd, to the nearest 10⁻¹² USD', 'What the differences are taken from.'),
  attributed_cost_usd: usd(
    'cost_pico_usd, once per message id',
    "List price of the session's own responses up to the client's last total.",
  ),
  attributed_cost_pico_usd: picoUsd(EXACT, 'The exact amount as a whole number.'),
  carried_cost_usd: usd(
    'the same, of responses that another session made',
    'What the total repeats of the session that this one was forked from.',
  ),
  carried_cost_pico_usd: picoUsd(EXACT, 'The exact amount as a whole number.'),
  later_cost_usd: usd("the same, of responses after the client's last total", 'What that total cannot hold yet.'),
  later_cost_pico_usd: picoUsd(EXACT, 'The exact amount as a whole number.'),
  residual_cost_usd: usd(
    'client_cost_usd less attributed_cost_usd and carried_cost_usd',
    'What the client has more than the records; less where it is negative.',
  ),
  residual_cost_pico_usd: picoUsd(EXACT, 'The exact amount as a whole number.'),
  unpriced_responses: count(
    'cost_status',
    'Responses without a price: with any, the attributed and carried costs are lower bounds.',
  ),
  residual_reasons: words(
    'signs in the records of the session',
    'What the residual can come from: `compaction`, `web_search`, `interrupted`, `empty_answer`, `background_calls`, `forked_total`, `two_processes`, `lost_total`, `price_difference`, `unpriced`, `unknown`; none where the two agree.',
  ),
  residual_models: words('the models on either side', 'The models whose cost differs, by name.'),
  residual_models_pico_usd: {
    type: 'strings',
    unit: '10⁻¹² USD',
    privacy: 'metric',
    source: 'the same',
    about: 'The residual of each of them, in their order.',
  },
});

type Values = ValuesOf<typeof reconciliationFields> & { client_cost_usd?: number | undefined };

export function fillReconciliation(record: Values, { parts: { line } }: Scope): void {
  record.client_cost_usd = asNumber(line['clientCostUsd']);
  record.client_cost_pico_usd = exact(line['clientCostPicoUsd']);
  record.attributed_cost_usd = asNumber(line['attributedCostUsd']);
  record.attributed_cost_pico_usd = exact(line['attributedCostPicoUsd']);
  record.carried_cost_usd = asNumber(line['carriedCostUsd']);
  record.carried_cost_pico_usd = exact(line['carriedCostPicoUsd']);
  record.later_cost_usd = asNumber(line['laterCostUsd']);
  record.later_cost_pico_usd = exact(line['laterCostPicoUsd']);
  record.residual_cost_usd = asNumber(line['residualCostUsd']);
  record.residual_cost_pico_usd = exact(line['residualCostPicoUsd']);
  record.unpriced_responses = asCount(line['unpricedResponses']);
  record.residual_reasons = texts(line, 'reasons');
  record.residual_models = texts(line, 'models');
  record.residual_models_pico_usd = texts(line, 'modelCostsPicoUsd').flatMap((text) => exact(text) ?? []);
}

/** Whether a line is one of ours, and not one that only says so. */
export function isReconciliation({ parts, file }: Pick<Scope, 'parts' | 'file'>): boolean {
  return parts.type === RECONCILIATION && file.transcript.source === RECONCILIATIONS;
}

function exact(value: unknown): string | undefined {
  const text = asString(value);
  return text !== undefined && /^-?\d{1,40}$/.test(text) ? text : undefined;
}

function texts(line: Line, name: string): string[] {
  return (asArray(line[name]) ?? []).flatMap((value) => asString(value) ?? []);
}
