/** `-e NAME=VALUE`: environment variables for a program that is run. */
import { refusedValue } from './values/refused-value';
import { refuseChangedVariable } from '../shell/given-bytes';
import type { Option } from '../shell/arguments';

export const environmentOption: Option = {
  name: 'env',
  kind: 'string',
  letter: 'e',
  repeatable: true,
  help: 'NAME=VALUE for its environment, beside that of init; NAME alone has the value that it has here; may be repeated',
};

/** Parses words of the form `NAME=VALUE`. `NAME` alone takes the value from `own`, if it is set there. @throws UsageError. */
export function environmentOf(
  words: readonly string[],
  own: Readonly<Record<string, string | undefined>>,
): Record<string, string> {
  const pairs = words.map((word): [string, string | undefined] => {
    const at = word.indexOf('=');
    if (at === 0 || word === '') throw refusedValue(word, 'env', 'is not NAME=VALUE');
    if (at < 0) {
      const value = Object.hasOwn(own, word) ? own[word] : undefined;
      refuseChangedVariable(word, value);
      return [word, value];
    }
    return [word.slice(0, at), word.slice(at + 1)];
  });
  return Object.fromEntries(
    pairs.flatMap(([name, value]) => (value === undefined ? [] : [[name, value] as const])),
  );
}
