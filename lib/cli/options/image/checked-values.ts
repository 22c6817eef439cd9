/**
 * The values of the options of a container from an image, checked as far as that needs neither the image nor the host: what is
 * wrong is said of the option, as it was typed, before there is a definition whose elements and lines nobody has seen. Pure.
 */
import { posix } from 'node:path';
import { largestId } from '../../../container/users/accounts';
import { isImagePort } from '../../../domain/builder/image-origin';
import { signalNumber } from '../../../domain/elements/extension/stop-signal';
import { faultOfName } from '../../../domain/elements/identity';
import { isSharedAddress } from '../../../domain/interface/port/port-forward';
import { leastMemory } from '../../../domain/tuning/memory-tuning';
import { absolutePath } from '../../../host/state/absolute-path';
import { environmentOf } from '../environment';
import { parsePublishedPort } from '../values/published-port';
import { checkCharacters, refusedValue } from '../values/refused-value';
import { readKibibytes } from '../values/scaled-size';
import type { DirectoryMount, ImageDomain, PortForwardSpec } from '../../../index';

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

/** For what no container can be started with, by the word that was typed. */
export function memoryOf(word: string): `${number}KiB` {
  const kibibytes = readKibibytes(word, 'memory');
  if (kibibytes >= leastMemory) return `${kibibytes}KiB`;
  throw refusedValue(
    word,
    'memory',
    `is ${kibibytes} KiB, too little to start a container: ` +
      `it needs ${leastMemory} KiB or more; a number alone is KiB, and 64m is 64 MiB`,
  );
}

/** Whether the directory of the host is there is only known when the container starts. */
export function mountsOf(words: readonly string[]): DirectoryMount[] {
  const byTarget = new Map<string, string>();
  return words.map((word) => {
    const mount = mountOf(word);
    const target = posix.normalize(`${mount.target}/`);
    const other = byTarget.get(target);
    if (other !== undefined) {
      throw refusedValue(word, 'volume', `has the same target as '${other}'`);
    }
    byTarget.set(target, word);
    return mount;
  });
}

function mountOf(word: string): DirectoryMount {
  checkCharacters(word, 'volume');
  const [, dir, target, way] = /^(.+):(\/[^:]*)(:r[ow])?$/.exec(word) ?? [];
  if (dir === undefined || target === undefined) {
    throw refusedValue(word, 'volume', 'is not DIRECTORY:TARGET or DIRECTORY:TARGET:ro');
  }
  const parts = target.split('/').filter((part) => part !== '');
  if (parts.length === 0) {
    throw refusedValue(word, 'volume', "has the target '/', where the image is");
  }
  if (parts.includes('.') || parts.includes('..')) {
    throw refusedValue(word, 'volume', "has a target with '.' or '..' in it: write it without");
  }
  const source = absolutePath(dir);
  return way === ':ro' ? { source, target, readonly: true } : { source, target };
}

/** `''` would be the directory that the user happens to be in, whose files the container would then have in its root. */
export function upperOf(word: string): ImageDomain['root'] {
  checkCharacters(word, 'upper');
  if (word !== '') return { overlay: absolutePath(word) };
  throw refusedValue(word, 'upper', 'names no directory');
}

/** The network in which ports are published when none is named. */
const usualNetwork = 'default';

/** Whether there is such a network is only known when the container starts. */
export function networkOf(
  network: string | undefined,
  published: readonly string[],
): Pick<ImageDomain, 'interfaces' | 'privateNetwork'> {
  const portForwards = publishedOf(published);
  checkCharacters(network ?? '', 'network');
  if (network === '') {
    throw refusedValue('', 'network', 'is not none, host, or the name of a virtual network');
  }
  const [first] = published;
  if (network === 'none' || network === 'host') {
    if (first !== undefined) throw refusedValue(first, 'publish', unpublishable(network));
    return network === 'none' ? {} : { privateNetwork: false };
  }
  const name = network ?? (first === undefined ? undefined : usualNetwork);
  if (name === undefined) return {};
  const forwards = portForwards.length === 0 ? {} : { portForwards };
  return { interfaces: [{ type: 'network', network: name, ...forwards }] };
}

function unpublishable(network: 'none' | 'host'): string {
  const why =
    network === 'host'
      ? "with the network 'host' its ports are those of the host already"
      : "with the network 'none' it has no interface that they could lead to";
  const remedy = `name a virtual network, or leave the network out, for '${usualNetwork}'`;
  return `leads nowhere: no port can be published: ${why}; ${remedy}`;
}

function publishedOf(words: readonly string[]): PortForwardSpec[] {
  const forwards = words.map((word) => ({ word, forward: parsePublishedPort(word) }));
  forwards.forEach(({ word, forward }, at) => {
    const other = forwards.slice(0, at).find((before) => overlap(before.forward, forward));
    if (other === undefined) return;
    throw refusedValue(word, 'publish', `has a port of the host that '${other.word}' has already`);
  });
  return forwards.map(({ forward }) => forward);
}

/** Without an address, a port is that of all addresses. */
function overlap(one: PortForwardSpec, other: PortForwardSpec): boolean {
  const [a, b] = [one.ranges?.[0], other.ranges?.[0]];
  if (a === undefined || b === undefined || one.protocol !== other.protocol) return false;
  return (
    isSharedAddress(one.address, other.address) &&
    a.start <= (b.end ?? b.start) &&
    b.start <= (a.end ?? a.start)
  );
}
