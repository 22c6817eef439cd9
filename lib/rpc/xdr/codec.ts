/**
 * XDR encodings as data: a codec for each basic type, and functions that combine codecs into others. The TypeScript types are
 * derived from them, so that the table of procedures states each field only once.
 */
import { ProtocolError } from '../../errors';
import type { XdrReader } from './reader';
import type { XdrWriter } from './writer';

export interface Codec<Value> {
  /** The fewest bytes that a value takes. */
  readonly least: number;
  /** @throws ProtocolError. */
  read(reader: XdrReader): Value;
  write(writer: XdrWriter, value: Value): void;
}

/** The type of the values of a codec. */
export type ValueOf<C> = C extends Codec<infer Value> ? Value : never;

/** The codecs of the fields of a structure, in their order. */
export type Fields = Readonly<Record<string, Codec<unknown>>>;

/** A structure with these fields. */
export type StructureOf<F> = { readonly [Name in keyof F]: ValueOf<F[Name]> };

/** The longest text and the longest bytes, unless a codec says otherwise. */
const longest = 4_194_304;

export const int: Codec<number> = {
  least: 4,
  read: (reader) => reader.int(),
  write: (writer, value) => writer.int(value),
};

export const uint: Codec<number> = {
  least: 4,
  read: (reader) => reader.uint(),
  write: (writer, value) => writer.uint(value),
};

export const hyper: Codec<bigint> = {
  least: 8,
  read: (reader) => reader.hyper(),
  write: (writer, value) => writer.hyper(value),
};

export const unsignedHyper: Codec<bigint> = {
  least: 8,
  read: (reader) => reader.unsignedHyper(),
  write: (writer, value) => writer.unsignedHyper(value),
};

export const double: Codec<number> = {
  least: 8,
  read: (reader) => reader.double(),
  write: (writer, value) => writer.double(value),
};

/** UTF-8; what is read ends at the first NUL. */
export const text: Codec<string> = {
  least: 4,
  read: (reader) => reader.text(reader.length(longest, 1)),
  write: (writer, value) => writer.text(value),
};

/** Bytes, preceded by their length. */
export function opaque(most = longest): Codec<Uint8Array> {
  return {
    least: 4,
    read: (reader) => reader.bytes(reader.length(most, 1)),
    write: (writer, value) => {
      writer.uint(value.length);
      writer.bytes(value);
    },
  };
}

/** Exactly `length` bytes, not preceded by their length. */
export function fixedOpaque(length: number): Codec<Uint8Array> {
  return {
    least: length,
    read: (reader) => reader.bytes(length),
    write: (writer, value) => writer.bytes(value),
  };
}

/** A value that may be missing. */
export function optional<Value>(of: Codec<Value>): Codec<Value | undefined> {
  return {
    least: 4,
    read: (reader) => (reader.flag() ? of.read(reader) : undefined),
    write: (writer, value) => {
      writer.uint(value === undefined ? 0 : 1);
      if (value !== undefined) of.write(writer, value);
    },
  };
}

/** At most `most` values, preceded by their number. */
export function list<Value>(of: Codec<Value>, most: number): Codec<readonly Value[]> {
  return {
    least: 4,
    read: (reader) => {
      const length = reader.length(most, Math.max(1, of.least));
      return times(length, () => of.read(reader));
    },
    write: (writer, values) => {
      writer.uint(values.length);
      for (const value of values) of.write(writer, value);
    },
  };
}

/** Exactly `length` values, not preceded by their number. */
export function tuple<Value>(of: Codec<Value>, length: number): Codec<readonly Value[]> {
  return {
    least: of.least * length,
    read: (reader) => times(length, () => of.read(reader)),
    write: (writer, values) => {
      for (const value of values) of.write(writer, value);
    },
  };
}

/** Calls `make` `count` times; `Array.from` takes several times as long. */
function times<Value>(count: number, make: () => Value): Value[] {
  const values: Value[] = [];
  for (let at = 0; at < count; at += 1) values.push(make());
  return values;
}

/** Fields one after the other. */
export function structure<const F extends Fields>(fields: F): Codec<StructureOf<F>> {
  const entries = Object.entries(fields) as [keyof F & string, Codec<unknown>][];
  return {
    least: entries.reduce((sum, [, { least }]) => sum + least, 0),
    read: (reader) => {
      const value: Record<string, unknown> = {};
      for (const [name, codec] of entries) value[name] = codec.read(reader);
      return value as StructureOf<F>;
    },
    write: (writer, value) => {
      for (const [name, codec] of entries) codec.write(writer, value[name]);
    },
  };
}

/** One of several types of value, preceded by the number of its type. */
export function union<Value extends { readonly type: number }>(
  arms: Readonly<Record<number, Codec<unknown>>>,
): Codec<Value> {
  const armOf = (type: number): Codec<unknown> => {
    const arm = arms[type];
    if (arm === undefined) throw new ProtocolError(`a union has no arm ${type}`);
    return arm;
  };
  return {
    least: 8,
    read: (reader) => {
      const type = reader.int();
      return { type, value: armOf(type).read(reader) } as unknown as Value;
    },
    write: (writer, value) => {
      writer.int(value.type);
      armOf(value.type).write(writer, (value as unknown as { value: unknown }).value);
    },
  };
}
