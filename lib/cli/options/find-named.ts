/** Finds what a command line names by uuid or name, in that order, as virsh does. */
import { TslxcError, type ErrorCode } from '../../errors';
import { suggestion } from '../../suggestion';
import { CommandError } from '../shell/command-error';

export type NameKey = 'uuid' | 'name';

/** How one kind of object is found. */
export interface NamedKind<Found> {
  /** As in `failed to get pool 'x'`. */
  readonly noun: string;
  /** The library's code if there is no such object. */
  readonly missing: ErrorCode;
  readonly byUuid: (uuid: string) => Promise<Found>;
  readonly byName: (name: string) => Promise<Found>;
  /** Those whose names are suggested. */
  readonly list: () => Promise<readonly { readonly name: string }[]>;
}

/** Rejects with `failed to get NOUN 'x'`, and the library's error of the last look-up. */
export async function findNamed<Found>(
  kind: NamedKind<Found>,
  text: string,
  keys: readonly NameKey[] = ['uuid', 'name'],
): Promise<Found> {
  const { noun, missing } = kind;
  let last: unknown;
  for (const lookup of lookups(kind, text, keys)) {
    try {
      return await lookup();
    } catch (error) {
      last = error;
      if (!TslxcError.is(error, missing)) break;
    }
  }
  const hint = TslxcError.is(last, missing) ? await hintFor(kind, text) : '';
  const why = last === undefined ? { code: missing } : { cause: last };
  throw new CommandError(`failed to get ${noun} '${text}'${hint}`, why);
}

/** Suggests an existing object with a similar name. */
async function hintFor({ list }: NamedKind<unknown>, text: string): Promise<string> {
  const all = await list().catch(() => []);
  return suggestion(
    text,
    all.map(({ name }) => name),
  );
}

function* lookups<Found>(
  { byUuid, byName }: NamedKind<Found>,
  text: string,
  keys: readonly NameKey[],
): Generator<() => Promise<Found>> {
  if (keys.includes('uuid') && /^[0-9a-f]{8}(-[0-9a-f]{4}){3}-[0-9a-f]{12}$/i.test(text)) {
    yield () => byUuid(text.toLowerCase());
  }
  if (keys.includes('name')) yield () => byName(text);
}
