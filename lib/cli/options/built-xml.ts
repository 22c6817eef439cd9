/**
 * XML that a command has built from the words of its options. What is said of it names these options, in place of lines of a text that
 * nobody has seen.
 */
import { describePlace, TslxcError } from '../../errors';
import type { Warning } from '../../index';
import type { Options } from '../shell/arguments';
import { CommandError } from '../shell/command-error';

export interface BuiltXml {
  readonly xml: string;
  /** The path of its root element, as errors have it: `domain/devices/disk`. */
  readonly root: string;
  /** The option that each part is from, by the path of the part below the root: `source`, `target/@bus`. */
  readonly parts: Readonly<Record<string, string>>;
  readonly options: Options;
}

/** Where something is wrong, or has no effect. */
type Place = Pick<Warning, 'element' | 'line' | 'column'>;

/** Passes the error of `action` on in the words of the options. */
export async function namingOptions<T>(built: BuiltXml, action: () => Promise<T>): Promise<T> {
  try {
    return await action();
  } catch (error) {
    throw TslxcError.is(error) ? ofOptions(error, built) : error;
  }
}

/** The message with the options in place of each of the places, or without these where no option is at fault. */
export function inOptionWords(message: string, places: readonly Place[], built: BuiltXml): string {
  return places
    .filter((place) => isOf(built, place))
    .reduce((text, place) => {
      const { element, line, column } = place as Required<Place>;
      const at = describePlace({ element, line, column });
      const options = optionsAt(element, built);
      return options.length > 0
        ? text.replace(at, () => options.map((name) => `--${name}`).join(', '))
        : text.replace(` (${at})`, '').replace(`; ${at}`, '');
    }, message);
}

/** The error itself, if it is about nothing of this text. */
function ofOptions(error: TslxcError, built: BuiltXml): Error {
  const message = inOptionWords(error.message, error.problems ?? [error], built);
  if (message === error.message) return error;
  return new CommandError(message, { cause: error, causeLine: 'hidden', code: error.code });
}

/** Whether a place is in this text: what the domain has besides, is at lines that its XML shows. */
function isOf({ xml, root }: BuiltXml, { element, line }: Place): boolean {
  if (element === undefined || line === undefined) return false;
  const lines = xml.trimEnd().split('\n').length;
  return line <= lines && (element === root || element.startsWith(`${root}/`));
}

/** The options that were given for an element or attribute: for itself, for what is below it, or for what it is in. */
function optionsAt(element: string, { root, parts, options }: BuiltXml): readonly string[] {
  const path = element.slice(root.length + 1);
  if (path === '') return [];
  const given = Object.entries(parts).filter(([, option]) => options.has(option));
  const those = (isMeant: (part: string) => boolean): readonly string[] =>
    given.filter(([part]) => isMeant(part)).map(([, option]) => option);
  const found = [
    those((part) => part === path),
    those((part) => part.startsWith(`${path}/`)),
    those((part) => path.startsWith(`${part}/`)),
  ];
  return found.find((names) => names.length > 0) ?? [];
}
