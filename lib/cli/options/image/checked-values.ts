/**
 * The values of the options of a container from an image, checked as far as that needs neither the image nor the host: what is
 * wrong is said of the option, as it was typed, before there is a definition whose elements and lines nobody has seen. Pure.
 */
import { largestId } from '../../../container/users/accounts';
import { isImagePort } from '../../../domain/builder/image-origin';
import { signalNumber } from '../../../domain/elements/extension/stop-signal';
import { faultOfName } from '../../../domain/elements/identity';
import { environmentOf } from '../environment';
import { checkCharacters, refusedValue } from '../values/refused-value';
import type { ImageDomain } from '../../../index';

export function nameOf(word: string): string {
  checkCharacters(word, 'name');
  const wrong = word === '' ? 'name is empty' : faultOfName(word);
  if (wrong === undefined) return word;
  throw refusedValue(word, 'name', `can't be the name of a domain: ${wrong}`);
}

/** As with docker, an entry point that is empty means that the words after the image are the whole command. */
export function programOf(
  entrypoint: string | undefined,
  cmd: readonly string[],
): Pick<ImageDomain, 'init' | 'args'> {
  checkWords(entrypoint, cmd);
  if (entrypoint === '') {
    const [init, ...args] = cmd;
    if (init !== undefined) return { init, args };
    throw refusedValue('', 'entrypoint', 'needs a command after the image, to run in its place');
  }
  return {
    ...(entrypoint === undefined ? {} : { init: entrypoint }),
    ...(cmd.length === 0 ? {} : { args: cmd }),
  };
}

function checkWords(entrypoint = '', cmd: readonly string[]): void {
  checkCharacters(entrypoint, 'entrypoint');
  for (const word of cmd) {
    checkCharacters(word, 'command');
    if (word === '') {
      throw refusedValue(word, 'command', 'is empty, and a definition has no empty arguments');
    }
  }
}

export function variablesOf(
  words: readonly string[],
  environment: NodeJS.ProcessEnv,
): Record<string, string> {
  const variables = environmentOf(words, environment);
  for (const [name, value] of Object.entries(variables)) checkCharacters(`${name}=${value}`, 'env');
  return variables;
}

/** Whether the image has that user is only known when the container starts. */
export function identityOf(word: string): Pick<ImageDomain, 'user' | 'group'> {
  checkCharacters(word, 'user');
  if (word === '') throw refusedValue('', 'user', 'names no user');
  const [user = '', group, ...more] = word.split(':');
  if (group === '' || more.length > 0) {
    throw refusedValue(word, 'user', 'is not USER or USER:GROUP, names or numbers');
  }
  for (const id of [user, group ?? '']) {
    if (!/^\+?\d+$/.test(id) || Number(id) <= largestId) continue;
    throw refusedValue(word, 'user', `is out of range: ids are those from 0 to ${largestId}`);
  }
  return { user: user === '' ? '0' : user, ...(group === undefined ? {} : { group }) };
}

export function directoryOf(word: string): string {
  checkCharacters(word, 'workdir');
  if (word.startsWith('/')) return word;
  throw refusedValue(word, 'workdir', 'is not an absolute path of the container');
}

export function signalOf(word: string): string {
  if (signalNumber(word) !== undefined) return word;
  const allowed = 'must be a signal such as SIGQUIT, SIGRTMIN+3 or 3';
  throw refusedValue(word, 'stop-signal', allowed);
}

export function exposedOf(words: readonly string[]): readonly string[] {
  const wrong = words.find((word) => !isImagePort(word));
  if (wrong === undefined) return words;
  throw refusedValue(wrong, 'expose', 'is not a port such as 80/tcp, or ports such as 8000-8009');
}
