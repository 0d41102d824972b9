/** Ways to fill a column, each with the words that the reference has for it. */
import type { MessageRecord } from '../../fields/index.ts';
import { isJson } from '../../lib/json.ts';

/** How a column is filled. */
export interface Rule {
  /** The field whose value it is; left out where the value is made. */
  field?: keyof MessageRecord;
  /** How the value is made or changed, and on which lines. */
  rule?: string;
  /** What the rule says, as code; without it, the field's value is taken as it is. */
  value?: (record: MessageRecord) => unknown;
}

type FieldName = keyof MessageRecord;

export const orZero = (field: FieldName): Rule => {
  return { field, rule: '0 where it is absent', value: (record) => record[field] ?? 0 };
};

export const orFalse = (field: FieldName): Rule => {
  return { field, rule: 'false where it is absent', value: (record) => record[field] ?? false };
};

export const orField = (field: FieldName, other: FieldName): Rule => {
  return { field, rule: `else \`${other}\``, value: (record) => record[field] ?? record[other] };
};

/** A text that is no JSON goes in as a JSON string, so that a reader can parse whatever stands in the column. */
export const asJson = (field: FieldName, other?: FieldName): Rule => {
  const words = other === undefined ? '' : `else \`${other}\`; `;
  return {
    field,
    rule: `${words}a text that is no JSON in quotes`,
    value: (record) => jsonOf(record[field] ?? (other && record[other])),
  };
};

export const onType = (field: FieldName, ...types: readonly [string, ...string[]]): Rule => {
  const words = types.map((type) => `\`${type}\``).join(' and ');
  return {
    field,
    rule: `on lines of type ${words}`,
    value: (record) => (types.includes(record.type) ? record[field] : undefined),
  };
};

export const always = (value: unknown): Rule => {
  return { rule: `always ${typeof value === 'string' ? `\`${value}\`` : String(value)}`, value: () => value };
};

function jsonOf(value: unknown): unknown {
  const isText = typeof value === 'string' && !(/^[{[]/.test(value) && isJson(value));
  return isText ? JSON.stringify(value) : value;
}
