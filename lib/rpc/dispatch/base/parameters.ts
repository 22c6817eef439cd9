/** Typed parameters: names with values. A client first asks how many there are. */
import { parameterTypes } from '../../protocol/values';
import type { Parameter } from '../../protocol/values';
import { WireError } from './wire-error';

/** As many as the client has room for; none when it only asks how many there are. */
export function asked<T>(all: readonly T[], most: number): readonly T[] {
  return most <= 0 ? [] : all.slice(0, most);
}

export function unsignedHyperOf(field: string, value: bigint | number): Parameter {
  return { field, value: { type: parameterTypes.unsignedHyper, value: BigInt(value) } };
}

export function hyperOf(field: string, value: bigint | number): Parameter {
  return { field, value: { type: parameterTypes.hyper, value: BigInt(value) } };
}

export function uintOf(field: string, value: number): Parameter {
  return { field, value: { type: parameterTypes.uint, value } };
}

export function intOf(field: string, value: number): Parameter {
  return { field, value: { type: parameterTypes.int, value } };
}

export function textOf(field: string, value: string): Parameter {
  return { field, value: { type: parameterTypes.text, value } };
}

/** The numbers that a client has given, by name. @throws WireError ARGUMENT_UNSUPPORTED for an unknown name, INVALID_ARG for a text. */
export function numberIn(
  parameters: readonly Parameter[],
  known: readonly string[],
): Map<string, number> {
  return new Map(
    parameters.map(({ field, value }) => {
      checkKnown(field, known);
      if (value.type === parameterTypes.text) throw wrongType(field);
      return [field, Number(value.value)];
    }),
  );
}

/** @throws WireError in libvirt's words for an unknown name. */
function checkKnown(field: string, known: readonly string[]): void {
  if (known.includes(field)) return;
  throw new WireError('ARGUMENT_UNSUPPORTED', `parameter '${field}' not supported`);
}

export function wrongType(field: string): WireError {
  return new WireError('INVALID_ARG', `invalid type for parameter '${field}'`);
}
