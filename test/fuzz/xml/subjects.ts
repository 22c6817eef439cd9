/** The parsers as a fuzzer knows them: what is promised of any text, and whether a text keeps it. */
import { isDeepStrictEqual } from 'node:util';
import type { DomainDefinition } from '../../../lib/domain/definition';
import { formatDomain } from '../../../lib/domain/format';
import { TslxcError } from '../../../lib/errors';
import type { NetworkDefinition } from '../../../lib/network/definition/definition';
import { formatNetwork } from '../../../lib/network/definition/format';
import { parse as parseDomain, withoutPositions } from '../../unit/domain/parse-context';
import { parse as parseNetwork } from '../../unit/network/parse-context';
import { checkArchive } from './archives';
import type { Depth } from './depth';
import { checkFrames } from './frames';
import { configureNetwork, planStart } from './prepare';

/** Seconds of processor time that a text of a few kilobytes may take. */
const mostSeconds = 2;

/** Parts that are only kept are printed in libvirt's order: in which they were written does not matter. */
interface Unordered {
  readonly unsupported: readonly unknown[];
  readonly unknown?: readonly unknown[];
  readonly kept?: readonly { readonly path: string; readonly children: readonly unknown[] }[];
}

interface Format<Definition extends Unordered> {
  readonly parse: (xml: string) => Definition;
  readonly print: (definition: Definition) => string;
  /** Does with it what a start does, as far as that touches nothing. */
  readonly prepare: (definition: Definition) => void;
}

/** What `body` returns, or undefined when it refuses with a place; everything else that is thrown is a bug. */
function unlessRefused<T>(body: () => T): T | undefined {
  try {
    return body();
  } catch (error) {
    if (!TslxcError.is(error) || error.name !== 'DefinitionError') throw error;
    const { element, line = 0, column = 0 } = error;
    if (element !== undefined && line >= 1 && column >= 1) return undefined;
    throw new Error(`a refusal without a place: ${error.message}`, { cause: error });
  }
}

/** By which a start refuses a definition; a name may be taken on the host. */
const refusals: ReadonlySet<string> = new Set([
  'CONFIG_UNSUPPORTED',
  'INVALID_ARG',
  'RESOURCE_BUSY',
  'XML_ERROR',
]);

/** Whether `body` did not refuse; everything else that is thrown is a bug. */
function isPrepared(body: () => void): boolean {
  try {
    body();
    return true;
  } catch (error) {
    if (TslxcError.is(error) && refusals.has(error.code)) return false;
    throw error;
  }
}

function sorted(list: readonly unknown[]): unknown[] {
  const texts = new Map(list.map((item) => [item, JSON.stringify(withoutPositions(item))]));
  return [...list].sort((a, b) => ((texts.get(a) ?? '') < (texts.get(b) ?? '') ? -1 : 1));
}

/** What stays when a definition is printed and read again; what is unknown was left out. */
function comparable(definition: Unordered): unknown {
  const kept = definition.kept?.map((part) => ({ ...part, children: sorted(part.children) }));
  const unsupported = sorted(definition.unsupported);
  return withoutPositions({ ...definition, unknown: [], unsupported, kept: sorted(kept ?? []) });
}

function checkRoundTrip<Definition extends Unordered>(
  format: Format<Definition>,
  definition: Definition,
): void {
  const printed = format.print(definition);
  const again = format.parse(printed);
  if (format.print(again) !== printed) throw new Error('what is printed again is another text');
  if (!isDeepStrictEqual(comparable(again), comparable(definition))) {
    throw new Error('what is read again is another definition');
  }
}

/**
 * Throws when the text breaks a promise: it is read or refused with a place; what is read can be printed and read again, and
 * started or refused.
 */
function check<Definition extends Unordered>(format: Format<Definition>, text: string): Depth {
  const definition = unlessRefused(() => format.parse(text));
  if (definition === undefined) return 'refused';
  checkRoundTrip(format, definition);
  return isPrepared(() => format.prepare(definition)) ? 'prepared' : 'read';
}

/** Also throws when it takes too long. */
function inTime<T>(body: () => T): T {
  const began = performance.now();
  const result = body();
  if (performance.now() - began < mostSeconds * 1000) return result;
  // The processor may have been busy with something else. To ask for its time for each text would take longer than many take.
  const before = process.cpuUsage();
  body();
  const { user, system } = process.cpuUsage(before);
  const seconds = (user + system) / 1e6;
  if (seconds > mostSeconds) throw new Error(`took ${seconds.toFixed(1)} s of processor time`);
  return result;
}

const domain = {
  parse: parseDomain,
  print: (definition: DomainDefinition) => formatDomain(definition),
  prepare: planStart,
};

const network = {
  parse: parseNetwork,
  print: (definition: NetworkDefinition) => formatNetwork(definition),
  prepare: configureNetwork,
};

export type Subject = 'domain' | 'network' | 'frames' | 'archives';

export const subjects: Readonly<Record<Subject, (text: string) => Depth>> = {
  domain: (text) => inTime(() => check(domain, text)),
  network: (text) => inTime(() => check(network, text)),
  frames: (text) => inTime(() => checkFrames(text)),
  archives: (text) => inTime(() => checkArchive(text)),
};
