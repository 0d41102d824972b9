/** What ClickHouse says when it refuses, and what that means for a batch. */
import type { HttpAnswer } from '../../lib/http.ts';
import type { Delivery } from '../destination.ts';
import { nameOf, type Table } from './schema.ts';

export interface Exception {
  /** Of ClickHouse's list of error codes. */
  code: number;
  /** Its name, which newer servers tell. */
  name: string | undefined;
  /** What the table must get before the batch can be taken. */
  lacks?: 'table' | 'column';
  /** The server does not know a column's type, or does not allow it yet. */
  isTypeUnknown: boolean;
  /** The server's own limit on one insert. */
  isTooLarge: boolean;
  status: number;
}

const UNKNOWN_TABLE = 60;
const INCORRECT_DATA = 117;
const TOO_MANY_PARTS = 252;
/** ILLEGAL_COLUMN, UNKNOWN_TYPE. */
const UNKNOWN_TYPES = new Set([44, 50]);

/** One row or another cannot be read, or breaks a rule of the table. */
const REJECTIONS = new Set([6, 25, 26, 27, 33, 38, 41, 69, 72, INCORRECT_DATA, 130, 131, 349, 441, 469, 675]);
/** TOO_MANY_ROWS, TOO_MANY_BYTES, TOO_MANY_ROWS_OR_BYTES. */
const LIMITS = new Set([158, 307, 396]);

const LOGIN = 'user or password are wrong; check the options user and apiKey';
const RIGHTS = 'the user may not do this; check its rights';

const HOLDS: { readonly [code: number]: string } = {
  115: 'this server is too old for a setting; set the option asyncInsert to false',
  164: RIGHTS,
  192: LOGIN,
  193: LOGIN,
  194: LOGIN,
  195: 'the user may not connect from this address',
  291: RIGHTS,
  392: RIGHTS,
  497: RIGHTS,
  516: LOGIN,
};

/**
 * The exception in an answer, if there is one. It can come behind a status of 200, which is sent before the query has
 * ended, and old servers tell the code in the text alone.
 */
export function exceptionOf({ status, headers, body }: HttpAnswer): Exception | undefined {
  const written = /^Code: (\d+)[.,].*DB::Exception/m.exec(body)?.[1] ?? headers['x-clickhouse-exception-code'];
  if (written === undefined) return undefined;
  const code = Number(written);
  const name = /\(([A-Z][A-Z_]+)\)\s*(?:\(version|$)/.exec(body)?.[1];
  const isTooLarge = LIMITS.has(code) || (code === TOO_MANY_PARTS && body.includes('partitions'));
  const lacks = lackOf(code, body);
  return {
    code,
    name,
    status,
    isTypeUnknown: UNKNOWN_TYPES.has(code),
    isTooLarge,
    ...(lacks !== undefined && { lacks }),
  };
}

/** Its words name no data: those of the server quote the row that it could not read. */
export function outcomeOfException(exception: Exception, table: Table): Delivery {
  const { code, name, status, lacks, isTooLarge } = exception;
  const said = `ClickHouse says ${name ?? 'an exception'} (code ${code})`;
  if (lacks === 'column') return { kind: 'retry', reason: `${said}: the table lacks columns of this version` };
  if (isTooLarge) return { kind: 'rejected', reason: said, tooLarge: true };
  if (REJECTIONS.has(code)) return { kind: 'rejected', reason: `${said}: it cannot read a row` };
  const advice = adviceOn(code, table);
  if (advice !== undefined) return { kind: 'hold', reason: `${said}: ${advice}` };
  return { kind: status >= 400 && status < 500 ? 'hold' : 'retry', reason: said };
}

function lackOf(code: number, body: string): Exception['lacks'] {
  if (code === UNKNOWN_TABLE) return 'table';
  return code === INCORRECT_DATA && body.includes('Unknown field') ? 'column' : undefined;
}

function adviceOn(code: number, table: Table): string | undefined {
  if (code === UNKNOWN_TABLE) {
    return `there is no table ${nameOf(table)}; create it with schema/clickhouse.sql, which comes with stopwire`;
  }
  if (code === 81) return `there is no database ${table.database}; create it with CREATE DATABASE ${table.database}`;
  return HOLDS[code];
}
