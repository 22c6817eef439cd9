/**
 * `<os>`: the architecture, the program that becomes PID 1, its arguments, environment and user.
 */
import type { EnvironmentVariable, OsDefinition } from '../definition';
import { attributeLocation, definitionError } from '../xml/source-location';
import { keepRest } from '../xml/raw';
import {
  childOf,
  childrenOf,
  readElement,
  readText,
  type LocatedElement,
  type Reading,
} from '../xml/reading';
import type { ParseSession } from '../parse-session';
import { initenvVocabulary, osTypeVocabulary, osVocabulary } from './vocabulary';

/** The 32-bit architecture that a kernel of each 64-bit architecture can also run, as libvirt pairs them. */
const siblings: ReadonlyMap<string, string> = new Map([
  ['x86_64', 'i686'],
  ['aarch64', 'armv7l'],
  ['mips64', 'mips'],
  ['mips64el', 'mipsel'],
  ['parisc64', 'parisc'],
  ['ppc64', 'ppc'],
  ['s390x', 's390'],
  ['sparc64', 'sparc'],
]);

/** The 32-bit architecture whose programs a kernel of this architecture runs as well. */
export function siblingArchitecture(host: string): string | undefined {
  return siblings.get(host);
}

/**
 * @throws DefinitionError XML_ERROR if type or init is missing, or if an initarg or initenv is empty; INVALID_ARG for a
 * type other than exe, and for an architecture that the host doesn't run.
 */
export function parseOs(domain: Reading, session: ParseSession): OsDefinition {
  const at = childOf(domain, 'os');
  const reading = at && readElement(at, osVocabulary, session);
  const typeAt = reading && childOf(reading, 'type');
  if (reading === undefined || typeAt === undefined) {
    throw definitionError('XML_ERROR', 'an os <type> must be specified', at ?? domain.at);
  }
  const arch = parseType(typeAt, session);
  const init = readText(childOf(reading, 'init'), session);
  if (init === undefined) {
    throw definitionError(
      'XML_ERROR',
      'init binary must be specified',
      childOf(reading, 'init') ?? reading.at,
    );
  }
  const definition = {
    arch,
    init,
    initArgs: childrenOf(reading, 'initarg').map((child) => parseArgument(child, session)),
    initEnvironment: childrenOf(reading, 'initenv').map((child) => parseVariable(child, session)),
    ...optional('initDirectory', readText(childOf(reading, 'initdir'), session)),
    ...optional('initUser', readText(childOf(reading, 'inituser'), session)),
    ...optional('initGroup', readText(childOf(reading, 'initgroup'), session)),
    ...optional('commandLine', readText(childOf(reading, 'cmdline'), session)),
  };
  keepRest(reading, session);
  return definition;
}

function parseType(at: LocatedElement, session: ParseSession): string {
  const reading = readElement(at, osTypeVocabulary, session);
  const host = session.context.arch;
  if (reading.text === '') throw definitionError('XML_ERROR', 'an os <type> must be specified', at);
  if (reading.text !== 'exe') {
    const asked = `arch=${host} domaintype=lxc ostype=${reading.text}`;
    throw definitionError('INVALID_ARG', `could not find capabilities for ${asked}`, at);
  }
  const arch = reading.attributes.get('arch') ?? host;
  if (arch !== host && arch !== siblingArchitecture(host)) {
    const asked = `ostype=exe arch=${arch} domaintype=lxc`;
    const location = attributeLocation(at, 'arch');
    throw definitionError('INVALID_ARG', `could not find capabilities for ${asked}`, location);
  }
  keepRest(reading, session);
  return arch;
}

function parseArgument(at: LocatedElement, session: ParseSession): string {
  const argument = readText(at, session);
  if (argument === undefined) {
    throw definitionError('XML_ERROR', 'No data supplied for <initarg> element', at);
  }
  return argument;
}

function parseVariable(at: LocatedElement, session: ParseSession): EnvironmentVariable {
  const { attributes, text: value } = readElement(at, initenvVocabulary, session);
  const name = attributes.get('name');
  if (name === undefined || name === '') {
    throw definitionError('XML_ERROR', 'No name supplied for <initenv> element', at);
  }
  if (value === '') {
    throw definitionError(
      'XML_ERROR',
      `No value supplied for <initenv name='${name}'> element`,
      at,
    );
  }
  return { name, value };
}

function optional<K extends string>(key: K, value: string | undefined): { [P in K]?: string } {
  const result: { [P in K]?: string } = {};
  if (value !== undefined) result[key] = value;
  return result;
}
