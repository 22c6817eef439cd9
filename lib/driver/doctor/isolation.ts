/** Names the stored domains of one root that are no security boundary, and says how those that can be become one. Only reads. */
import type { DomainDefinition } from '../../domain/definition';
import { TslxcError } from '../../errors';
import type { Hardening } from '../../hardening';
import { isolationOf } from '../../domain/namespaces/isolation';
import { atLevel, isolated } from '../../domain/namespaces/level';
import { silence } from '../../host/logger';
import { fileError } from '../../host/state/file-error';
import type { StatePaths } from '../../host/state/state-paths';
import { levelOf } from '../session/level';
import { levelOfEnvironment } from '../session/open';
import { domainStore, parseStoredDomain } from '../session/stores';
import { fail, ok, warn } from './check';
import type { HostCheck } from './check';

const id = 'isolation';
const page = 'docs/user-namespaces.md';

/** As many are named. */
const most = 8;

/** Definitions and settings that can't be read are named by other checks. */
export async function checkIsolation(paths: StatePaths): Promise<HostCheck[]> {
  const { definitions: directory, settings } = paths;
  const store = domainStore({ directory, parse: parseStoredDomain, logger: silence });
  try {
    const level = levelOf({ hardening: levelOfEnvironment(), paths });
    return isolationChecks(await store.definitions(), { level, settings });
  } catch (error) {
    if (TslxcError.is(error) && error.path === settings) return [];
    if (TslxcError.is(error, 'INVALID_ARG')) {
      return [fail('caller.environment', error.message, 'correct TSLXC_HARDENING')];
    }
    const { message } = fileError(error, 'look for domains that are no security boundary');
    return [warn(id, message, 'mend that, then tslxc doctor again')];
  }
}

/** `level` is that of domains that set none, and `settings` the file that may say so. A domain that sets its level is not warned of. */
export function isolationChecks(
  definitions: readonly DomainDefinition[],
  { level, settings }: { readonly level: Hardening; readonly settings: string },
): HostCheck[] {
  const open = definitions.filter((one) => !isBoundary(atLevel(one, level)));
  const isOpen = ({ extension: { hardening, hostIds } }: DomainDefinition): boolean =>
    hardening === undefined && hostIds === undefined;
  const willing = open.filter((one) => isOpen(one) && isBoundary(isolated(one)));
  const others = open.filter((one) => !willing.includes(one));
  const advice =
    `hardening = "isolated" in ${settings}, or <tslxc:hardening level='isolated'/> in each, gives ids of its own ` +
    `to each domain with a root of its own; ${page} says what differs then`;
  return [
    ...(willing.length === 0
      ? [ok(id, levelWords(level))]
      : [warn(id, `no security boundary, as they are started: ${namesOf(willing)}`, advice)]),
    ...(others.length === 0
      ? []
      : [ok(id, `no security boundary, by their own definitions: ${namesOf(others)}`)]),
  ];
}

function isBoundary(definition: DomainDefinition): boolean {
  return isolationOf(definition) === 'user-namespace';
}

function levelWords(level: Hardening): string {
  if (level === 'isolated') return 'each domain with a root of its own has ids of its own';
  return `the level is ${level}; with isolated, each domain with a root of its own has ids of its own: ${page}`;
}

function namesOf(definitions: readonly DomainDefinition[]): string {
  const names = definitions.map(({ name }) => name).sort();
  const more = names.length - most;
  return [...names.slice(0, most), ...(more > 0 ? [`${more} more`] : [])].join(', ');
}
