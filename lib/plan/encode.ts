/**
 * Encodes a plan as bytes, little-endian. u8, u32 and u64 are plain; a string is its length (u32) and UTF-8 bytes;
 * a list is its count (u32) and its items; an operation is its opcode (u8) and its fields in the table's order; a
 * handle is the position (u32) at which its name was opened. The decoder in native/ refuses everything else.
 */
import {
  accessChoices,
  automountChoices,
  depthChoices,
  missingChoices,
  operationFields,
} from './operation';
import { commandHeaderFields, fittingHeaderFields, headerFields } from './plan';
import type { FieldType, Operation, OperationName } from './operation';
import type { CommandPlan, FittingPlan, Plan } from './plan';

/** First u32 of a plan: changes whenever the bytes of a plan change their meaning. */
export const planVersion = 13;

/** The same for the plan of a command. */
export const commandPlanVersion = 4;

/** The same for the plan that changes the devices of a running container. */
export const fittingPlanVersion = 3;

const choices: Partial<Record<FieldType, readonly string[]>> = {
  depth: depthChoices,
  missing: missingChoices,
  automount: automountChoices,
  access: accessChoices,
};

const names = Object.keys(operationFields) as OperationName[];

/** The number that stands for an operation in the bytes. */
export function opcode(name: OperationName): number {
  return names.indexOf(name) + 1;
}

export function encodePlan({ header, outside, mapped, again, inside }: Plan): Buffer {
  return encoded(planVersion, headerFields, { header, lists: [outside, mapped, again, inside] });
}

export function encodeCommandPlan({ header, outside, inside, command }: CommandPlan): Buffer {
  const lists = [outside, inside, command];
  return encoded(commandPlanVersion, commandHeaderFields, { header, lists });
}

export function encodeFittingPlan({ header, outside, inside, attached }: FittingPlan): Buffer {
  const lists = [outside, inside, attached];
  return encoded(fittingPlanVersion, fittingHeaderFields, { header, lists });
}

/** What plans of all kinds consist of: a version, the fields of a header, and lists of operations. */
function encoded<Name extends string>(
  version: number,
  fields: Readonly<Record<Name, FieldType>>,
  plan: {
    readonly header: Readonly<Record<Name, unknown>>;
    readonly lists: readonly (readonly Operation[])[];
  },
): Buffer {
  const writer = new Writer();
  writer.u32(version);
  for (const name of Object.keys(fields) as Name[]) writer.field(fields[name], plan.header[name]);
  for (const operations of plan.lists) writer.operations(operations);
  return writer.finish();
}

/**
 * For tests alone: nothing in lib/ calls it. A list of operations without a header, as the addon's `runOperations` takes it, to run
 * them outside a container.
 */
export function encodeOperations(operations: readonly Operation[]): Buffer {
  const writer = new Writer();
  writer.operations(operations);
  return writer.finish();
}

/** The bytes of lists of words: one and the same filter is in most plans, and in that of each command. */
const knownWords = new WeakMap<readonly number[], Buffer>();

function wordsOf(values: readonly number[]): Buffer {
  const known = knownWords.get(values);
  if (known !== undefined) return known;
  const bytes = Buffer.alloc(4 * values.length);
  for (const [index, value] of values.entries()) bytes.writeUInt32LE(value, 4 * index);
  knownWords.set(values, bytes);
  return bytes;
}

class Writer {
  #bytes = Buffer.allocUnsafe(4096);
  #length = 0;
  readonly #handles = new Map<string, number>();

  finish(): Buffer {
    return this.#bytes.subarray(0, this.#length);
  }

  operations(operations: readonly Operation[]): void {
    this.u32(operations.length);
    for (const operation of operations) {
      this.u8(opcode(operation.op));
      const fields: Record<string, FieldType> = operationFields[operation.op];
      for (const name in fields) {
        this.field(
          fields[name] as FieldType,
          (operation as Readonly<Record<string, unknown>>)[name],
        );
      }
    }
  }

  field(type: FieldType, value: unknown): void {
    switch (type) {
      case 'opens':
        this.u32(this.#open(value as string));
        return;
      case 'handle':
        this.u32(this.#handle(value as string));
        return;
      case 'handles':
        this.u32((value as readonly string[]).length);
        for (const item of value as readonly string[]) this.u32(this.#handle(item));
        return;
      case 'string':
        this.string(value as string);
        return;
      case 'strings':
        this.u32((value as readonly string[]).length);
        for (const item of value as readonly string[]) this.string(item);
        return;
      case 'u8':
        this.u8(value as number);
        return;
      case 'u32':
        this.u32(value as number);
        return;
      case 'u64':
        this.u64(value as bigint);
        return;
      case 'u32s':
        this.#words(value as readonly number[]);
        return;
      default:
        this.u8((choices[type] as readonly string[]).indexOf(value as string));
    }
  }

  u8(value: number): void {
    const at = this.#room(1);
    this.#bytes.writeUInt8(value, at);
  }

  u32(value: number): void {
    const at = this.#room(4);
    this.#bytes.writeUInt32LE(value, at);
  }

  u64(value: bigint): void {
    const at = this.#room(8);
    this.#bytes.writeBigUInt64LE(value, at);
  }

  string(value: string): void {
    const length = Buffer.byteLength(value);
    this.u32(length);
    const at = this.#room(length);
    this.#bytes.write(value, at);
  }

  #words(values: readonly number[]): void {
    const bytes = wordsOf(values);
    this.u32(values.length);
    const at = this.#room(bytes.length);
    bytes.copy(this.#bytes, at);
  }

  #open(name: string): number {
    if (this.#handles.has(name)) throw new RangeError(`handle '${name}' is opened twice`);
    this.#handles.set(name, this.#handles.size);
    return this.#handles.size - 1;
  }

  #handle(name: string): number {
    const index = this.#handles.get(name);
    if (index === undefined) throw new RangeError(`handle '${name}' is not open`);
    return index;
  }

  /** Makes room for `size` more bytes; returns where they go. */
  #room(size: number): number {
    const at = this.#length;
    this.#length += size;
    if (this.#length > this.#bytes.length) {
      const larger = Buffer.allocUnsafe(Math.max(this.#bytes.length * 2, this.#length));
      this.#bytes.copy(larger, 0, 0, at);
      this.#bytes = larger;
    }
    return at;
  }
}
