/** What the table says of one procedure: its number, whether it changes anything, its arguments and its result. */
import { structure } from '../xdr/codec';
import type { Codec, Fields, StructureOf } from '../xdr/codec';

export interface Procedure<Arguments, Result> {
  readonly number: number;
  /** `write`: refused to a read-only client. `open`: also for one that has not opened a connection yet. */
  readonly access: 'read' | 'write' | 'open';
  readonly arguments: Codec<Arguments>;
  readonly result: Codec<Result>;
}

/** The arguments of a procedure. */
export type ArgumentsOf<P> = P extends Procedure<infer Arguments, unknown> ? Arguments : never;

/** The result of a procedure. */
export type ResultOf<P> = P extends Procedure<unknown, infer Result> ? Result : never;

/** Procedures by the name of the libvirt function that they implement, without its `vir`. */
export type Procedures = Readonly<Record<string, Procedure<unknown, unknown>>>;

/** The fields of a procedure's arguments and of its result, in their order. */
interface Signature<A extends Fields, R extends Fields> {
  readonly takes?: A;
  readonly gives?: R;
}

// eslint-disable-next-line @typescript-eslint/no-generated-empty-object-type -- a structure without fields is no more
type Nothing = Readonly<Record<never, never>>;

function procedure<A extends Fields, R extends Fields>(
  number: number,
  access: Procedure<unknown, unknown>['access'],
  { takes, gives }: Signature<A, R>,
): Procedure<StructureOf<A>, StructureOf<R>> {
  return {
    number,
    access,
    arguments: structure(takes ?? ({} as A)),
    result: structure(gives ?? ({} as R)),
  };
}

/** A procedure that changes nothing. */
export function reads<const A extends Fields = Nothing, const R extends Fields = Nothing>(
  number: number,
  signature: Signature<A, R> = {},
): Procedure<StructureOf<A>, StructureOf<R>> {
  return procedure(number, 'read', signature);
}

/** A procedure that changes something, or that libvirt refuses to read-only clients for another reason. */
export function writes<const A extends Fields = Nothing, const R extends Fields = Nothing>(
  number: number,
  signature: Signature<A, R> = {},
): Procedure<StructureOf<A>, StructureOf<R>> {
  return procedure(number, 'write', signature);
}

/** A procedure that may be called before a connection is opened. */
export function opens<const A extends Fields = Nothing, const R extends Fields = Nothing>(
  number: number,
  signature: Signature<A, R> = {},
): Procedure<StructureOf<A>, StructureOf<R>> {
  return procedure(number, 'open', signature);
}
