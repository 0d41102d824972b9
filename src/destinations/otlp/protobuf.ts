/** Protocol Buffers: an object of the JSON shape, written as its schema says, and the little that is read of an answer. */
import { isObject } from '../../lib/json.ts';
import type { Message, Scalar } from './schema.ts';

/** Wire types (the encoding guide of Protocol Buffers, "Message Structure"). */
const VARINT = 0;
const FIXED64 = 1;
const LENGTH_DELIMITED = 2;

/** The message as bytes. Fields that are undefined are left out; those that the schema does not name are a bug. */
export function encode(schema: Message, message: object): Buffer {
  const writer: Writer = { bytes: Buffer.allocUnsafe(65_536), length: 0 };
  writeFields(writer, planOf(schema), message);
  return writer.bytes.subarray(0, writer.length);
}

/** The fields of a message by number, as far as they are varints (as numbers) or length-delimited (as bytes). */
export function decode(bytes: Buffer): Map<number, number | Buffer> {
  const fields = new Map<number, number | Buffer>();
  let at = 0;
  const varint = (): number => {
    let value = 0;
    for (let scale = 1; at < bytes.length; scale *= 128) {
      const byte = bytes[at++] ?? 0;
      value += (byte & 127) * scale;
      if (byte < 128) break;
    }
    return value;
  };
  while (at < bytes.length) {
    const tag = varint();
    const wireType = tag % 8;
    if (wireType !== VARINT && wireType !== LENGTH_DELIMITED) break;
    const value = varint();
    if (wireType === VARINT) fields.set(Math.floor(tag / 8), value);
    else fields.set(Math.floor(tag / 8), bytes.subarray(at, (at += value)));
  }
  return fields;
}

interface Writer {
  bytes: Buffer;
  length: number;
}

interface PlannedField {
  name: string;
  tag: number;
  kind: Scalar | (() => Plan);
}

type Plan = readonly PlannedField[];

const plans = new WeakMap<Message, Plan>();

/** The schema's fields with their tags, worked out once. */
function planOf(schema: Message): Plan {
  const known = plans.get(schema);
  if (known !== undefined) return known;
  const plan = Object.entries(schema).map(([name, [number, kind]]): PlannedField => {
    if (typeof kind === 'string') return { name, tag: number * 8 + WIRE_TYPES[kind], kind };
    let nested: Plan | undefined;
    return { name, tag: number * 8 + LENGTH_DELIMITED, kind: () => (nested ??= planOf(kind())) };
  });
  plans.set(schema, plan);
  return plan;
}

const WIRE_TYPES: { readonly [Kind in Scalar]: number } = {
  string: LENGTH_DELIMITED,
  hex: LENGTH_DELIMITED,
  doubles: LENGTH_DELIMITED,
  fixed64s: LENGTH_DELIMITED,
  bool: VARINT,
  int64: VARINT,
  enum: VARINT,
  fixed64: FIXED64,
  double: FIXED64,
};

function writeFields(writer: Writer, plan: Plan, message: unknown): void {
  if (!isObject(message)) return;
  for (const { name, tag, kind } of plan) {
    const value = message[name];
    if (value === undefined) continue;
    if (typeof kind === 'string') writeScalar(writer, tag, kind, value);
    else for (const one of Array.isArray(value) ? value : [value]) writeNested(writer, tag, kind(), one);
  }
}

function writeNested(writer: Writer, tag: number, plan: Plan, message: unknown): void {
  writeVarint(writer, tag);
  writeDelimited(writer, () => writeFields(writer, plan, message));
}

function writeScalar(writer: Writer, tag: number, kind: Scalar, value: unknown): void {
  writeVarint(writer, tag);
  switch (kind) {
    case 'string':
      return writeText(writer, String(value), 'utf8');
    case 'hex':
      return writeText(writer, String(value), 'hex');
    case 'bool':
      return writeVarint(writer, value === true ? 1 : 0);
    case 'enum':
      return writeVarint(writer, Number(value));
    case 'int64':
      return writeInt64(writer, String(value));
    case 'fixed64':
      return writeFixed64(writer, String(value));
    case 'double':
      return writeDouble(writer, Number(value));
    default:
      return writeDelimited(writer, () => {
        for (const one of Array.isArray(value) ? value : []) {
          if (kind === 'doubles') writeDouble(writer, Number(one));
          else writeFixed64(writer, String(one));
        }
      });
  }
}

function writeText(writer: Writer, text: string, encoding: 'utf8' | 'hex'): void {
  const length = Buffer.byteLength(text, encoding);
  writeVarint(writer, length);
  reserve(writer, length);
  writer.length += writer.bytes.write(text, writer.length, encoding);
}

/** A length is known once its bytes are there: they are moved where it takes more than the one byte left for it. */
function writeDelimited(writer: Writer, write: () => void): void {
  reserve(writer, 1);
  const start = (writer.length += 1);
  write();
  const length = writer.length - start;
  const more = varintBytes(length) - 1;
  reserve(writer, more);
  if (more > 0) writer.bytes.copyWithin(start + more, start, writer.length);
  writer.length = start - 1;
  writeVarint(writer, length);
  writer.length += length;
}

function varintBytes(value: number): number {
  let bytes = 1;
  for (let rest = value; rest >= 128; rest = Math.floor(rest / 128)) bytes += 1;
  return bytes;
}

/** Of a whole number from 0 up. */
function writeVarint(writer: Writer, value: number): void {
  reserve(writer, 10);
  let rest = value;
  for (; rest >= 128; rest = Math.floor(rest / 128)) writer.bytes[writer.length++] = (rest % 128) + 128;
  writer.bytes[writer.length++] = rest;
}

/** A negative one is written as its two's complement, in ten bytes. */
function writeInt64(writer: Writer, decimal: string): void {
  const value = Number(decimal);
  if (value >= 0 && Number.isSafeInteger(value)) return writeVarint(writer, value);
  reserve(writer, 10);
  let rest = BigInt.asUintN(64, BigInt(decimal));
  for (; rest >= 128n; rest >>= 7n) writer.bytes[writer.length++] = Number(rest & 127n) + 128;
  writer.bytes[writer.length++] = Number(rest);
}

function writeFixed64(writer: Writer, decimal: string): void {
  reserve(writer, 8);
  writer.length = writer.bytes.writeBigInt64LE(BigInt(decimal), writer.length);
}

function writeDouble(writer: Writer, value: number): void {
  reserve(writer, 8);
  writer.length = writer.bytes.writeDoubleLE(value, writer.length);
}

function reserve(writer: Writer, more: number): void {
  if (writer.length + more <= writer.bytes.length) return;
  const larger = Buffer.allocUnsafe((writer.length + more) * 2);
  writer.bytes.copy(larger, 0, 0, writer.length);
  writer.bytes = larger;
}
