/**
 * How this host confines its containers, with the names of libvirt's lxc.conf, and how strictly it reads definitions:
 * `etc/tslxc/lxc.conf`.
 */
import { readFileSync, statSync } from 'node:fs';
import { constants as system } from 'node:os';
import type { TslxcError } from '../errors';
import type { Hardening } from '../hardening';
import { hardeningLevels } from '../hardening';
import { fileError, hasErrno, naming } from './state/file-error';
import type { StatePaths } from './state/state-paths';
import { confError, parseConf } from './conf';
import type { ConfValue } from './conf';
import type { SecurityModel } from './security/host-security';

const securityModels: readonly SecurityModel[] = ['selinux', 'apparmor', 'none'];

export interface HostSettings {
  /** Default: the first one that the host has. */
  readonly driver?: SecurityModel;
  /** Whether a domain without a `<seclabel>` gets a dynamic label. */
  readonly defaultConfined: boolean;
  /** Whether a domain without a label is refused. */
  readonly requireConfined: boolean;
  /** Whether a definition is refused if any part of it is not implemented, even one that means nothing to a container. */
  readonly strict: boolean;
  /** The level of domains that set none, on connections that set none. Default: `hardened`. */
  readonly hardening?: Hardening;
  /** Seconds that a hook may take. */
  readonly hookTimeout: number;
  /** Whether the scripts in libvirt's folder of hooks are called too. */
  readonly libvirtHooks: boolean;
}

const defaults: HostSettings = {
  defaultConfined: false,
  requireConfined: false,
  strict: false,
  hookTimeout: 30,
  libvirtHooks: false,
};

type Setting = (found: ConfValue, place: Place) => Partial<HostSettings>;

interface Place {
  readonly name: string;
  readonly path: string;
  readonly line: number;
}

const settings: Readonly<Record<string, Setting>> = {
  security_driver: (found, place) => ({ driver: modelOf(found, place) }),
  security_default_confined: (found, place) => ({ defaultConfined: flagOf(found, place) }),
  security_require_confined: (found, place) => ({ requireConfined: flagOf(found, place) }),
  strict: (found, place) => ({ strict: flagOf(found, place) }),
  hardening: (found, place) => ({ hardening: levelOf(found, place) }),
  hook_timeout: (found, place) => ({ hookTimeout: secondsOf(found, place) }),
  libvirt_hooks: (found, place) => ({ libvirtHooks: flagOf(found, place) }),
};

/** The settings; the defaults if there is no file. @throws TslxcError CONF_SYNTAX; SyscallError if it can't be read. */
export function readSettings({ settings: path }: StatePaths): HostSettings {
  try {
    // Usually there is none: looking first costs less than the error of a read.
    const state = statSync(path, { throwIfNoEntry: false });
    return parseSettings(state === undefined ? '' : readFileSync(path, 'utf8'), path);
  } catch (error) {
    if (hasErrno(error, system.errno.ENOENT)) return parseSettings('', path);
    throw fileError(naming(path, error), 'read the settings of this host');
  }
}

/**
 * The settings, as far as this process may read them: for queries about what the host offers, which any user may make. Settings
 * that it may not read count as the defaults; a start has to use `readSettings`, which fails then.
 *
 * @throws TslxcError CONF_SYNTAX; SyscallError for any other failure.
 */
export function visibleSettings(paths: StatePaths): HostSettings {
  try {
    return readSettings(paths);
  } catch (error) {
    if (hasErrno(error, system.errno.EACCES)) return parseSettings('', paths.settings);
    throw error;
  }
}

/** Pure. An unknown name is refused: with a misspelt setting, containers would not be confined. */
export function parseSettings(text: string, path: string): HostSettings {
  let all = defaults;
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
  throw wrong(place, `one of ${quoted(securityModels)}`, value);
}

function wrong(place: Place, expected: string, value: ConfValue['value']): TslxcError {
  const found = JSON.stringify(value);
  return confError(place, `expecting ${expected} for '${place.name}', not ${found}`);
}

function quoted(words: readonly string[]): string {
  return words.map((one) => `"${one}"`).join(', ');
}

function levelOf({ value }: ConfValue, place: Place): Hardening {
  const level = hardeningLevels.find((one) => one === value);
  if (level !== undefined) return level;
  throw wrong(place, `one of ${quoted(hardeningLevels)}`, value);
}

function secondsOf({ value }: ConfValue, place: Place): number {
  if (typeof value === 'number' && value > 0) return value;
  throw wrong(place, 'a number of seconds from 1 on', value);
}

function flagOf({ value }: ConfValue, place: Place): boolean {
  if (value === 0 || value === 1) return value === 1;
  throw wrong(place, '0 or 1', value);
}
