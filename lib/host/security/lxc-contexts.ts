/** The policy's contexts for containers: `lxc_contexts`, which libvirt's driver uses too. */
import { existsSync, readFileSync } from 'node:fs';
import { join } from 'node:path';
import { TslxcError } from '../../errors';
import { fileError } from '../state/file-error';
import { parseConf } from '../conf';
import type { ConfValue } from '../conf';
import { parseContext } from './context';

export interface LxcContexts {
  /** Context of processes. */
  readonly process: string;
  /** Context of files that the container may change. */
  readonly file: string;
  /** Context of files that any container may read. */
  readonly content: string;
  /** Context of files that are read-only in containers. */
  readonly readonlyFile: string;
}

/** The path of the file: `/etc/selinux/default/contexts/lxc_contexts` for the policy `default`. */
export function lxcContextsPath(policy: string, folder = '/etc/selinux'): string {
  return join(folder, policy, 'contexts', 'lxc_contexts');
}

/** Whether the policy has such a file, and so supports containers. */
export function hasLxcContexts(path: string): boolean {
  return existsSync(path);
}

/** @throws TslxcError INTERNAL_ERROR for a missing key or an invalid context; CONF_SYNTAX; SyscallError. */
export function readLxcContexts(path: string): LxcContexts {
  try {
    return parseLxcContexts(readFileSync(path, 'utf8'), path);
  } catch (error) {
    throw fileError(error, 'read the contexts of containers');
  }
}

/** Pure. */
export function parseLxcContexts(text: string, path: string): LxcContexts {
  const values = parseConf(text, path);
  const contextOf = (key: string): string => checked({ key, path }, values.get(key));
  const content = contextOf('content');
  return {
    process: contextOf('process'),
    file: contextOf('file'),
    content,
    readonlyFile: values.has('ro_file') ? contextOf('ro_file') : content,
  };
}

function checked(
  { key, path }: { readonly key: string; readonly path: string },
  found: ConfValue | undefined,
): string {
  if (found === undefined) {
    throw new TslxcError('INTERNAL_ERROR', `the key '${key}' is missing in ${path}`, { path });
  }
  const context = String(found.value);
  try {
    parseContext(context);
    return context;
  } catch (cause) {
    const detail = `'${context}' of the key '${key}' in ${path} is not a security context`;
    throw new TslxcError('INTERNAL_ERROR', detail, { path, line: found.line, cause });
  }
}
