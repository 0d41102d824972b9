/** What the rest of the program needs to know of records: their fields, how a line fills them, and the fold behind it. */
export type { Capture } from './capture.ts';
export { fillCost, type Cost } from './cost.ts';
export type { Field, Privacy } from './field.ts';
export { describeLine, describeReconciliation, describeSession, describeTurn } from './describe.ts';
export { fieldGroups, fields, type MessageRecord } from './record.ts';
export { isReconciliation } from './reconciliation.ts';
export { openTurn, SILENCE_MS, type Abandoned } from '../fold/abandoned.ts';
export { advance, endBySilence, type Step } from '../fold/advance.ts';
export { withCost, type Charge } from '../fold/cost.ts';
export { emptyContext, keptContext } from '../fold/empty.ts';
export { isSettled } from '../fold/settle.ts';
export { partsOf } from '../line/parts.ts';
export type { Result, Scope } from './scope.ts';
