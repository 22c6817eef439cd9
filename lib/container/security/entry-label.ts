/** The label that init's program is going to have when it is executed, as far as can be said before anything is changed. */
import { closeSync, constants, openSync } from 'node:fs';
import { relative } from 'node:path';
import type { DomainDefinition } from '../../domain/definition';
import { overlayOf } from '../../domain/filesystem/lookup';
import { TslxcError } from '../../errors';
import { native } from '../../host/native';
import { O_PATH } from '../../host/state/open-flags';
import type { Looks } from '../looks/looks';
import type { RelabelledSource } from './relabel/relabel';
import { filesystemOf } from './relabel/sources';

/** A file's label; `fileLabel` is undefined for a file without one. */
export interface EntryLabel {
  readonly fileLabel: string | undefined;
}

const { O_DIRECTORY, O_RDONLY, O_NONBLOCK } = constants;

/** What the start is going to label. */
export interface LabelledByStart {
  readonly sources: readonly RelabelledSource[];
  /** The label of what is mounted for the container. */
  readonly mountLabel: string;
}

/**
 * Undefined where it can't be known. @throws TslxcError OPERATION_TIMEOUT when the file system of the program does not
 * answer; OPERATION_ABORTED.
 */
export async function entryLabel(
  definition: DomainDefinition,
  { sources, mountLabel }: LabelledByStart,
  looks: Looks,
): Promise<EntryLabel | undefined> {
  const { init } = definition.os;
  const filesystem = filesystemOf(definition, init);
  if (filesystem === undefined) return await labelOnHost('/', init, looks);
  if (filesystem.type === 'bind') return undefined;
  // These are mounted with the label.
  if (filesystem.type !== 'mount' || overlayOf(definition, filesystem) !== undefined) {
    return { fileLabel: mountLabel };
  }
  const source = sources.find(({ path }) => path === filesystem.source);
  if (source !== undefined) return { fileLabel: source.label };
  return await labelOnHost(filesystem.source, `/${relative(filesystem.target, init)}`, looks);
}

/**
 * The file's present label, which the start doesn't change. A file that can't be opened fails at exec, with a message
 * of its own.
 */
async function labelOnHost(
  root: string,
  path: string,
  looks: Looks,
): Promise<EntryLabel | undefined> {
  try {
    await looks.stateInRoot(root, path, { step: 'look up the program of init' });
  } catch (error) {
    if (!TslxcError.is(error, 'SYSTEM_ERROR')) throw error;
    return undefined;
  }
  return labelOf(root, path);
}

function labelOf(root: string, path: string): EntryLabel | undefined {
  let folder = -1;
  let file = -1;
  try {
    folder = openSync(root, O_PATH | O_DIRECTORY);
    file = native().openInRoot(folder, path, O_RDONLY | O_NONBLOCK);
    return { fileLabel: native().fileLabel(file, 'selinux') };
  } catch {
    return undefined;
  } finally {
    if (folder !== -1) closeSync(folder);
    if (file !== -1) native().closeDescriptor(file);
  }
}
