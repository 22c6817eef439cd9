/** How this host confines its containers: `etc/tslxc/lxc.conf`, with the names of libvirt's lxc.conf. */
import { readFileSync, statSync } from 'node:fs';
import { constants as system } from 'node:os';
import { fileError, hasErrno } from '../state/file-error';
import type { StatePaths } from '../state/state-paths';
import { confError, parseConf } from './conf';
import type { ConfValue } from './conf';
import type { SecurityModel } from './host-security';

const securityModels: readonly SecurityModel[] = ['selinux', 'apparmor', 'none'];

export interface SecuritySettings {
  /** Default: the first one that the host has. */
  readonly driver?: SecurityModel;
  /** Whether a domain without a `<seclabel>` gets a dynamic label. */
  readonly defaultConfined: boolean;
  /** Whether a domain without a label is refused. */
  readonly requireConfined: boolean;
}

type Setting = (found: ConfValue, place: Place) => Partial<SecuritySettings>;

interface Place {
  readonly name: string;
  readonly path: string;
  readonly line: number;
}

const settings: Readonly<Record<string, Setting>> = {
  security_driver: (found, place) => ({ driver: modelOf(found, place) }),
  security_default_confined: (found, place) => ({ defaultConfined: flagOf(found, place) }),
  security_require_confined: (found, place) => ({ requireConfined: flagOf(found, place) }),
};

/** The settings; the defaults if there is no file. @throws TslxcError CONF_SYNTAX; SyscallError if it can't be read. */
export function readSecuritySettings({ settings: path }: StatePaths): SecuritySettings {
  try {
    // Mostly there is none: to look first costs less than the error of a read.
    const state = statSync(path, { throwIfNoEntry: false });
    return parseSecuritySettings(state === undefined ? '' : readFileSync(path, 'utf8'), path);
  } catch (error) {
    if (hasErrno(error, system.errno.ENOENT)) return parseSecuritySettings('', path);
    throw fileError(error, 'read the settings of this host');
  }
}

/**
 * The settings, as far as this process may read them: for a look at what the host offers, which any user may take. Settings
 * that it may not read count as the defaults; a start has to use `readSecuritySettings`, which refuses then.
 *
 * @throws TslxcError CONF_SYNTAX; SyscallError for any other failure.
 */
export function visibleSecuritySettings(paths: StatePaths): SecuritySettings {
  try {
    return readSecuritySettings(paths);
  } catch (error) {
    if (hasErrno(error, system.errno.EACCES)) return parseSecuritySettings('', paths.settings);
    throw error;
  }
}

/** Pure. An unknown name is refused: with a misspelt setting, containers would not be confined. */
export function parseSecuritySettings(text: string, path: string): SecuritySettings {
  let all: SecuritySettings = { defaultConfined: false, requireConfined: false };
  for (const [name, found] of parseConf(text, path)) {
    const place = { name, path, line: found.line };
    const setting = Object.hasOwn(settings, name) ? settings[name] : undefined;
    if (setting === undefined) throw confError(place, `unknown setting '${name}'`);
    all = { ...all, ...setting(found, place) };
  }
  return all;
}

function modelOf({ value }: ConfValue, place: Place): SecurityModel {
  const model = securityModels.find((one) => one === value);
  if (model !== undefined) return model;
  const known = securityModels.map((one) => `"${one}"`).join(', ');
  throw confError(place, `expecting one of ${known} for '${place.name}'`);
}

function flagOf({ value }: ConfValue, place: Place): boolean {
  if (value === 0 || value === 1) return value === 1;
  throw confError(place, `expecting 0 or 1 for '${place.name}'`);
}
